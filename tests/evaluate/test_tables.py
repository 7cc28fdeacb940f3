"""From a table of real photos to annotations ready to be measured."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from resight.errors import ResightError
from resight.evaluate.tables import read_annotations
from resight.simulate import write_heads
from resight.types import Embeddings, LocalFeatures
from resight.work.processes import in_this_process, local_processes

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Three fish with paths that hold from anywhere."""
    (table,) = write_heads(tmp_path_factory.mktemp("cage") / "heads", 3, passes=1)
    with table.open(newline="", encoding="utf-8") as file:
        return [row | {"path": str(table.parent / row["path"]), "mask": ""} for row in csv.DictReader(file)]


@pytest.fixture
def table(tmp_path: Path) -> Callable[[Rows], Path]:
    def write(rows: Rows) -> Path:
        with (tmp_path / "table.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path / "table.csv"

    return write


def test_rows_become_labels_descriptors_and_tags(rows: Rows, table: Callable[[Rows], Path]) -> None:
    tagged = [row | {"camera": f"camera {number}"} for number, row in enumerate(rows)]
    found, rejected = read_annotations(table(tagged), "rootsift", in_this_process, "camera")
    assert rejected == []
    assert found.labels.individual.tolist() == ["fish-001", "fish-002", "fish-003"]
    assert found.labels.side.tolist() == ["left"] * 3
    assert found.labels.part.tolist() == ["head"] * 3
    assert [len(sha256) for sha256 in found.labels.photo] == [64] * 3
    assert found.tags.tolist() == ["camera 0", "camera 1", "camera 2"]
    assert isinstance(found.descriptors, LocalFeatures)
    assert len(found.descriptors) == len(found) == 3


def test_without_a_column_to_exclude_tags_are_empty(rows: Rows, table: Callable[[Rows], Path]) -> None:
    found, _ = read_annotations(table(rows), "thumbnail", in_this_process)
    assert found.tags.tolist() == ["", "", ""]
    assert isinstance(found.descriptors, Embeddings)


def test_encounters_with_one_number_stay_apart_by_animal(rows: Rows, table: Callable[[Rows], Path]) -> None:
    numbered = [row | {"encounter": "1" if row["identity"] != "fish-003" else ""} for row in rows]
    found, _ = read_annotations(table(numbered), "thumbnail", in_this_process)
    first, second, third = found.labels.encounter.tolist()
    assert first != second
    assert third == ""


def test_bad_rows_are_listed_and_the_tags_stay_with_their_rows(rows: Rows, table: Callable[[Rows], Path]) -> None:
    # More than a shard of rows, so that they come back from several calls.
    many = [row | {"camera": f"{number}"} for number, row in enumerate(rows * 14)]
    many[0]["path"] = "gone.jpg"
    many[5]["x"] = "left of it"
    many[40]["w"] = "0"
    told: list[tuple[int, int]] = []
    found, rejected = read_annotations(
        table(many), "thumbnail", local_processes(2), "camera", lambda done, total: told.append((done, total))
    )
    assert found.tags.tolist() == [row["camera"] for number, row in enumerate(many) if number not in (0, 5, 40)]
    assert found.labels.individual.tolist() == [
        row["identity"] for number, row in enumerate(many) if number not in (0, 5, 40)
    ]
    assert len(rejected) == 3
    assert "gone.jpg" in rejected[0].reason
    assert "row 7" in rejected[1].reason
    assert told == [(32, 42), (42, 42)]


def test_one_photo_twice_is_two_annotations_of_one_photo(rows: Rows, table: Callable[[Rows], Path]) -> None:
    found, _ = read_annotations(table([rows[0], rows[0]]), "thumbnail", in_this_process)
    assert len(found) == 2
    assert found.labels.photo[0] == found.labels.photo[1]


def test_a_table_without_a_usable_photo_is_refused(rows: Rows, table: Callable[[Rows], Path]) -> None:
    with pytest.raises(ResightError, match=r"none of the photos can be used: .*gone\.jpg"):
        read_annotations(table([rows[0] | {"path": "gone.jpg"}]), "thumbnail", in_this_process)


def test_a_column_that_is_not_there_is_named(rows: Rows, table: Callable[[Rows], Path]) -> None:
    with pytest.raises(ResightError, match="camera"):
        read_annotations(table(rows), "thumbnail", in_this_process, "camera")
