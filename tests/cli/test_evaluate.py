"""resight evaluate: OUT.json and its exit codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from resight.evaluate.result import MEASURES, schema

Resight = Callable[..., Any]


def read_valid(path: Path) -> Any:
    found = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(schema())).validate(found)
    return found


@pytest.fixture
def table(tmp_path: Path, passes: list[Path]) -> Callable[..., Path]:
    """A table of the rows of some passes, with a column of its own."""

    def write(name: str, numbers: list[int], tag: str = "") -> Path:
        rows = []
        for number in numbers:
            with passes[number].open(newline="", encoding="utf-8") as file:
                rows += [
                    row | {"path": str(passes[number].parent / row["path"]), "mask": "", "tag": tag or f"pass {number}"}
                    for row in csv.DictReader(file)
                ]
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def test_every_measure_is_there_with_its_interval_or_a_reason(
    resight: Resight, table: Callable[..., Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    said = resight(
        "evaluate", table("g.csv", [0, 1]), table("q.csv", [2]), "--method", "rootsift", "--json", out,
        "--report", tmp_path / "report",
    )  # fmt: skip
    assert said.code == 0, said.err
    found = read_valid(out)
    assert (found["n_gallery"], found["n_query"], found["n_new"], found["n_unanswerable"]) == (20, 12, 2, 0)
    assert list(found["measures"]) == list(MEASURES)
    assert found["measures"]["top1"]["value"] >= 0.7
    assert found["measures"]["auc"]["value"] > 0.7
    assert found["method"] == "rootsift"
    assert "12 queries, 20 in the gallery" in said.out
    for name in MEASURES:
        assert name in said.out
    assert any((tmp_path / "report").iterdir())


def test_the_same_seed_gives_the_same_figures(resight: Resight, table: Callable[..., Path], tmp_path: Path) -> None:
    def measured(seed: int) -> Any:
        resight(
            "evaluate", table("g.csv", [0]), table("q.csv", [1]), "--method", "thumbnail", "--json", tmp_path / "o",
            "--seed", seed,
        )  # fmt: skip
        return read_valid(tmp_path / "o") | {"seconds_per_query": None}

    assert measured(3) == measured(3)


def test_what_may_not_be_compared_counts_as_wrong(resight: Resight, table: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    gallery, query = table("g.csv", [0, 1], tag="one day"), table("q.csv", [2], tag="one day")
    said = resight("evaluate", gallery, query, "--method", "thumbnail", "--exclude-same", "tag", "--json", out)
    assert said.code == 0, said.err
    found = read_valid(out)
    assert found["n_unanswerable"] == 12
    assert found["measures"]["top1"]["value"] == 0
    assert found["measures"]["auc"]["value"] is None


def test_one_table_twice_compares_each_photo_with_every_other(
    resight: Resight, table: Callable[..., Path], tmp_path: Path
) -> None:
    both = table("both.csv", [0, 1])
    resight("evaluate", both, both, "--method", "thumbnail", "--json", tmp_path / "out.json")
    found = read_valid(tmp_path / "out.json")
    assert (found["n_query"], found["n_gallery"]) == (20, 20)


def test_rows_that_cannot_be_used_are_listed(resight: Resight, table: Callable[..., Path], tmp_path: Path) -> None:
    gallery, query = table("g.csv", [0]), table("q.csv", [1])
    query.write_text(query.read_text().replace("fish-003-left-1.jpg", "gone.jpg"))
    said = resight("evaluate", gallery, query, "--method", "thumbnail", "--json", tmp_path / "out.json")
    assert said.code == 1
    assert "gone.jpg" in said.err
    assert read_valid(tmp_path / "out.json")["n_query"] == 9


@pytest.mark.parametrize("bad", ["no table", "no column", "no photo"])
def test_what_cannot_be_measured_at_all(resight: Resight, table: Callable[..., Path], tmp_path: Path, bad: str) -> None:
    gallery, query, out = table("g.csv", [0]), table("q.csv", [1]), tmp_path / "out.json"
    extra: list[object] = []
    if bad == "no table":
        query.unlink()
    elif bad == "no column":
        extra = ["--exclude-same", "weather"]
    else:
        query.write_text("path,identity\nnone.jpg,Anna\n")
    said = resight("evaluate", gallery, query, "--method", "thumbnail", "--json", out, *extra)
    assert said.code == 2
    assert "Traceback" not in said.err
    assert {"no table": "q.csv", "no column": "weather", "no photo": "none of the photos"}[bad] in said.err
    assert not out.exists()
