"""The best candidates of a query become an answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from resight.identify.calibration import Calibration, basis
from resight.identify.decide import Costs, decide
from resight.identify.ranking import Ranking
from resight.types import Answer, Basis, Bools, Candidate, Doubles, Floats, Ints, Strings, Verdict


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The candidates of one query, best first: names, scores, and the gallery row of each one's best photo.

    Empty where nothing in the gallery may be compared with the query. `possible` (n,) tells of each of the individuals
    of the gallery, `everyone` (n,) in order of their names, whether it could be compared: those that stand on no list
    for want of likeness are possible all the same.
    """

    individuals: Strings
    scores: Floats
    best: Ints
    everyone: Strings
    possible: Bools


def shortlist(ranking: Ranking, query: int, most: int) -> Shortlist:
    """The `most` best candidates of one query."""
    order = ranking.order(query)[:most]
    return Shortlist(
        individuals=ranking.individuals[order],
        scores=ranking.scores[query, order],
        best=ranking.best[query, order],
        everyone=ranking.individuals,
        possible=ranking.possible[query],
    )


@dataclass(frozen=True, slots=True)
class Chances:
    """How probable each candidate of one query is, (k,), in the order of its shortlist, and a new animal.

    What is left over is for the possible individuals that stand on no list, as much for each.
    """

    p: Doubles
    p_new: float


def chances(candidates: Shortlist, calibration: Calibration) -> Chances:
    """What the scores of one query's candidates say."""
    return Chances(*calibration.probabilities(candidates.scores, int(candidates.possible.sum())))


def answer(candidates: Shortlist, calibration: Calibration | None, costs: Costs) -> Answer:
    """What is said of the query; ranks only where there is no calibration."""
    found = None if calibration is None else chances(candidates, calibration)
    return answered(candidates, found, basis(calibration), costs)


def answered(candidates: Shortlist, found: Chances | None, rests_on: Basis, costs: Costs) -> Answer:
    """The answer by these chances, which rest on the catalogue's own names or on other animals.

    Where nothing could be compared, nothing is known: the query is left undecided. So it is where other animals taught
    the chances, unless a person must not be asked: a name shall not rest on what is usual.
    """
    known = found is not None and len(candidates.scores) > 0
    verdict = Verdict.UNDECIDED
    if found is not None and known and (rests_on is Basis.OWN or math.isinf(costs.asking)):
        verdict = decide(float(found.p[0]), found.p_new, costs)
    return Answer(
        candidates=tuple(
            Candidate(
                individual=str(name),
                score=float(candidates.scores[place]),
                annotation=int(candidates.best[place]),
                p=None if found is None else float(found.p[place]),
            )
            for place, name in enumerate(candidates.individuals)
        ),
        verdict=verdict,
        p_new=found.p_new if found is not None and known else None,
        basis=rests_on,
    )
