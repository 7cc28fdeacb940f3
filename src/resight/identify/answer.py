"""The best candidates of a query become an answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from resight.identify.calibration import Calibration
from resight.identify.decide import Costs, decide
from resight.identify.ranking import Ranking
from resight.types import Answer, Candidate, Floats, Ints, Strings, Verdict


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The candidates of one query, best first: names, scores, and the gallery row of each one's best photo.

    Empty where nothing in the gallery may be compared with the query.
    """

    individuals: Strings
    scores: Floats
    best: Ints


def shortlist(ranking: Ranking, query: int, most: int) -> Shortlist:
    """The `most` best candidates of one query."""
    order = ranking.order(query)[:most]
    return Shortlist(ranking.individuals[order], ranking.scores[query, order], ranking.best[query, order])


def answer(candidates: Shortlist, calibration: Calibration | None, costs: Costs) -> Answer:
    """What is said of the query; ranks only where there is no calibration.

    Where nothing could be compared, nothing is known: the query is left undecided. So it is where other animals taught
    the calibration, unless a person must not be asked: a name shall not rest on what is usual.
    """
    chances, p_new, verdict = None, None, Verdict.UNDECIDED
    if calibration is not None and len(candidates.scores):
        chances, p_new = calibration.probabilities(candidates.scores)
        if calibration.own or math.isinf(costs.asking):
            verdict = decide(float(chances[0]), p_new, costs)
    return Answer(
        candidates=tuple(
            Candidate(
                individual=str(name),
                score=float(candidates.scores[place]),
                annotation=int(candidates.best[place]),
                p=None if chances is None else float(chances[place]),
            )
            for place, name in enumerate(candidates.individuals)
        ),
        verdict=verdict,
        p_new=p_new,
    )
