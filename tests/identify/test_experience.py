"""The gallery asked about itself: what is left out, what is counted."""

from dataclasses import replace

import numpy as np
import pytest
from tests.match.conftest import another_view, drawn_animals

from resight.identify.calibration import DEEPEST
from resight.identify.experience import encounters_of_each, experience, named_rightly
from resight.match.comparable import Sides, comparable
from resight.match.local import local_gallery
from resight.match.whole import CosineGallery
from resight.types import Bools, Embeddings, Ints, Labels, LocalFeatures

ANIMALS, MEETINGS, PHOTOS = 30, 3, 2


@pytest.fixture
def known() -> tuple[Embeddings, Labels]:
    """Thirty animals, each met three times with two photos; photos of one meeting look all but the same."""
    rng = np.random.default_rng(0)
    animal = np.repeat(np.arange(ANIMALS), MEETINGS * PHOTOS)
    meeting = np.repeat(np.arange(ANIMALS * MEETINGS), PHOTOS)
    vectors = rng.normal(size=(ANIMALS, 24))[animal] + 0.7 * rng.normal(size=(ANIMALS * MEETINGS, 24))[meeting]
    vectors += 0.01 * rng.normal(size=vectors.shape)
    n = len(animal)
    return Embeddings(vectors.astype(np.float32)), Labels(
        individual=np.array([f"animal {number:02}" for number in animal]),
        side=np.full(n, "unknown"),
        part=np.full(n, ""),
        encounter=np.array([f"e{number}" for number in meeting]),
        photo=np.array([f"p{number}" for number in range(n)]),
    )


def test_it_holds_what_asking_each_photo_by_hand_gives(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    found = experience(CosineGallery(vectors), vectors.take, labels, best_only=True)
    assert found.scores.shape == (len(labels), DEEPEST)
    assert found.individuals == ANIMALS
    assert found.findable.all()
    unit = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    names = np.unique(labels.individual)
    for row in (0, 77, 179):
        alike = (1 + unit @ unit[row]) / 2
        others = labels.encounter != labels.encounter[row]
        best = np.array([alike[(labels.individual == name) & others].max() for name in names])
        order = np.argsort(-best, kind="stable")
        np.testing.assert_allclose(found.scores[row], best[order][:DEEPEST], rtol=1e-4)
        own = int(np.flatnonzero(names[order] == labels.individual[row])[0])
        assert found.truth[row] == (own if own < DEEPEST else -1)


def test_each_photo_is_asked_about_as_a_new_animal_too(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    found = experience(CosineGallery(vectors), vectors.take, labels, best_only=True)
    assert found.strangers.shape == found.scores.shape
    for row in (0, 77, 179):
        place = found.truth[row]
        assert place >= 0
        assert np.array_equal(np.delete(found.scores[row], place), found.strangers[row, :-1])


def test_strangers_score_what_they_do_where_the_animal_has_no_photo() -> None:
    """Spots of which each shows on two photos only: struck out of the answer, their own animal would leave nothing."""
    herd = drawn_animals(12, spots=30)
    both = LocalFeatures.joined([herd, another_view(herd, noise=0.15)])
    n = len(both)
    labels = Labels(
        individual=np.array([f"animal {row % 12:02}" for row in range(n)]),
        side=np.full(n, "unknown"),
        part=np.full(n, ""),
        encounter=np.full(n, ""),
        photo=np.array([f"p{row}" for row in range(n)]),
    )
    gallery = local_gallery(both, labels.individual)
    own = labels.individual[:, None] == labels.individual[None]
    found = experience(gallery, both.take, labels)
    anew = experience(gallery, both.take, labels, excluded=lambda rows: np.asarray(own[rows]))
    assert (found.truth == 0).all()
    np.testing.assert_array_equal(found.strangers, anew.scores)
    assert np.nanmean(found.strangers[:, 0]) > np.nanmean(found.scores[:, 1])


def test_the_share_named_rightly_is_that_of_the_experience(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    gallery = CosineGallery(vectors)
    found = experience(gallery, vectors.take, labels, best_only=True)
    share = named_rightly(gallery, vectors.take, labels, best_only=True)
    assert 0.5 < share < 1
    assert share == pytest.approx((found.truth[found.findable] == 0).mean())
    nobody = replace(labels, individual=np.full(len(labels), ""))
    assert named_rightly(gallery, vectors.take, nobody) == 0


def test_its_own_meeting_would_have_given_the_animal_away(known: tuple[Embeddings, Labels]) -> None:
    """Without the encounters, the photo taken a moment later is found, and alike to within a hair."""
    vectors, labels = known
    apart = experience(CosineGallery(vectors), vectors.take, labels, best_only=True)
    none = replace(labels, encounter=np.full(len(labels), ""))
    together = experience(CosineGallery(vectors), vectors.take, none, best_only=True)
    assert together.scores[:, 0].min() > 0.99 > np.median(apart.scores[:, 0])
    assert (together.truth == 0).all()


def test_few_candidates_leave_places_that_are_not_numbers(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    few = np.flatnonzero(labels.individual < "animal 07")
    some, named = vectors.take(few), labels.take(few)
    found = experience(CosineGallery(some), some.take, named, best_only=True)
    assert np.isfinite(found.scores[:, :7]).all()
    assert np.isnan(found.scores[:, 7:]).all()


def test_an_animal_met_once_cannot_be_found(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    keep = np.flatnonzero((labels.individual != "animal 03") | (labels.encounter == "e9"))
    some, named = vectors.take(keep), labels.take(keep)
    found = experience(CosineGallery(some), some.take, named, best_only=True)
    once = named.individual == "animal 03"
    assert once.sum() == PHOTOS
    np.testing.assert_array_equal(found.strangers[once], found.scores[once])
    assert not found.findable[once].any()
    assert (found.truth[once] == -1).all()
    assert found.findable[~once].all()


def test_the_unnamed_are_neither_asked_nor_found(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    unnamed = replace(labels, individual=np.where(labels.individual < "animal 10", "", labels.individual))
    found = experience(CosineGallery(vectors), vectors.take, unnamed, best_only=True)
    assert len(found.scores) == 20 * MEETINGS * PHOTOS
    assert found.individuals == 20
    nobody = replace(labels, individual=np.full(len(labels), ""))
    assert len(experience(CosineGallery(vectors), vectors.take, nobody).scores) == 0


def test_more_can_be_left_out_and_sides_are_kept_apart(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    own = labels.individual[:, None] == labels.individual[None]

    def animal(rows: Ints) -> Bools:
        return np.asarray(own[rows])

    found = experience(CosineGallery(vectors), vectors.take, labels, best_only=True, excluded=animal)
    assert not found.findable.any()
    sided = replace(labels, side=np.array(["left", "right"])[np.arange(len(labels)) // PHOTOS % 2])
    apart = experience(CosineGallery(vectors), vectors.take, sided, Sides.APART, best_only=True)
    # The middle one of three meetings was from the other side: it, and only it, has nothing to be found by.
    assert comparable(sided, sided).mean() == pytest.approx(0.5, abs=0.01)
    assert apart.findable.mean() == pytest.approx(2 / 3, abs=0.01)


def test_a_sample_is_drawn_the_same_way_each_time_and_progress_is_told(known: tuple[Embeddings, Labels]) -> None:
    vectors, labels = known
    told: list[tuple[int, int]] = []

    def ask(seed: int) -> np.ndarray:
        gallery = CosineGallery(vectors)
        return experience(
            gallery, vectors.take, labels, best_only=True, most=50, seed=seed, progress=lambda *now: told.append(now)
        ).scores

    first = ask(1)
    assert first.shape == (50, DEEPEST)
    assert told == [(32, 50), (50, 50)]
    assert np.array_equal(first, ask(1))
    assert not np.array_equal(first, ask(2))


def test_encounters_are_counted_for_each_individual() -> None:
    labels = Labels(
        individual=np.array(["b", "a", "a", "a", "", "b", "b"]),
        side=np.full(7, "left"),
        part=np.full(7, ""),
        encounter=np.array(["e1", "e1", "e1", "", "e5", "", ""]),
        photo=np.array(["p1", "p2", "p3", "p4", "p5", "p6", "p6"]),
    )
    # a: e1, and p4 on its own; b: e1, and the one photo p6 that shows it twice.
    assert encounters_of_each(labels).tolist() == [2, 2]
