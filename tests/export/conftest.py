"""Views to write reports of: drawn chips, and answers of each kind."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resight.export.views import CandidateView, QueryView, ReportHeading
from resight.types import Answer, Basis, Candidate, Evidence, Pixels, Verdict

HEADING = ReportHeading("Lake", "rootsift", "rootsift-2/3f9a", Basis.OWN)


def drawn_chip(seed: int, height: int = 60, width: int = 90) -> Pixels:
    """Blotches, so that the JPEG has something to keep."""
    blotches = np.random.default_rng(seed).integers(0, 256, (height // 6, width // 6, 3), dtype=np.uint8)
    return np.kron(blotches, np.ones((6, 6, 1), np.uint8))


def spots(pairs: int) -> Evidence:
    points = np.random.default_rng(pairs).uniform(0, 55, (2, pairs, 2)).astype(np.float32)
    return Evidence(points[0], points[1], np.arange(1, pairs + 1, dtype=np.float32))


def query_view(
    number: int, verdict: Verdict, path: Path = Path("IMG.jpg"), name: str = "Anna", pairs: int = 7
) -> QueryView:
    shares = (0.6, 0.2, 0.1, 0.05)
    names = [f"{name} {rank}" for rank in range(len(shares))]
    candidates = tuple(Candidate(who, 9 - i, i, p) for i, (who, p) in enumerate(zip(names, shares, strict=True)))
    views = tuple(
        CandidateView(c.individual, c.p, c.score, drawn_chip(10_000 + 10 * number + i), "left", spots(pairs))
        for i, c in enumerate(candidates)
    )
    return QueryView(path, "left, 14 May", drawn_chip(number), Answer(candidates, verdict, 0.05), views)


@pytest.fixture
def heading() -> ReportHeading:
    return HEADING


@pytest.fixture
def make_view() -> Callable[..., QueryView]:
    return query_view
