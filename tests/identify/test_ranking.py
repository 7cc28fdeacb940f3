"""From photos to individuals, against the plain definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.identify.ranking import CROWD, rank


@given(st.integers(0, 2**16), st.booleans(), st.integers(0, 5), st.integers(1, 25), st.floats(0, 1))
def test_ranks_are_as_defined(seed: int, best_only: bool, queries: int, photos: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    names = rng.choice(["", "Ada", "Ben", "Cleo", "Dora"], photos)
    # Whole numbers, many of them 0, so that ties are common.
    scores = rng.integers(0, 4, (queries, photos)).astype(np.float32)
    allowed = rng.random((queries, photos)) < share
    ranking = rank(scores, allowed, names, best_only)
    assert ranking.individuals.tolist() == sorted(set(names.tolist()) - {""})
    for query in range(queries):
        totals = {}
        for column, name in enumerate(ranking.individuals):
            rows = [row for row in range(photos) if names[row] == name and allowed[query, row]]
            assert ranking.possible[query, column] == bool(rows)
            if not rows:
                continue
            found = [float(scores[query, row]) for row in rows]
            totals[str(name)] = max(found) if best_only else sum(found) / len(found) ** CROWD
            assert ranking.scores[query, column] == pytest.approx(totals[str(name)])
            totals[str(name)] = float(ranking.scores[query, column])  # ties are of single precision
            assert ranking.best[query, column] in rows
            assert scores[query, ranking.best[query, column]] == max(found)
        order = ranking.individuals[ranking.order(query)].tolist()
        assert order == sorted(totals, key=lambda name: (-totals[name], name))


def test_many_photos_that_agree_a_little_beat_one_that_agrees_more() -> None:
    names, scores = np.array(["many", "one", "many", "many"]), np.array([[2, 4, 2, 2]], np.float32)
    allowed = np.ones((1, 4), bool)
    summed, best = rank(scores, allowed, names), rank(scores, allowed, names, best_only=True)
    assert summed.individuals[summed.order(0)].tolist() == ["many", "one"]
    assert best.individuals[best.order(0)].tolist() == ["one", "many"]


def test_agreement_by_chance_does_not_grow_with_the_number_of_photos() -> None:
    names, scores = np.array(["many"] * 16 + ["one"]), np.array([[0.1] * 16 + [1]], np.float32)
    ranking = rank(scores, np.ones((1, 17), bool), names)
    assert ranking.individuals[ranking.order(0)].tolist() == ["one", "many"]


def test_a_forbidden_photo_never_stands_for_its_individual() -> None:
    """Where all that may be compared score 0, the forbidden one, often the query's own photo, scores 0 too."""
    ranking = rank(np.zeros((1, 3), np.float32), np.array([[False, False, True]]), np.array(["a", "a", "a"]))
    assert ranking.best[0, 0] == 2


def test_an_empty_gallery_has_nobody() -> None:
    for names in (np.array([], dtype=np.str_), np.array(["", ""])):
        shape = (3, len(names))
        ranking = rank(np.zeros(shape, np.float32), np.ones(shape, bool), names)
        assert ranking.scores.shape == ranking.best.shape == ranking.possible.shape == (3, 0)
        assert ranking.order(2).tolist() == []
