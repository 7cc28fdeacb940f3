"""What is stated later of photos that the catalogue has: filled in where it was not known, and never overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from resight.catalogue import check, folder, log, lookup, models
from resight.catalogue.decisions import Corrected, Undone
from resight.catalogue.folder import Catalogue
from resight.catalogue.log import append
from resight.method import open_method
from resight.types import Box, Place, Record, Side
from resight.work.add import AddReport, add
from resight.work.processes import in_this_process


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue", method="thumbnail") as made:
        yield made


@pytest.fixture
def photos(tmp_path: Path) -> list[Record]:
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for number, path in enumerate(paths):
        assert cv2.imwrite(str(path), np.random.default_rng(number).integers(0, 255, (60, 60, 3), np.uint8))
    return [Record(path) for path in paths]


def added(catalogue: Catalogue, entries: list[Record]) -> AddReport:
    return add(catalogue, entries, "thumbnail", open_method("thumbnail").fingerprint, in_this_process, "tester")


def seen(catalogue: Catalogue) -> list[tuple[Side, str]]:
    return [(one.side, one.encounter) for one in lookup.catalogued(catalogue)]


def test_a_side_and_an_encounter_stated_later_are_kept_and_can_be_undone(
    catalogue: Catalogue, photos: list[Record]
) -> None:
    added(catalogue, photos)
    assert seen(catalogue) == [(Side.UNKNOWN, "")] * 3
    first, second = photos[:2]
    report = added(catalogue, [replace(first, side=Side.LEFT, encounter="1", identity="Ada"), second])
    assert (report.new, report.disputed) == (0, [])
    assert seen(catalogue) == [(Side.LEFT, "Ada/1"), (Side.UNKNOWN, ""), (Side.UNKNOWN, "")]
    (correction,) = [one for one in log.history(catalogue) if isinstance(one.decision, Corrected)]
    append(catalogue, Undone(correction.id), "tester")
    assert seen(catalogue) == [(Side.UNKNOWN, "")] * 3
    assert check.check(catalogue) == []


def test_what_is_known_stays_and_the_contradiction_is_listed(catalogue: Catalogue, photos: list[Record]) -> None:
    stated = replace(photos[0], side=Side.LEFT, encounter="1", identity="Ada")
    added(catalogue, [stated])
    entries = log.history(catalogue)
    assert added(catalogue, [stated]).disputed == []
    # The same photo asked about without its name: the encounter is the same one.
    assert added(catalogue, [replace(stated, identity=None)]).disputed == []
    reasons = [one.reason for one in added(catalogue, [replace(stated, side=Side.RIGHT, encounter="2")]).disputed]
    assert reasons == [
        "stated to show its right side, but the catalogue says left",
        "stated to be of the encounter 2, but the catalogue says Ada/1",
    ]
    assert log.history(catalogue) == entries


def test_copies_in_one_batch_complete_each_other(catalogue: Catalogue, photos: list[Record], tmp_path: Path) -> None:
    copy = replace(photos[0], path=Path(shutil.copy(photos[0].path, tmp_path / "copy.png")))
    report = added(catalogue, [photos[0], replace(copy, side=Side.LEFT), replace(photos[0], side=Side.RIGHT)])
    assert seen(catalogue) == [(Side.LEFT, "")]
    assert [one.path for one in report.disputed] == [photos[0].path]


def test_an_encounter_stated_later_is_dated_by_its_photo(catalogue: Catalogue, photos: list[Record]) -> None:
    dated = replace(photos[0], taken_at=datetime(2021, 5, 4, 12, 30))
    added(catalogue, [dated])
    added(catalogue, [replace(dated, encounter="reef")])
    with catalogue.reading() as session:
        (found,) = session.execute(select(models.Encounter.label, models.Encounter.date))
    assert tuple(found) == ("reef", date(2021, 5, 4))


def test_a_time_and_a_place_stated_later_are_kept(catalogue: Catalogue, photos: list[Record]) -> None:
    added(catalogue, photos)
    dated = replace(photos[0], taken_at=datetime(2021, 5, 4, 12, 30), place=Place(60.1, 5.2))
    assert added(catalogue, [dated, photos[1]]).disputed == []
    assert facts(catalogue) == [(dated.taken_at, 60.1, 5.2), (None, None, None), (None, None, None)]
    # Stated again, to the day and to the site.
    assert added(catalogue, [replace(dated, taken_at=datetime(2021, 5, 4), place=Place(60.102, 5.203))]).disputed == []
    moved = replace(dated, taken_at=datetime(2020, 5, 4), place=Place(61.1, 5.2))
    assert [one.reason for one in added(catalogue, [moved]).disputed] == [
        "stated to be of 2020-05-04, but the catalogue says 2021-05-04",
        "stated to be taken at 61.1000, 5.2000, but the catalogue says 60.1000, 5.2000",
    ]
    assert facts(catalogue)[0] == (dated.taken_at, 60.1, 5.2)


def test_two_animals_of_one_photo_share_its_time_and_place(catalogue: Catalogue, photos: list[Record]) -> None:
    left, right = (replace(photos[0], box=Box(x, 0, 20, 40)) for x in (0, 30))
    added(catalogue, [left, right])
    day, reef = datetime(2021, 5, 4, 12, 30), Place(60.1, 5.2)
    assert added(catalogue, [replace(left, taken_at=day), replace(right, place=reef)]).disputed == []
    assert facts(catalogue) == [(day, 60.1, 5.2)]
    other = datetime(2020, 5, 4, 12, 30)
    disputed = added(catalogue, [replace(left, taken_at=day), replace(right, taken_at=other)]).disputed
    assert [one.reason for one in disputed] == ["stated to be of 2020-05-04, but the catalogue says 2021-05-04"]


def facts(catalogue: Catalogue) -> list[tuple[datetime | None, float | None, float | None]]:
    query = select(models.Photo.taken_at, models.Photo.lat, models.Photo.lon).order_by(models.Photo.id)
    with catalogue.reading() as session:
        return [(at, lat, lon) for at, lat, lon in session.execute(query)]
