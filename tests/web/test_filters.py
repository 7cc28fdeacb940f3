"""A search finds what is there, however it is written, and `aside` is what somebody was unsure of."""

import math
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from resight.catalogue import folder, log, store
from resight.catalogue.decisions import NewIndividual, Opinion, Says
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.types import Doubles, Place, Side
from resight.web.filters import EARTH, Filter, Near, Quality, State, matching
from resight.web.lately import lately


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Catalogue]:
    """Annotations 1 to 3; the first is called Ängla, nobody has named the others."""
    with folder.create(tmp_path / "three") as made:
        with made.writing() as session:
            animal = store.NewAnnotation(side=Side.LEFT)
            photos = [store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 40, 30, (animal,)) for n in range(3)]
            store.add_shard(session, photos)
        log.append(made, NewIndividual("Ängla", (1,)), "Ana")
        yield made


@pytest.mark.parametrize("text", ["Ängla", "ängla", "ÄNG"])
def test_letters_beyond_ascii_are_found_large_and_small(three: Catalogue, text: str) -> None:
    assert matching(three, Filter(text=text), 10) == (1, [1])


def test_only_what_somebody_was_unsure_of_is_aside(three: Catalogue) -> None:
    log.append(three, Opinion(2, 1, Says.DIFFERENT), "Ana")
    log.append(three, Opinion(3, 1, Says.UNSURE), "Ana")
    assert matching(three, Filter(State.ASIDE), 10) == (1, [3])


FIELD = Place(-24.5, 31.4)


@pytest.fixture
def placed(tmp_path: Path) -> Iterator[Catalogue]:
    """Annotations 1 to 5 in the field, a kilometre north of it, across the date line twice, and nowhere."""
    places = (FIELD, Place(-24.491, 31.4), Place(0, 179.99), Place(0, -179.99), None)
    qualities = (0.9, 0.6, None, 0.1, 1.0)
    with folder.create(tmp_path / "placed") as made:
        with made.writing() as session:
            photos = [
                store.NewPhoto(
                    Path(f"/{n}.jpg"), str(n), 10, 40, 30, (store.NewAnnotation(side=Side.LEFT, quality=quality),),
                    place=place,
                )
                for n, (place, quality) in enumerate(zip(places, qualities, strict=True))
            ]  # fmt: skip
            store.add_shard(session, photos)
        yield made


def found(catalogue: Catalogue, wanted: Filter) -> set[int]:
    """What fits, and that it is counted as many."""
    total, keys = matching(catalogue, wanted, 1000)
    assert total == len(keys)
    return set(keys)


@pytest.mark.parametrize(
    ("near", "fitting"),
    [
        (Near(FIELD, 0), {1}),
        (Near(FIELD, 0.99), {1}),
        (Near(FIELD, 1.01), {1, 2}),
        (Near(Place(0, 180), 2), {3, 4}),
        (Near(Place(0, -180), 2), {3, 4}),
        (Near(Place(0, 179.99), 1), {3}),
        (Near(Place(0, -179.98), 1.5), {4}),
        (Near(Place(90, 0), 10_008), {3, 4}),
        (Near(FIELD, 20_100), {1, 2, 3, 4}),
        (Near(FIELD, 1e300), {1, 2, 3, 4}),
    ],
)
def test_what_was_taken_near_a_place_is_found_across_the_date_line_too(
    placed: Catalogue, near: Near, fitting: set[int]
) -> None:
    assert found(placed, Filter(near=near)) == fitting


def test_round_a_pole_all_meridians_are_near(tmp_path: Path) -> None:
    with folder.create(tmp_path / "pole") as made:
        with made.writing() as session:
            animal = store.NewAnnotation()
            places = [Place(89.99, lon) for lon in (-180, -90, 0, 77.7, 180)] + [Place(89.9, 0)]
            store.add_shard(
                session,
                [store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 4, 3, (animal,), place=p) for n, p in enumerate(places)],
            )
        assert found(made, Filter(near=Near(Place(90, 123), 1.2))) == {1, 2, 3, 4, 5}
        assert found(made, Filter(near=Near(Place(89.99, 0), 2.3))) == {1, 2, 3, 4, 5}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), km=st.floats(0, 25_000))
def test_near_is_what_the_great_circle_says(placed: Catalogue, lat: float, lon: float, km: float) -> None:
    distances = [great_circle(Place(lat, lon), one.place) for one in catalogued(placed) if one.place]
    assume(all(abs(one - km) > 0.01 for one in distances))
    fitting = {key for key, distance in enumerate(distances, 1) if distance < km}
    assert found(placed, Filter(near=Near(Place(lat, lon), km))) == fitting


def great_circle(a: Place, b: Place) -> float:
    """By the angle between two vectors, in km: another way than the filter's."""
    one, other = (_direction(place) for place in (a, b))
    return EARTH * math.atan2(float(np.linalg.norm(np.cross(one, other))), float(one @ other))


def _direction(place: Place) -> Doubles:
    lat, lon = math.radians(place.lat), math.radians(place.lon)
    return np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])


def test_a_quality_never_measured_is_found_under_any_alone(placed: Catalogue) -> None:
    fitting = {quality: found(placed, Filter(quality=quality)) for quality in Quality}
    assert fitting == {
        Quality.ANY: {1, 2, 3, 4, 5},
        Quality.FAIR: {1, 2, 5},
        Quality.GOOD: {1, 5},
        Quality.BEST: {1, 5},
    }


def test_filters_combine_and_pages_of_them_hold_each_once(placed: Catalogue) -> None:
    log.append(placed, NewIndividual("5", (1, 4)), "Ana")
    log.append(placed, NewIndividual("55", (2, 5)), "Ana")
    assert found(placed, Filter(text="5")) == {1, 2, 4, 5}
    assert found(placed, Filter(individual=1)) == {1, 4}
    assert found(placed, Filter(individual=1, near=Near(FIELD, 5))) == {1}
    assert found(placed, Filter(individual=2, near=Near(FIELD, 5), quality=Quality.GOOD)) == set()
    assert found(placed, Filter(individual=999)) == set()
    near = Filter(near=Near(Place(0, 180), 20_100))
    pages = [matching(placed, near, 1, skip) for skip in range(4)]
    assert {total for total, _ in pages} == {4}
    assert [key for _, keys in pages for key in keys] == [4, 3, 2, 1]


def test_the_same_is_found_without_the_databases_own_sine(placed: Catalogue) -> None:
    with placed.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for name in "sin", "cos":
            raw.create_function(name, 1, None)  # as a SQLite that was built without
        with pytest.raises(sqlite3.OperationalError):
            raw.execute("SELECT sin(0)")
    assert found(placed, Filter(near=Near(Place(0, 180), 2))) == {3, 4}


def test_postgresql_finds_the_same(tmp_path: Path, new_database: Callable[[], str]) -> None:
    with folder.create(tmp_path / "catalogue", new_database()) as made:
        with made.writing() as session:
            animals = [store.NewAnnotation(quality=quality) for quality in (0.9, None)]
            places = (Place(-17, 179.999), Place(-17, -179.999), FIELD, None)
            photos = [
                store.NewPhoto(Path(f"/{n}.jpg"), str(n), 10, 4, 3, (animals[n % 2],), place=place)
                for n, place in enumerate(places)
            ]
            store.add_shard(session, photos)
        assert found(made, Filter(near=Near(Place(-17, 180), 1))) == {1, 2}
        assert found(made, Filter(near=Near(Place(-17, 180), 20_100))) == {1, 2, 3}
        assert found(made, Filter(near=Near(Place(-17, 180), 1), quality=Quality.FAIR)) == {1}
        assert found(made, Filter(text="%", individual=1)) == set()
        assert [one.photos for one in lately(made, datetime.now(UTC))] == [4]
