"""Local features: how scores and evidence hang together, and photos with nothing to see."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from resight.describe.rootsift import RootSift
from resight.index.faiss_index import exact
from resight.match.local import LocalGallery, LocalSearch, extend, feature_index, local_gallery, search_among
from resight.types import Chip, LocalFeatures, Strings

Make = Callable[..., LocalFeatures]


def whose(features: LocalFeatures) -> Strings:
    """Every photo another animal's."""
    return np.array([f"animal {row}" for row in range(len(features))], np.str_)


def blank(features: LocalFeatures, row: int) -> LocalFeatures:
    """The same photos, and nothing found on one of them."""
    none = features.take([row])
    nothing = replace(
        none,
        offsets=np.zeros(2, np.int64),
        positions=none.positions[:0],
        scales=none.scales[:0],
        angles=none.angles[:0],
        vectors=none.vectors[:0],
    )
    others = [features.take([other]) for other in range(len(features))]
    return LocalFeatures.joined([nothing if other == row else others[other] for other in range(len(features))])


def test_the_evidence_adds_up_to_the_score(animals: Make, view: Make) -> None:
    herd = animals(6)
    query = view(herd.take([2]), noise=0.15)
    gallery = local_gallery(herd, whose(herd), LocalSearch(unverified=0.0))
    allowed = np.ones((1, 6), bool)
    scores = gallery.scores(query, allowed)[0]
    verified = np.flatnonzero(scores).tolist()
    assert 2 in verified
    assert len(verified) > 2
    for row in verified:
        assert gallery.evidence(query, row, allowed[0]).weights.sum() == pytest.approx(scores[row], rel=1e-3, abs=1e-4)


def test_the_evidence_points_at_the_same_spots(animals: Make, view: Make) -> None:
    """Spots keep their places to within the jitter of the drawn view, 2 pixels."""
    herd = animals(6)
    found = local_gallery(herd, whose(herd)).evidence(view(herd.take([4])), 4, np.ones(6, bool))
    assert len(found) > 30
    distances = np.hypot(*(found.query - found.gallery).T)
    strong = found.weights > np.median(found.weights)
    assert distances[strong].max() < 12


@pytest.mark.parametrize("row", [0, 2, 5])
def test_a_photo_with_nothing_on_it_is_like_nothing(animals: Make, view: Make, row: int) -> None:
    herd = blank(animals(6), row)
    gallery = local_gallery(herd, whose(herd))
    allowed = np.ones((6, 6), bool)
    scores = gallery.scores(view(animals(6)), allowed)
    assert (scores[:, row] == 0).all()
    others = np.arange(6) != row
    assert scores.argmax(axis=1)[others].tolist() == np.arange(6)[others].tolist()
    assert len(gallery.evidence(view(animals(6).take([1])), row, allowed[0])) == 0


def test_a_query_with_nothing_on_it_is_like_nobody(animals: Make) -> None:
    herd = animals(4)
    gallery = local_gallery(herd, whose(herd))
    nothing = blank(herd, 1).take([1])
    assert (gallery.scores(nothing, np.ones((1, 4), bool)) == 0).all()
    assert len(gallery.evidence(nothing, 0, np.ones(4, bool))) == 0


def test_a_gallery_with_nothing_on_any_photo_can_be_asked(animals: Make) -> None:
    herd = animals(2)
    empty = blank(blank(herd, 0), 1)
    assert (local_gallery(empty, whose(empty)).scores(herd, np.ones((2, 2), bool)) == 0).all()


def test_beyond_the_shortlist_votes_alone_give_the_order(animals: Make, view: Make) -> None:
    herd = animals(12)
    short = local_gallery(herd, whose(herd), LocalSearch(shortlist=3))
    scores = short.scores(view(herd, noise=0.15), np.ones((12, 12), bool))
    assert scores.argmax(axis=1).tolist() == list(range(12))
    in_detail = np.sort(scores, axis=1)[:, ::-1]
    assert (in_detail[:, 0] > 20 * in_detail[:, 3]).all()
    assert (np.count_nonzero(scores, axis=1) > 3).all()


def test_an_index_can_be_extended_as_the_gallery_grows(animals: Make, view: Make) -> None:
    herd = animals(8)
    grown = feature_index(iter([herd.take(range(5))]), herd.take(range(5)), 480)
    extend(grown, iter([herd.take([5]), herd.take([6, 7])]))
    assert len(grown) == len(herd.vectors)
    scores = LocalGallery(herd, grown, whose(herd)).scores(view(herd), np.ones((8, 8), bool))
    assert scores.argmax(axis=1).tolist() == list(range(8))


def test_the_same_animal_bent_still_wins(animals: Make, view: Make) -> None:
    herd = animals(10)
    index = exact(128)
    extend(index, iter([herd]))
    bent = view(herd)
    places = bent.positions.copy()
    places[:, 1] += 20 * np.sin(2 * np.pi * places[:, 0] / 400)
    scores = LocalGallery(herd, index, whose(herd)).scores(replace(bent, positions=places), np.ones((10, 10), bool))
    own = np.diag(scores)
    assert (own > 20 * (scores - np.diag(own)).max(axis=1)).all()


def test_a_turned_photo_is_recognised_by_keypoints_that_turn() -> None:
    """From above, an animal may lie any way round."""
    noise = np.random.default_rng(0).normal(size=(6, 20, 20)).astype(np.float32)
    chips = [
        np.repeat(
            np.clip(128 + 60 * cv2.resize(one, (200, 200), interpolation=cv2.INTER_CUBIC), 0, 255)[..., None], 3, 2
        )
        for one in noise
    ]
    gallery = [Chip(pixels.astype(np.uint8), np.eye(2, 3)) for pixels in chips]
    turned = [Chip(np.ascontiguousarray(np.rot90(chip.pixels)), np.eye(2, 3)) for chip in gallery]
    allowed = np.ones((6, 6), bool)
    describe = RootSift(features=150, upright=False).describe
    known = describe(gallery)
    held = local_gallery(known, whose(known))
    scores = held.scores(describe(turned), allowed)
    assert scores.argmax(axis=1).tolist() == list(range(6))
    # Turning costs little: SIFT's own loss, none of the geometry's.
    assert (np.diag(scores) > 0.5 * np.diag(held.scores(describe(gallery), allowed))).all()


@pytest.mark.parametrize(
    ("photos", "nameless", "background", "voting"),
    [(0, 5, 10, 3), (3, 0, 10, 3), (60, 7, 60, 4), (900, 0, 150, 10)],
)
def test_the_search_reaches_beyond_an_individuals_own_photos(
    photos: int, nameless: int, background: int, voting: int
) -> None:
    names = np.array(["Ada"] * photos + ["Bo"] * photos + [""] * nameless, dtype=np.str_)
    found = search_among(names)
    assert (found.background, found.votes) == (background, voting)
