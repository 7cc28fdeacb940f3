"""The files of an identify run: their form, and that they appear only when complete."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from resight.catalogue.lookup import Catalogued
from resight.export.identification import MOST_MATCHES, TOP, CsvWriter, JsonWriter, appearing
from resight.identify.run import Identified, Reason
from resight.types import Answer, Box, Candidate, Evidence, Rejection, Side, Verdict

HEADING: dict[str, object] = {
    "catalogue": "Lake “Mývatn”",
    "method": "rootsift",
    "fingerprint": "rootsift-1",
    "calibrated": True,
    "warnings": ["No mask"],
}


def annotation(key: int, path: Path, box: Box | None = None, name: str = "") -> Catalogued:
    return Catalogued(
        id=key, path=path, sha256=f"{key:064x}", frame=0, box=box, side=Side.LEFT, part="head", quality=0.5,
        encounter="", taken_at=None, individual=None, name=name, mask_kind=None, mask_path=None, photo=1,
        width=1, height=1,
    )  # fmt: skip


def identified(candidates: int, matches: int = 3, p: bool = True, path: Path = Path("/lake/a.jpg")) -> Identified:
    """A query with so many candidates, the first three with so many matches each."""
    rng = np.random.default_rng(matches)
    shares = np.linspace(0.5, 0.01, candidates)
    named = tuple(
        Candidate(f"trout {place}", 9.0 - place, 100 + place, float(shares[place]) if p else None)
        for place in range(candidates)
    )
    reasons = tuple(
        Reason(
            annotation(one.annotation, Path(f"/lake/{one.individual}.jpg")),
            Evidence(
                rng.uniform(0, 99, (matches, 2)).astype(np.float32),
                rng.uniform(0, 99, (matches, 2)).astype(np.float32),
                rng.uniform(0, 1, matches).astype(np.float32),
            ),
        )
        for one in named[:3]
    )
    verdict = Verdict.KNOWN if candidates else Verdict.UNDECIDED
    return Identified(annotation(7, path, Box(1, 2, 3, 4)), Answer(named, verdict, 0.25 if p else None), reasons)


def written(queries: list[Identified], rejected: list[Rejection]) -> Any:
    """What the JSON file holds, held against the schema."""
    file = io.StringIO()
    writer = JsonWriter(file, HEADING)
    for query in queries:
        writer.add(query)
    writer.finish(rejected)
    found = json.loads(file.getvalue())
    schema = json.loads(files("resight.identify").joinpath("identification.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


@pytest.mark.parametrize("n", [0, 1, 3])
def test_any_number_of_queries_is_valid_json(n: int) -> None:
    found = written([identified(2)] * n, [Rejection(Path("/lake/b.jpg"), "it is “cut” short")] * n)
    assert len(found["queries"]) == len(found["rejected"]) == n
    assert {name: found[name] for name in HEADING} == HEADING


def test_what_is_said_of_one_query() -> None:
    (query,) = written([identified(5)], [])["queries"]
    assert query["path"] == "/lake/a.jpg"
    assert query["box"] == [1, 2, 3, 4]
    assert (query["decision"], query["individual"], query["p_new"]) == ("known", "trout 0", 0.25)
    assert (query["side"], query["part"], query["quality"]) == ("left", "head", 0.5)
    places = [candidate["evidence"] for candidate in query["candidates"]]
    assert [place["annotation"] for place in places] == [100, 101, 102, 103, 104]
    assert [place["path"] for place in places[2:]] == ["/lake/trout 2.jpg", None, None]
    assert places[3]["matches"] == []


def test_the_strongest_matches_are_kept() -> None:
    one = identified(1, matches=3 * MOST_MATCHES)
    (query,) = written([one], [])["queries"]
    rows = np.array(query["candidates"][0]["evidence"]["matches"])
    weights = np.sort(one.reasons[0].evidence.weights)[::-1]
    assert rows.shape == (MOST_MATCHES, 5)
    np.testing.assert_allclose(rows[:, 4], weights[:MOST_MATCHES], atol=1e-4)
    strongest = int(np.argmax(one.reasons[0].evidence.weights))
    np.testing.assert_allclose(rows[0, :2], one.reasons[0].evidence.query[strongest], atol=1e-4)
    np.testing.assert_allclose(rows[0, 2:4], one.reasons[0].evidence.gallery[strongest], atol=1e-4)


def test_ranks_without_chances_and_no_candidates_at_all() -> None:
    ranks, nobody = written([identified(2, p=False), identified(0, p=False)], [])["queries"]
    assert {candidate["p"] for candidate in ranks["candidates"]} == {None}
    assert (nobody["decision"], nobody["individual"], nobody["candidates"]) == ("undecided", None, [])


def table(queries: list[Identified], rejected: list[Rejection]) -> list[list[str]]:
    file = io.StringIO(newline="")
    writer = CsvWriter(file)
    for query in queries:
        writer.add(query)
    writer.finish(rejected)
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


def test_every_row_of_the_table_is_as_wide_as_its_heading() -> None:
    comma = Path('/lake/a, "b".jpg')
    queries = [identified(0), identified(2, p=False), identified(TOP + 4, path=comma)]
    heading, *rows = table(queries, [Rejection(Path("/lake/c.jpg"), "line\nbreak")])
    assert {len(row) for row in rows} == {len(heading)}
    nobody, ranks, many, bad = (dict(zip(heading, row, strict=True)) for row in rows)
    assert (nobody["candidate_1"], nobody["rejected"]) == ("", "")
    assert (ranks["candidate_2"], ranks["p_2"], ranks["score_2"]) == ("trout 1", "", "8")
    assert many["path"] == str(comma)
    assert many[f"candidate_{TOP}"] == f"trout {TOP - 1}"
    assert (bad["path"], bad["rejected"], bad["decision"]) == ("/lake/c.jpg", "line\nbreak", "")


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    with appearing(path) as file:
        file.write("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert [one.name for one in tmp_path.iterdir()] == ["out.json"]


def test_a_run_that_fails_leaves_the_file_of_before(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("before")
    with pytest.raises(RuntimeError), appearing(path) as file:
        file.write("half")
        raise RuntimeError
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["out.json"]


def test_a_name_that_is_no_text_does_not_break_the_file(tmp_path: Path) -> None:
    strange = Path("/lake/Zo\udceb.jpg")
    with appearing(tmp_path / "out.json") as file:
        writer = JsonWriter(file, HEADING)
        writer.finish([Rejection(strange, "rename it")])
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert found["rejected"][0]["path"] == str(strange)
