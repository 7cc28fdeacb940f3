"""Clustering measures against all pairs counted one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from resight.evaluate.clustering import clustering


@given(st.lists(st.tuples(st.sampled_from(["", "Ada", "Bea", "Cleo"]), st.integers(-1, 3)), min_size=1, max_size=15))
def test_equals_the_definitions(rows: list[tuple[str, int]]) -> None:
    individuals, clusters = np.array([name for name, _ in rows]), np.array([number for _, number in rows])
    named = [row for row in rows if row[0]]
    if not named:
        with pytest.raises(ValueError, match="no annotation has a name"):
            clustering(individuals, clusters)
        return
    result = clustering(individuals, clusters)
    same = [a[0] == b[0] for a, b in combinations(named, 2)]
    together = [a[1] == b[1] for a, b in combinations(named, 2)]
    both = sum(s and t for s, t in zip(same, together, strict=True))
    expected = 2 * both / (sum(same) + sum(together)) if any(same) or any(together) else 1.0
    assert result.pairwise_f == pytest.approx(expected)
    assert result.count_error == len({c for _, c in named}) - len({n for n, _ in named})
    assert result.ari == pytest.approx(adjusted_rand_score(*zip(*named, strict=True)))
    assert result.n == len(named)


def test_perfect_and_useless_clusters() -> None:
    individuals = np.repeat(["Ada", "Bea", "Cleo"], 4)
    perfect = clustering(individuals, np.repeat([7, 3, 5], 4))
    assert (perfect.ari, perfect.pairwise_f, perfect.count_error) == (1.0, 1.0, 0)
    assert perfect.ami == pytest.approx(1.0)
    useless = clustering(individuals, np.zeros(12, np.int64))
    assert (useless.ari, useless.count_error) == (0.0, -2)
    with pytest.raises(ValueError, match="one entry"):
        clustering(individuals, np.zeros(3, np.int64))
