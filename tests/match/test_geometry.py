"""The geometry: what changes nothing, what destroys everything, and what is no proof at all."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.match.moved import moved

from resight.match.correspondence import Correspondences
from resight.match.geometry import agreement
from resight.types import Ints, LocalFeatures

SPOTS = 40


def animal(seed: int) -> LocalFeatures:
    """Spots of one animal inside the middle of a 400 x 400 picture; their vectors do not matter here."""
    rng = np.random.default_rng(seed)
    return LocalFeatures(
        offsets=np.array([0, SPOTS], dtype=np.int64),
        sizes=np.array([[400, 400]], np.float32),
        positions=rng.uniform(60, 340, (SPOTS, 2)).astype(np.float32),
        scales=rng.uniform(5, 15, SPOTS).astype(np.float32),
        angles=rng.uniform(0, 360, SPOTS).astype(np.float32),
        vectors=np.zeros((SPOTS, 128), np.uint8),
    )


def pairs(gallery: Ints | None = None) -> Correspondences:
    """Spot i with spot i, or with `gallery[i]`."""
    rows = np.arange(SPOTS) if gallery is None else gallery
    return Correspondences(
        np.arange(SPOTS)[None], np.asarray(rows, np.int64)[None], np.full((1, SPOTS), 0.3, np.float32)
    )


def score(ours: LocalFeatures, theirs: LocalFeatures, found: Correspondences | None = None) -> float:
    total, shares = agreement(ours, theirs, np.array([0]), found or pairs())
    assert shares.shape == (1, SPOTS)
    assert (shares >= 0).all()
    assert total[0] == pytest.approx(shares.sum(), rel=1e-4)
    return float(total[0])


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**16),
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(0.2, 5),
    st.floats(-180, 180),
    st.booleans(),
)
def test_shifting_resizing_and_turning_one_side_changes_nothing(
    seed: int, dx: float, dy: float, zoom: float, turn: float, swapped: bool
) -> None:
    first = animal(seed)
    other = moved(first, dx, dy, zoom, turn)
    found = score(other, first) if swapped else score(first, other)
    # Shifted places are rounded to a 10,000th of a pixel.
    assert found == pytest.approx(score(first, first), rel=2e-3)


@pytest.mark.parametrize("seed", range(5))
def test_shuffling_the_pairs_destroys_the_agreement(seed: int) -> None:
    first = animal(seed)
    shuffled = np.random.default_rng(seed).permutation(SPOTS)
    assert score(first, first, pairs(shuffled)) < 0.1 * score(first, first)


@pytest.mark.parametrize("seed", range(5))
def test_a_mirror_image_does_not_agree(seed: int) -> None:
    """The other flank of an animal with the same pattern would look so: it is no proof."""
    first = replace(animal(seed), angles=np.zeros(SPOTS, np.float32))
    places = first.positions * (-1, 1) + (400, 0)
    assert score(first, replace(first, positions=places.astype(np.float32))) < 0.3 * score(first, first)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("depth", [15, 30])
def test_a_bending_body_keeps_most_of_its_agreement(seed: int, depth: float) -> None:
    """The back rises and falls by `depth` pixels of 400 along a whole wave."""
    first = replace(animal(seed), angles=np.zeros(SPOTS, np.float32))
    places = first.positions.copy()
    places[:, 1] += depth * np.sin(2 * np.pi * places[:, 0] / 400)
    bent = score(first, replace(first, positions=places))
    shuffled = score(first, first, pairs(np.random.default_rng(seed).permutation(SPOTS)))
    assert bent > 0.55 * score(first, first)
    assert bent > 6 * shuffled


@pytest.mark.parametrize("seed", range(3))
def test_true_pairs_are_told_from_false_ones(seed: int) -> None:
    first = animal(seed)
    rows = np.arange(SPOTS)
    wrong = rows >= 25
    rows[wrong] = np.roll(rows[wrong], 4)
    shares = agreement(first, first, np.array([0]), pairs(rows))[1][0]
    assert shares[~wrong].min() > shares[wrong].max()
    assert shares[wrong].sum() < 0.05 * shares.sum()


def test_one_spot_found_again_and_again_proves_nothing() -> None:
    first = animal(0)
    heap = replace(first, positions=np.full((SPOTS, 2), 150, np.float32))
    assert score(first, heap) == 0
    assert score(heap, first) == 0
    assert score(heap, heap) == 0


def test_a_single_pair_proves_nothing_and_a_second_adds_proof() -> None:
    first = animal(0)
    found = []
    for held in range(4):
        weights = np.where(np.arange(SPOTS) < held, 0.3, 0).astype(np.float32)[None]
        found.append(score(first, first, replace(pairs(), weights=weights)))
    assert found[:2] == [0, 0]
    # Of n pairs that all agree, the leading eigenvalue is n - 1 times the weight of one.
    assert found[2:] == pytest.approx([0.3, 0.6], rel=1e-3)


def test_another_scale_or_turn_of_a_spot_is_another_spot() -> None:
    first = replace(animal(1), angles=np.zeros(SPOTS, np.float32))
    odd = np.arange(SPOTS) % 2 == 1
    for changed in (
        replace(first, scales=np.where(odd, 4 * first.scales, first.scales)),
        replace(first, angles=np.where(odd, np.float32(90), np.float32(0))),
    ):
        shares = agreement(first, changed, np.array([0]), pairs())[1][0]
        assert min(shares[odd].sum(), shares[~odd].sum()) < 0.01 * shares.sum()


def test_near_spots_that_turned_differently_prove_nothing() -> None:
    """So near each other, their places alone could not tell."""
    first = animal(2)
    weights = np.where(np.arange(SPOTS) < 2, 0.3, 0).astype(np.float32)[None]
    close = replace(first, positions=np.concatenate([[[200, 200], [212, 200]], first.positions[2:]]).astype(np.float32))
    turned = replace(close, angles=close.angles + 90 * (np.arange(SPOTS) == 1).astype(np.float32))
    assert score(close, close, replace(pairs(), weights=weights)) == pytest.approx(0.3, rel=1e-3)
    assert score(close, turned, replace(pairs(), weights=weights)) == 0


def test_every_photo_of_a_shortlist_is_judged_alone() -> None:
    query = animal(0)
    photos = [moved(query, 5, 5, 2, 30), animal(1), query]
    together = agreement(
        query,
        LocalFeatures.joined(photos),
        np.arange(3),
        Correspondences(
            np.tile(np.arange(SPOTS), (3, 1)),
            np.arange(3 * SPOTS).reshape(3, SPOTS),
            np.full((3, SPOTS), 0.3, np.float32),
        ),
    )[0]
    np.testing.assert_allclose(together, [score(query, photo) for photo in photos], rtol=1e-4)
