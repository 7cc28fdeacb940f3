"""How much more probable an individual is where and when it was met before, by what the catalogue's own names show.

How far is it from an animal to the nearest place where an individual was met, and how long to the nearest time? The
named encounters tell how often it is so far to oneself, and how often to another: the one over the other is how many
times as probable the individual becomes (Bayes). Both are counted in bins, nearer never less probable than farther, and
each bin begins with `PRIOR` lessons that say nothing. Markings stay the judge: place and time together count at most
tenfold. A new animal keeps its weight: it becomes more probable where all candidates were met far away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from resight.catalogue.moments import Moments
from resight.identify.answer import Chances
from resight.identify.together import Heard
from resight.types import Bools, Doubles, Ints, Labels

KM = np.array([0.1, 0.3, 1, 3, 10, 30, 100, 300])  # where bins end
DAYS = np.array([1, 3, 10, 30, 100, 300, 1000, 3000])
FEWEST = 30  # named encounters whose animal was met in another one
MOST = 400  # named encounters that teach
PRIOR = 3.0
AT_MOST = 10.0  # times as probable, or as improbable
EARTH = 6371.0  # km


@dataclass(frozen=True, slots=True)
class Near:
    """How near a candidate was met before, in km and days (NaN: not known), and how many `times` as likely it is so."""

    km: float
    days: float
    times: float


@dataclass(frozen=True, slots=True)
class WhereWhen:
    """How many times as probable each bin of `KM` and `DAYS` makes an individual, (9,) each; 1 where too few teach."""

    by_km: Doubles
    by_days: Doubles

    def near(self, km: float, days: float) -> Near:
        """What it counts that an individual was met so near."""
        times = 1.0
        for found, ends, by in ((km, KM, self.by_km), (days, DAYS, self.by_days)):
            if not np.isnan(found):
                times *= float(by[np.searchsorted(ends, found)])
        return Near(km, days, float(np.clip(times, 1 / AT_MOST, AT_MOST)))


def learn(known: Labels, when_where: Moments, seed: int = 0) -> WhereWhen | None:
    """What the named annotations teach; None where too few carry a place or a time."""
    met = np.where(known.encounter != "", known.encounter, known.photo)
    named = np.flatnonzero(known.individual != "")
    _, first = np.unique(np.stack([known.individual[named], met[named]]), axis=1, return_index=True)
    asked = np.random.default_rng(seed).permutation(named[np.sort(first)])[:MOST]
    names, of = np.unique(known.individual, return_inverse=True)
    own, others = np.zeros((2, len(KM) + 1)), np.zeros((2, len(KM) + 1))
    for row in asked.tolist():
        elsewhere = (met != met[row]) & (known.individual != "")
        for kind, (near, ends) in enumerate(((_km(when_where, row), KM), (_days(when_where, row), DAYS))):
            nearest = _nearest(np.where(elsewhere, near, np.inf), of, len(names))
            bins = np.searchsorted(ends, nearest)
            told = np.isfinite(nearest)
            if told[of[row]] and told.sum() > 1:
                own[kind, bins[of[row]]] += 1
                told[of[row]] = False
                others[kind] += np.bincount(bins[told], minlength=len(KM) + 1) / told.sum()
    if (own.sum(axis=1) < FEWEST).all():
        return None
    return WhereWhen(*(_times(one, other) for one, other in zip(own, others, strict=True)))


def weighed(
    heard: Heard, row: int, known: Labels, when_where: Moments, means: WhereWhen
) -> tuple[Heard, tuple[Near, ...]]:
    """What is thought of the photo in this row of the catalogue once place and time are counted; and why, in order."""
    # Whoever else is in the photo was met just there, and is not who is asked about.
    mine = known.photo == known.photo[row]
    mine |= (known.encounter == known.encounter[row]) & (known.encounter[row] != "")
    km, days = (np.where(mine, np.inf, found) for found in (_km(when_where, row), _days(when_where, row)))
    near = []
    for name in heard.candidates.individuals.tolist():
        shown = known.individual == name
        near.append(means.near(_least(km, shown), _least(days, shown)))
    p = heard.chances.p * np.array([one.times for one in near])
    others = 1 - float(heard.chances.p.sum()) - heard.chances.p_new
    total = float(p.sum()) + heard.chances.p_new + others
    order = np.argsort(-p, kind="stable")
    candidates = heard.candidates
    again = replace(
        candidates,
        individuals=candidates.individuals[order],
        scores=candidates.scores[order],
        best=candidates.best[order],
    )
    found = Chances(p[order] / total, heard.chances.p_new / total)
    return Heard(again, found, heard.photos), tuple(near[place] for place in order.tolist())


def _times(own: Doubles, others: Doubles) -> Doubles:
    """How many times as often oneself is so far away as another is, of each bin; 1 where too few teach."""
    if own.sum() < FEWEST:
        return np.ones(len(own))
    from sklearn.isotonic import IsotonicRegression  # a second, which only who asks for it shall wait

    usual = (others + 1 / len(own)) / (others.sum() + 1)
    times = (own + PRIOR) / (own.sum() * usual + PRIOR)
    places = np.arange(len(own))
    falling = IsotonicRegression(increasing=False).fit(places, np.log(times), own + others + 0.1).predict(places)
    return np.asarray(np.clip(np.exp(falling), 1 / AT_MOST, AT_MOST), np.float64)


def _km(when_where: Moments, row: int) -> Doubles:
    """From one annotation to all (n,), inf where it is not known: on a sphere, as the crow flies."""
    lat, lon = np.deg2rad(when_where.places).T
    half = np.sin((lat - lat[row]) / 2) ** 2 + np.cos(lat) * np.cos(lat[row]) * np.sin((lon - lon[row]) / 2) ** 2
    return np.asarray(np.nan_to_num(2 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0, 1))), nan=np.inf), np.float64)


def _days(when_where: Moments, row: int) -> Doubles:
    return np.asarray(np.nan_to_num(np.abs(when_where.days - when_where.days[row]), nan=np.inf), np.float64)


def _nearest(found: Doubles, of: Ints, many: int) -> Doubles:
    """The least of each individual's (many,)."""
    least = np.full(many, np.inf)
    np.minimum.at(least, of, found)
    return least


def _least(found: Doubles, shown: Bools) -> float:
    least = float(found[shown].min(initial=np.inf))
    return least if np.isfinite(least) else float("nan")
