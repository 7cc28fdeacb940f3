"""What methods are given: no animal that is asked about was learned, and nothing is in both tables."""

from pathlib import Path

import pytest

from resight.bench.split import by_individual, by_photo
from resight.bench.tables import AMOUNTS, Preset, Tables, write_tables
from resight.media.table import read_table
from resight.types import Box, Record, Side

SET = Path("/photos/herd")
HERD = [
    Record(
        SET / f"{name}{n}.jpg", identity=f"{name}", side=Side.LEFT, part="flank", encounter=f"{name} {n // 5}",
        box=Box(1, 2, 30, 40),
    )
    for name in range(130)
    for n in range(10)
]  # fmt: skip
NAMELESS = [Record(SET / f"new {n}.jpg") for n in range(50)]


def read(path: Path) -> list[Record]:
    rows = list(read_table(path))
    assert all(isinstance(row, Record) for row in rows)
    return [row for row in rows if isinstance(row, Record)]


def written(tmp_path: Path, preset: Preset, records: list[Record]) -> Tables:
    return write_tables(by_individual("herd", records), records, SET, preset, tmp_path)


def test_no_animal_asked_about_was_learned(tmp_path: Path) -> None:
    tables = written(tmp_path, Preset.FULL, HERD + NAMELESS)
    learned, asked = read(tables.learn), read(tables.query)
    assert tables.gallery == tables.query
    assert tables.exclude == "encounter"
    assert {one.identity for one in learned}.isdisjoint({one.identity for one in asked})
    assert len(learned) + len(asked) == len(HERD) + len(NAMELESS)
    assert all(one.identity for one in learned)
    assert set(learned) <= set(HERD)


def test_without_encounters_none_are_excluded(tmp_path: Path) -> None:
    records = [Record(one.path, identity=one.identity) for one in HERD]
    assert written(tmp_path, Preset.FULL, records).exclude is None


FEW = AMOUNTS[Preset.QUICK]
LEARNED, ASKED = FEW.learned.individuals, FEW.asked.individuals


def test_a_quick_run_takes_few_animals_and_of_each_some_of_every_encounter(tmp_path: Path) -> None:
    tables = written(tmp_path, Preset.QUICK, HERD + NAMELESS)
    learned, asked = read(tables.learn), read(tables.query)
    assert len({one.identity for one in learned}) == LEARNED
    assert len(learned) == LEARNED * FEW.learned.photos
    assert len([one for one in asked if one.identity]) == ASKED * FEW.asked.photos
    assert len([one for one in asked if not one.identity]) == FEW.nameless
    assert len({one.encounter for one in learned}) == 2 * LEARNED


@pytest.mark.parametrize("preset", list(Preset))
def test_by_photo_the_gallery_is_what_was_learned(tmp_path: Path, preset: Preset) -> None:
    names = [str(n) for n in range(50)]
    split = by_photo("some", SET, HERD, names)
    tables = write_tables(split, HERD, SET, preset, tmp_path)
    known, asked = read(tables.gallery), read(tables.query)
    assert tables.learn == tables.gallery
    assert {one.path for one in known}.isdisjoint({one.path for one in asked})
    assert {one.identity for one in known} == {one.identity for one in asked}
    assert len(known) + len(asked) == 10 * (50 if preset is Preset.FULL else ASKED)
