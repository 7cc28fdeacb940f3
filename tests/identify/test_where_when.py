"""Animals that keep to their place: what is learned of that, what it counts, and where it counts nothing."""

from dataclasses import replace

import numpy as np
import pytest

from resight.catalogue.moments import Moments
from resight.identify.answer import Chances, Shortlist
from resight.identify.together import Heard
from resight.identify.where_when import AT_MOST, DAYS, KM, WhereWhen, learn, weighed
from resight.types import Labels

ANIMALS, MET = 30, 4
KM_OF_A_DEGREE = 111.195


def herd(wander_km: float, apart_km: float, seed: int = 0) -> tuple[Labels, Moments]:
    """Animals along a meridian, each met some times near its home, on days of no meaning."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(ANIMALS), MET)
    known = Labels.named(np.array([f"animal {one:02}" for one in who]))
    lat = (who * apart_km + rng.normal(0, wander_km, len(who))) / KM_OF_A_DEGREE
    days = rng.uniform(0, 4000, len(who))
    return known, Moments(days, np.stack([lat, np.zeros(len(who))], axis=1))


def two(first: float, second: float) -> Heard:
    names = np.array(["animal 01", "animal 20"])
    everyone = np.array([f"animal {one:02}" for one in range(ANIMALS)])
    candidates = Shortlist(
        names, np.array([2.0, 1.0], np.float32), np.array([4, 80]), everyone, np.isin(everyone, names)
    )
    return Heard(candidates, Chances(np.array([first, second]), 1 - first - second))


def test_animals_that_keep_to_their_place_are_likelier_there_and_days_count_nothing() -> None:
    known, when_where = herd(wander_km=0.5, apart_km=5)
    means = learn(known, when_where)
    assert means is not None
    assert means.by_km[np.searchsorted(KM, 0.5)] > 4
    assert means.by_km[np.searchsorted(KM, 50)] < 0.5
    assert (np.diff(means.by_km) <= 1e-9).all()
    assert np.abs(np.log(means.by_days)).max() < np.log(2.5)
    # The photo was taken where animal 20 lives.
    asked = 20 * MET
    names = known.individual.copy()
    names[asked] = ""
    found, near = weighed(two(0.4, 0.4), asked, replace(known, individual=names), when_where, means)
    assert found.candidates.individuals.tolist() == ["animal 20", "animal 01"]
    assert found.candidates.best.tolist() == [80, 4]
    assert near[0].km < 3 and near[1].km == pytest.approx(95, abs=6)
    assert found.chances.p.sum() + found.chances.p_new == pytest.approx(1)
    assert near[0].times <= AT_MOST and near[1].times >= 1 / AT_MOST


def test_where_all_roam_everywhere_place_counts_next_to_nothing() -> None:
    means = learn(*herd(wander_km=100, apart_km=0))
    assert means is not None
    assert np.abs(np.log(means.by_km)).max() < np.log(2.5)


def test_what_is_not_known_counts_nothing() -> None:
    known, when_where = herd(wander_km=0.5, apart_km=5)
    means = learn(known, when_where)
    assert means is not None
    lost = Moments(np.full(len(known), np.nan), np.full((len(known), 2), np.nan))
    assert learn(known, lost) is None
    before = two(0.5, 0.3)
    after, near = weighed(before, 0, known, lost, means)
    assert after.chances.p == pytest.approx(before.chances.p)
    assert {one.times for one in near} == {1.0}


def test_few_lessons_teach_nothing() -> None:
    known, when_where = herd(wander_km=0.5, apart_km=5)
    assert learn(known.take(np.arange(20)), Moments(when_where.days[:20], when_where.places[:20])) is None


def test_the_photos_of_ones_own_encounter_are_not_where_one_was_met() -> None:
    known, when_where = herd(wander_km=0.5, apart_km=5)
    known = replace(known, encounter=np.array([f"met {row // MET}" for row in range(len(known))]))
    means = WhereWhen(np.linspace(3, 0.3, len(KM) + 1), np.ones(len(DAYS) + 1))
    _, near = weighed(two(0.5, 0.3), MET, known, when_where, means)
    assert np.isnan(near[0].km), "all photos of animal 01 are of this encounter"
    assert near[1].km > 50


def test_who_else_is_in_the_photo_was_not_met_there() -> None:
    """Animal 20 stands in the photo that is asked about, in another box; its other photos are far away."""
    known, when_where = herd(wander_km=0.5, apart_km=5)
    names, photos = known.individual.copy(), known.photo.copy()
    names[MET] = ""
    photos[20 * MET] = photos[MET]
    places = when_where.places.copy()
    places[20 * MET] = places[MET]
    means = WhereWhen(np.linspace(3, 0.3, len(KM) + 1), np.ones(len(DAYS) + 1))
    known = replace(known, individual=names, photo=photos)
    found, near = weighed(two(0.4, 0.3), MET, known, replace(when_where, places=places), means)
    assert found.candidates.individuals.tolist() == ["animal 01", "animal 20"]
    assert near[0].km < 3 and near[1].km > 50


def test_a_new_animal_gains_where_all_candidates_are_far_and_loses_where_they_are_near() -> None:
    known, when_where = herd(wander_km=0.5, apart_km=0)
    nearby = WhereWhen(np.full(len(KM) + 1, 3.0), np.ones(len(DAYS) + 1))
    far = WhereWhen(np.full(len(KM) + 1, 0.3), np.ones(len(DAYS) + 1))
    before = two(0.4, 0.3)
    assert weighed(before, MET, known, when_where, nearby)[0].chances.p_new < before.chances.p_new
    assert weighed(before, MET, known, when_where, far)[0].chances.p_new > before.chances.p_new
