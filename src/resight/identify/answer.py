"""Rankings and probabilities become answers."""

from __future__ import annotations

from resight.identify.calibration import Calibration
from resight.identify.decide import Costs, decide
from resight.identify.ranking import Ranking
from resight.types import Answer, Candidate, Verdict


def answers(ranking: Ranking, calibration: Calibration | None, costs: Costs, most: int = 10) -> list[Answer]:
    """One answer for each query, with at most `most` candidates; ranks only where there is no calibration.

    A query that nothing in the gallery may be compared with is left undecided, with no candidates.
    """
    return [_answer(ranking, query, calibration, costs, most) for query in range(len(ranking.scores))]


def _answer(ranking: Ranking, query: int, calibration: Calibration | None, costs: Costs, most: int) -> Answer:
    order = ranking.order(query)
    scores = ranking.scores[query, order]
    if calibration is None or not len(order):
        chances, p_new, verdict = None, None, Verdict.UNDECIDED
    else:
        chances, p_new = calibration.probabilities(scores)
        verdict = decide(float(chances[0]), p_new, costs)
    candidates = tuple(
        Candidate(
            individual=str(ranking.individuals[individual]),
            score=float(scores[place]),
            annotation=int(ranking.best[query, individual]),
            p=None if chances is None else float(chances[place]),
        )
        for place, individual in enumerate(order[:most])
    )
    return Answer(candidates, verdict, p_new)
