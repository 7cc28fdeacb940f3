"""The second look: what it finds that the search missed, what moving a photo changes (nothing), what is no proof."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.match.moved import moved

from resight.match.again import Found, look_again
from resight.match.correspondence import Correspondences
from resight.types import Ints, LocalFeatures

SPOTS, AGREED = 60, 12
FAR = np.full(SPOTS, 120.0**2, np.float32)


def animal(seed: int, photos: int = 1) -> LocalFeatures:
    """Spots of one animal in a 400 x 400 picture, which no other spots are like, so many times over."""
    rng = np.random.default_rng(seed)
    vectors = np.clip(rng.normal(40, 20, (SPOTS, 128)), 0, 255).astype(np.uint8)
    one = LocalFeatures(
        offsets=np.array([0, SPOTS], np.int64),
        sizes=np.array([[400, 400]], np.float32),
        positions=rng.uniform(20, 380, (SPOTS, 2)).astype(np.float32),
        scales=rng.uniform(5, 15, SPOTS).astype(np.float32),
        angles=rng.uniform(0, 360, SPOTS).astype(np.float32),
        vectors=vectors,
    )
    return LocalFeatures.joined([one] * photos)


def look(ours: LocalFeatures, theirs: LocalFeatures, whose: Ints | None = None) -> Found:
    """What is found where the search had but the first AGREED spots on each photo."""
    photos = len(theirs)
    rows = np.arange(AGREED)
    pairs = Correspondences(
        np.repeat(rows[None], photos, axis=0),
        rows[None] + SPOTS * np.arange(photos)[:, None],
        np.full((photos, AGREED), 0.3, np.float32),
    )
    shares = np.full((photos, AGREED), 0.2, np.float32)
    owners = np.arange(photos) if whose is None else whose
    return look_again(ours, theirs, np.arange(photos), pairs, shares, FAR, owners)


def right(found: Found) -> int:
    """How many of the pairs are one spot of the animal; all others are wrong."""
    same = found.gallery % SPOTS == found.query
    assert same.all(), "a spot is only found where it is"
    return int(same.sum())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**16), st.floats(-300, 300), st.floats(-300, 300), st.floats(0.3, 3), st.floats(-180, 180))
def test_spots_that_the_search_missed_are_found_however_the_photo_lies(
    seed: int, dx: float, dy: float, zoom: float, turn: float
) -> None:
    first = animal(seed)
    found = look(first, moved(first, dx, dy, zoom, turn))
    # All but those farther than a quarter of the picture from every pair.
    near = np.hypot(*(first.positions[:, None] - first.positions[None, :AGREED]).transpose(2, 0, 1)).min(axis=1) < 95
    assert right(found) >= near.sum()
    assert found.weights == pytest.approx(np.full(len(found.weights), 1.1 * FAR[0] / 510**2), rel=1e-3)


def test_a_body_that_bends_is_followed() -> None:
    first = animal(1)
    bent = first.positions.copy()
    bent[:, 1] += 15 * np.sin(2 * np.pi * bent[:, 0] / 400)
    found = look(first, replace(first, positions=bent))
    assert right(found) > 0.7 * SPOTS


def test_a_spot_elsewhere_is_not_found() -> None:
    """The same vectors, in places where nothing foretells them."""
    first = animal(2)
    places = first.positions.copy()
    places[AGREED:] = np.random.default_rng(0).permutation(places[AGREED:])
    away = np.hypot(*(places - first.positions).T) > 80
    found = look(first, replace(first, positions=places))
    assert away.sum() > 30
    assert not np.isin(found.query, np.flatnonzero(away)).any()


@pytest.mark.parametrize(("turn", "zoom"), [(90, 1), (0, 2.5)], ids=["turned", "another size"])
def test_a_spot_that_is_turned_or_resized_by_itself_is_not_found(turn: float, zoom: float) -> None:
    first = animal(3)
    changed = replace(first, angles=first.angles.copy(), scales=first.scales.copy())
    changed.angles[AGREED:] += turn
    changed.scales[AGREED:] *= zoom
    assert look(first, changed).query.max() < AGREED


def test_what_all_animals_show_in_a_place_is_worth_nothing() -> None:
    """Three individuals with the same spots; with two, an animal that bears two names by mistake is still found."""
    first = animal(4)
    assert len(look(first, animal(4, photos=3)).weights) == 0
    assert (look(first, animal(4, photos=2)).weights > 0).all()
    assert len(look(first, animal(4, photos=2)).weights) > SPOTS


def test_the_many_photos_of_one_individual_are_no_proof_against_it() -> None:
    first = animal(5)
    found = look(first, animal(5, photos=6), whose=np.array([7, 7, 7, 7, 7, 7]))
    assert set(found.photo.tolist()) == set(range(6))


def test_nothing_agreed_foretells_nothing() -> None:
    first = animal(6)
    nothing = Correspondences(np.zeros((1, 0), np.int64), np.zeros((1, 0), np.int64), np.zeros((1, 0), np.float32))
    found = look_again(first, first, np.array([0]), nothing, np.zeros((1, 0), np.float32), FAR, np.array([0]))
    assert len(found.photo) == len(found.query) == len(found.gallery) == len(found.weights) == 0


def test_no_photos_no_spots() -> None:
    first = animal(7)
    none = np.zeros(0, np.int64)
    pairs = Correspondences(np.zeros((0, 3), np.int64), np.zeros((0, 3), np.int64), np.zeros((0, 3), np.float32))
    found = look_again(first, first, none, pairs, np.zeros((0, 3), np.float32), FAR, none)
    assert len(found.weights) == 0
