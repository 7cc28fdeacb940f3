"""What a report shows: views with their pixels, made by `identify`, dropped once they are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from resight.types import Answer, Basis, Evidence, Pixels


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate as a person sees it: name, probability (None: ranks only), its most similar chip, and why.

    `caption` says what is known of that photo: side, encounter, date. `evidence` is in pixels of the query's
    chip and of this chip.
    """

    individual: str
    p: float | None
    score: float
    chip: Pixels
    caption: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class QueryView:
    """One query as a person sees it: its photo, what is said of it, the candidates to show, best first."""

    path: Path
    caption: str
    chip: Pixels
    answer: Answer
    candidates: tuple[CandidateView, ...]


@dataclass(frozen=True, slots=True)
class ReportHeading:
    """What holds for a whole report: the catalogue, the method and its fingerprint, and any warnings.

    `basis` tells what its probabilities rest on.
    """

    catalogue: str
    method: str
    fingerprint: str
    basis: Basis
    warnings: tuple[str, ...] = ()
