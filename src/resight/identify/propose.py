"""From answers to what the review asks: proposals with the worth of an answer, kept in the catalogue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from resight.catalogue import proposals
from resight.catalogue.chunks import chunks
from resight.catalogue.folder import Catalogue
from resight.catalogue.proposals import Proposal, Proposed
from resight.identify.run import Identified, Reason
from resight.types import Evidence, Verdict

TOGETHER = 32
MOST_MATCHES = 40
MOST_CANDIDATES = 10
UNCALIBRATED = 0.5  # how much is it worth to ask where no probability is known


def keep(
    catalogue: Catalogue, answers: Iterable[Identified], fingerprint: str, individuals: Mapping[int, str]
) -> Iterator[Identified]:
    """Write what is said, some at a time, and hand it on; `individuals` are the names of the live ones, by id."""
    by_name = {name: key for key, name in individuals.items()}
    for some in chunks(answers, TOGETHER):
        unnamed = [one for one in some if not one.query.name]
        with catalogue.writing() as session:
            proposals.keep(session, [proposal(one, fingerprint, by_name) for one in unnamed])
        yield from some


def proposal(identified: Identified, fingerprint: str, individuals: Mapping[str, int]) -> Proposal:
    """One answer as the catalogue keeps it.

    An individual that is not among `individuals` was merged or renamed while the answer was found: it is no candidate
    any more, and where it was the first, nothing is certain.
    """
    said = identified.answer
    reasons: list[Reason | None] = [*identified.reasons, *[None] * len(said.candidates)]
    candidates = tuple(
        Proposed(
            individuals[candidate.individual],
            candidate.annotation,
            candidate.score,
            candidate.p,
            () if reason is None else _matches(reason.evidence),
        )
        for candidate, reason in zip(said.candidates[:MOST_CANDIDATES], reasons, strict=False)
        if candidate.individual in individuals
    )
    best = candidates[0].p if candidates else 0.0
    gone = said.individual is not None and said.individual not in individuals
    verdict = Verdict.UNDECIDED if gone else said.verdict
    return Proposal(identified.query.id, fingerprint, verdict, worth(best), said.p_new, candidates, said.basis)


def worth(p_best: float | None) -> float:
    """How much is learned, in bits, by asking whether the first candidate is right.

    What is certain is asked last, and so is what nobody could answer: a photo like many others and like none.

    >>> worth(0.5), worth(1.0), round(worth(0.9), 2)
    (1.0, 0.0, 0.47)
    """
    if p_best is None:
        return UNCALIBRATED
    p = min(max(p_best, 0.0), 1.0)
    return -sum(share * math.log2(share) for share in (p, 1 - p) if share > 0) or 0.0


def _matches(evidence: Evidence) -> tuple[tuple[float, float, float, float, float], ...]:
    strongest = np.argsort(-evidence.weights, kind="stable")[:MOST_MATCHES]
    rows = np.column_stack([evidence.query, evidence.gallery, evidence.weights])[strongest].round(2).tolist()
    return tuple((qx, qy, gx, gy, weight) for qx, qy, gx, gy, weight in rows)
