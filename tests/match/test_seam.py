"""The contract of galleries, kept by local features over either index and by whole vectors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from resight.errors import ResightError
from resight.index.faiss_index import FaissIndex, exact
from resight.match.chi2 import Chi2, Chi2Gallery
from resight.match.comparison import Even, L1Head
from resight.match.head import HeadGallery
from resight.match.local import LocalGallery, extend, local_gallery
from resight.match.open import embeddings, euclidean, open_gallery
from resight.match.seam import Gallery
from resight.match.whole import CosineGallery
from resight.method import matchers
from resight.types import Bools, Descriptors, Embeddings, Labels, LocalFeatures, Strings, Together
from resight.work.describe import joined

Make = Callable[..., LocalFeatures]
HERD = 8


@dataclass(frozen=True)
class Case:
    """A gallery of these descriptors; the descriptors of a herd seen once (view 0) or again.

    `near`: how far the logarithms of scores may differ by what else is in an inexact index; those of exponentials more.
    """

    open: Callable[[Descriptors], Gallery]
    seen: Callable[[Make, Make, int], Descriptors]
    exactly: bool = True
    near: float = 0.1


def animals_of(descriptors: Descriptors) -> Strings:
    return np.array([f"animal {row}" for row in range(len(descriptors))])


def exact_index(descriptors: Descriptors) -> Gallery:
    assert isinstance(descriptors, LocalFeatures)
    index: FaissIndex = exact(128)
    extend(index, iter([descriptors]))
    return LocalGallery(descriptors, index, animals_of(descriptors))


def inverted_index(descriptors: Descriptors) -> Gallery:
    assert isinstance(descriptors, LocalFeatures)
    return local_gallery(descriptors, animals_of(descriptors))


def whole(descriptors: Descriptors) -> Gallery:
    assert isinstance(descriptors, Embeddings)
    return CosineGallery(descriptors)


def opened(descriptors: Descriptors) -> Gallery:
    return open_gallery(descriptors, animals_of(descriptors))


def by_distance(descriptors: Descriptors) -> Gallery:
    return euclidean("").gallery(descriptors, Labels.named(np.full(len(descriptors), "")))


def spots(animals: Make, view: Make, again: int) -> Descriptors:
    herd = animals(2 * HERD)
    return view(herd, again) if again else herd


def vectors(animals: Make, view: Make, again: int) -> Descriptors:
    own = np.random.default_rng(0).normal(size=(2 * HERD, 32))
    return Embeddings((own + 0.3 * np.random.default_rng(again).normal(size=own.shape)).astype(np.float32))


def both(animals: Make, view: Make, again: int) -> Descriptors:
    some, others = spots(animals, view, again), vectors(animals, view, again)
    assert isinstance(some, LocalFeatures) and isinstance(others, Embeddings)
    return Together((some, others))


def by_head(descriptors: Descriptors) -> Gallery:
    even = Even(np.zeros(32, np.float32), np.ones(32, np.float32))
    return HeadGallery(L1Head(even, np.full(32, -1, np.float32), 15.0), embeddings(descriptors, "head"))


def by_chi2(descriptors: Descriptors) -> Gallery:
    return Chi2Gallery(Chi2(np.full(64, 1, np.float32), 15.0), embeddings(descriptors, "chi2"))


def by(matcher: str) -> Callable[[Descriptors], Gallery]:
    return lambda descriptors: matchers(matcher)("").gallery(descriptors, Labels.named(np.full(len(descriptors), "")))


CASES = {
    "head": Case(by_head, vectors),
    "chi2": Case(by_chi2, vectors),
    "constellations": Case(by("constellations"), spots, exactly=False),
    "fused": Case(by("fused"), both, exactly=False),
    "joint": Case(by("joint"), both, exactly=False, near=0.6),
    "local, exact": Case(exact_index, spots),
    "local, inverted": Case(inverted_index, spots, exactly=False),
    "cosine": Case(whole, vectors),
    "euclidean": Case(by_distance, vectors),
    "opened, local": Case(opened, spots, exactly=False),
    "opened, embeddings": Case(opened, vectors),
}


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


@pytest.fixture
def known(case: Case, animals: Make, view: Make) -> Descriptors:
    return case.seen(animals, view, 0).take(range(HERD))


@pytest.fixture
def strangers(case: Case, animals: Make, view: Make) -> Descriptors:
    return case.seen(animals, view, 0).take(range(HERD, 2 * HERD))


@pytest.fixture
def queries(case: Case, animals: Make, view: Make) -> Descriptors:
    return case.seen(animals, view, 1).take(range(HERD))


def everything(queries: int, gallery: int) -> Bools:
    return np.ones((queries, gallery), np.bool_)


def test_every_animal_is_most_like_itself(case: Case, known: Descriptors, queries: Descriptors) -> None:
    gallery = case.open(known)
    scores = gallery.scores(queries, everything(HERD, HERD))
    assert len(gallery) == HERD
    assert scores.shape == (HERD, HERD)
    assert scores.dtype == np.float32
    assert (scores >= 0).all()
    assert scores.argmax(axis=1).tolist() == list(range(HERD))


def test_rows_and_columns_follow_the_order_given(case: Case, known: Descriptors, queries: Descriptors) -> None:
    order, asked = np.random.default_rng(1).permutation(HERD), np.array([5, 0, 3])
    plain = case.open(known).scores(queries, everything(HERD, HERD))
    turned = case.open(known.take(order)).scores(queries.take(asked), everything(3, HERD))
    if case.exactly:
        np.testing.assert_allclose(turned, plain[asked][:, order], rtol=1e-4, atol=1e-4 * plain.max())
    else:
        # An inexact index finds other neighbours of spots that are like nothing; those of the animal itself it finds.
        own = [order.tolist().index(row) for row in asked]
        assert turned.argmax(axis=1).tolist() == own
        np.testing.assert_allclose(np.log(turned[np.arange(3), own] / plain[asked, asked]), 0, atol=case.near)


def test_queries_together_score_as_one_by_one(case: Case, known: Descriptors, queries: Descriptors) -> None:
    gallery = case.open(known)
    allowed = np.random.default_rng(0).random((HERD, HERD)) < 0.7
    together = gallery.scores(queries, allowed)
    single = [gallery.scores(queries.take([row]), allowed[row : row + 1])[0] for row in range(HERD)]
    np.testing.assert_allclose(together, single, rtol=1e-5)


def test_the_same_question_has_the_same_answer(case: Case, known: Descriptors, queries: Descriptors) -> None:
    allowed = everything(HERD, HERD)
    first, second = (case.open(known).scores(queries, allowed) for _ in range(2))
    assert np.array_equal(first, second)


def test_what_is_forbidden_scores_nothing(case: Case, known: Descriptors, queries: Descriptors) -> None:
    allowed = np.random.default_rng(3).random((HERD, HERD)) < 0.5
    scores = case.open(known).scores(queries, allowed)
    assert (scores[~allowed] == 0).all()
    assert (case.open(known).scores(queries, ~everything(HERD, HERD)) == 0).all()


def test_forbidden_photos_take_no_part_in_voting(
    case: Case, known: Descriptors, strangers: Descriptors, queries: Descriptors
) -> None:
    """The score of an allowed photo is the same whether or not the gallery also holds forbidden ones.

    Most telling where the forbidden photos are the query's own: their spots would be the nearest to every one.
    """
    alone = case.open(known).scores(queries, everything(HERD, HERD))
    for others in (strangers, queries):
        both = joined([others, known])
        allowed = everything(HERD, 2 * HERD)
        allowed[:, :HERD] = False
        among = case.open(both).scores(queries, allowed)
        assert (among[:, :HERD] == 0).all()
        if case.exactly:
            np.testing.assert_allclose(among[:, HERD:], alone, rtol=1e-4, atol=1e-4 * alone.max())
        else:
            own = np.arange(HERD)
            assert (among[own, HERD + own] > 0).all()
            np.testing.assert_allclose(np.log(among[own, HERD + own] / alone[own, own]), 0, atol=case.near)


def test_no_queries_no_gallery(case: Case, known: Descriptors, queries: Descriptors) -> None:
    assert case.open(known).scores(queries.take([]), everything(0, HERD)).shape == (0, HERD)
    nobody = case.open(known.take([]))
    assert len(nobody) == 0
    assert nobody.scores(queries, everything(HERD, 0)).shape == (HERD, 0)


def test_evidence_has_a_weight_for_each_pair_of_points(case: Case, known: Descriptors, queries: Descriptors) -> None:
    gallery = case.open(known)
    allowed = everything(1, HERD)[0]
    for row in range(HERD):
        found = gallery.evidence(queries.take([2]), row, allowed)
        assert found.query.shape == found.gallery.shape == (len(found), 2)
        assert found.weights.shape == (len(found),)
        assert (found.weights > 0).all()


def test_descriptors_of_another_kind_are_refused(case: Case, known: Descriptors, animals: Make) -> None:
    other = Embeddings(np.ones((1, 32), np.float32)) if isinstance(known, LocalFeatures) else animals(1)
    with pytest.raises((TypeError, ResightError), match=r"is asked with|compares spots|together:NAME"):
        case.open(known).scores(other, everything(1, HERD))
