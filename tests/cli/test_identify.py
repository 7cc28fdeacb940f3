"""resight identify: answers as JSON, as a table, as a report, and on the screen."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

Resight = Callable[..., Any]
KNOWN, FISH = 10, 12


def read_valid(path: Path) -> Any:
    """The JSON file, once it has been held against the committed schema."""
    schema = json.loads(files("resight.identify").joinpath("identification.schema.json").read_text(encoding="utf-8"))
    found = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(found)
    return found


def answers(resight: Resight, catalogue: Path, *arguments: object) -> Any:
    out = catalogue.parent / "answers.json"
    said = resight("identify", catalogue, *arguments, "--json", out)
    assert said.code == 0, said.err
    return read_valid(out)["queries"]


def test_json_table_report_and_screen_agree(
    resight: Resight, catalogue: Path, passes: list[Path], tmp_path: Path
) -> None:
    outputs = tmp_path / "a.json", tmp_path / "a.csv", tmp_path / "a.html"
    said = resight(
        "identify", catalogue, "--table", passes[2], "--json", outputs[0], "--csv", outputs[1], "--report", outputs[2]
    )
    assert said.code == 0
    found = read_valid(outputs[0])
    assert found["catalogue"] == str(catalogue)
    assert found["method"] == "rootsift"
    assert found["calibrated"] is True
    assert found["rejected"] == []
    assert [query["annotation"] for query in found["queries"]] == list(range(21, 21 + FISH))
    first = [query["candidates"][0]["individual"] for query in found["queries"][:KNOWN]]
    assert sum(name == f"fish-{n:03}" for n, name in enumerate(first, start=1)) >= 7
    strongest = max(found["queries"], key=lambda query: query["candidates"][0]["p"])
    assert len(strongest["candidates"][0]["evidence"]["matches"]) >= 5
    assert Path(strongest["candidates"][0]["evidence"]["path"]).is_file()

    with outputs[1].open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row, query in zip(rows, found["queries"], strict=True):
        assert (row["path"], row["decision"]) == (query["path"], query["decision"])
        assert row["individual"] == (query["individual"] or "")
        assert row["candidate_1"] == query["candidates"][0]["individual"]
        assert float(row["p_1"]) == pytest.approx(query["candidates"][0]["p"], abs=1e-4)

    page = outputs[2].read_text(encoding="utf-8")
    for query in found["queries"]:
        assert Path(query["path"]).name in page
        assert Path(query["path"]).name in said.out
    decisions = [query["decision"] for query in found["queries"]]
    assert f"12 photos: {decisions.count('known')} known, {decisions.count('new')} new" in said.out


def test_photos_asked_about_stay_without_a_name(resight: Resight, catalogue: Path, passes: list[Path]) -> None:
    before = resight("history", catalogue, "--json", "-").json
    answers(resight, catalogue, "--table", passes[2])
    info = resight("info", catalogue, "--json", "-").json
    assert (info["annotations"], info["unnamed"], info["individuals"]) == (20 + FISH, FISH, KNOWN)
    assert resight("history", catalogue, "--json", "-").json == before
    # Asked again, they are the same annotations.
    assert answers(resight, catalogue, "--table", passes[2])[0]["annotation"] == 21
    assert resight("info", catalogue, "--json", "-").json == info


def test_what_was_decided_counts_in_the_next_answers(resight: Resight, catalogue: Path, passes: list[Path]) -> None:
    stranger = passes[2].parent / "fish-012-left-1.jpg"
    (before,) = answers(resight, catalogue, stranger)
    assert "Zoë" not in {one["individual"] for one in before["candidates"]}
    assert resight("decide", catalogue, before["annotation"], "--new", "Zoë").code == 0
    again = passes[2].parent / "again.png"
    shutil.copy(passes[2].parent / "masks" / "fish-012-left-1.png", again)
    (after,) = answers(resight, catalogue, again)
    assert "Zoë" in {one["individual"] for one in after["candidates"]}
    # Its own photo never speaks for it.
    (itself,) = answers(resight, catalogue, stranger)
    assert "Zoë" not in {one["individual"] for one in itself["candidates"]}
    resight("rename", catalogue, "Zoë", "Zora")
    (renamed,) = answers(resight, catalogue, again)
    assert "Zora" in {one["individual"] for one in renamed["candidates"]}


def test_who_it_is_not_is_never_proposed_again(resight: Resight, catalogue: Path, passes: list[Path]) -> None:
    photo = passes[2].parent / "fish-005-left-1.jpg"
    (before,) = answers(resight, catalogue, photo)
    wrong = before["candidates"][0]["individual"]
    resight("decide", catalogue, before["annotation"], "--is-not", wrong)
    (after,) = answers(resight, catalogue, photo)
    assert wrong not in {one["individual"] for one in after["candidates"]}


def test_bad_files_are_in_every_output(resight: Resight, catalogue: Path, passes: list[Path], tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    shutil.copy(passes[2].parent / "fish-001-left-1.jpg", photos)
    (photos / "broken.jpg").write_bytes(b"no photo")
    outputs = tmp_path / "a.json", tmp_path / "a.csv", tmp_path / "a.html"
    said = resight("identify", catalogue, photos, "--json", outputs[0], "--csv", outputs[1], "--report", outputs[2])
    assert said.code == 1
    assert "1 rejected" in said.out
    found = read_valid(outputs[0])
    assert len(found["queries"]) == 1
    assert [Path(one["path"]).name for one in found["rejected"]] == ["broken.jpg"]
    with outputs[1].open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [bool(row["rejected"]) for row in rows] == [False, True]
    for text in (said.err, outputs[2].read_text(encoding="utf-8")):
        assert "broken.jpg" in text


def test_only_bad_files(resight: Resight, catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    said = resight("identify", catalogue, tmp_path / "broken.jpg", "--json", tmp_path / "a.json")
    assert said.code == 1
    assert read_valid(tmp_path / "a.json")["queries"] == []


def test_a_photo_without_any_spot_is_answered_too(resight: Resight, tmp_path: Path) -> None:
    import cv2
    import numpy as np

    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((80, 80, 3), 90, np.uint8))
    resight("init", tmp_path / "fish", "--method", "rootsift")
    (query,) = answers(resight, tmp_path / "fish", grey)
    assert (query["decision"], query["candidates"]) == ("undecided", [])


def test_too_few_names_give_the_usual_probabilities_and_say_so(resight: Resight, albums: Path, tmp_path: Path) -> None:
    resight("init", tmp_path / "fish", "--method", "rootsift")
    resight("add", tmp_path / "fish", albums, "--by-folder")
    photo = albums / "fish-001" / "pass 1" / "fish-001-left-1.jpg"
    said = resight("identify", tmp_path / "fish", photo, "--json", tmp_path / "a.json")
    assert "Usual probabilities" in said.err
    found = read_valid(tmp_path / "a.json")
    assert found["calibrated"] is False
    assert any("Usual probabilities" in warning for warning in found["warnings"])
    (query,) = found["queries"]
    assert query["decision"] == "undecided"
    assert sum(one["p"] for one in query["candidates"]) + query["p_new"] == pytest.approx(1, abs=0.01)


def test_place_and_time_that_nobody_knows_are_said_not_to_count(
    resight: Resight, catalogue: Path, passes: list[Path], tmp_path: Path
) -> None:
    said = resight("identify", catalogue, "--table", passes[2], "--where-and-when", "--json", tmp_path / "a.json")
    assert "Place and time were not counted" in " ".join(said.err.split())
    assert {one["near"] for query in read_valid(tmp_path / "a.json")["queries"] for one in query["candidates"]} == {
        None
    }


def test_whole_vectors_of_a_few_named_give_ranks_only_and_say_so(
    resight: Resight, albums: Path, tmp_path: Path
) -> None:
    resight("init", tmp_path / "fish", "--method", "contour")
    resight("add", tmp_path / "fish", albums, "--by-folder")
    photo = albums / "fish-001" / "pass 1" / "fish-001-left-1.jpg"
    said = resight("identify", tmp_path / "fish", photo, "--json", tmp_path / "a.json")
    assert "Ranks only" in said.err
    found = read_valid(tmp_path / "a.json")
    assert found["calibrated"] is False
    assert {one["p"] for one in found["queries"][0]["candidates"]} == {None}


def test_deleting_the_indexes_changes_no_answer(resight: Resight, catalogue: Path, passes: list[Path]) -> None:
    before = answers(resight, catalogue, "--table", passes[2])
    shutil.rmtree(catalogue / "indexes")
    assert answers(resight, catalogue, "--table", passes[2]) == before


def test_caution_moves_the_line_between_answering_and_asking(
    resight: Resight, catalogue: Path, passes: list[Path]
) -> None:
    def undecided(*arguments: object) -> int:
        found = answers(resight, catalogue, "--table", passes[2], *arguments)
        return [query["decision"] for query in found].count("undecided")

    careful, balanced = undecided("--caution", "careful"), undecided()
    afraid = undecided("--wrong-name", 1000, "--missed-match", 1000)
    assert undecided("--caution", "never-ask") == 0 < balanced <= careful <= afraid
    assert balanced < afraid


def test_a_failed_run_leaves_the_earlier_output(resight: Resight, catalogue: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("of yesterday")
    for shard in (catalogue / "vectors").glob("*/*.npz"):
        shard.write_bytes(b"")
    said = resight("identify", catalogue, tmp_path / "none.jpg", "--json", tmp_path / "a.json")
    assert said.code == 2
    assert "resight repair" in said.err
    assert (tmp_path / "a.json").read_text() == "of yesterday"
    assert not list(tmp_path.glob("*.partial"))


def test_nothing_to_identify(resight: Resight, catalogue: Path) -> None:
    said = resight("identify", catalogue)
    assert said.code == 2
    assert "nothing to identify" in said.err


def test_encounters_of_a_table_stay_apart_by_the_names_that_are_not_told(
    resight: Resight, catalogue: Path, passes: list[Path], tmp_path: Path
) -> None:
    """Tables number the encounters of each animal anew; the names themselves are what is asked for."""
    with passes[2].open(newline="", encoding="utf-8") as file:
        rows = [row | {"encounter": "1"} for row in csv.DictReader(file)]
    for row in rows:
        row["path"], row["mask"] = str(passes[2].parent / row["path"]), ""
    with (tmp_path / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    before = resight("info", catalogue, "--json", "-").json
    answers(resight, catalogue, "--table", tmp_path / "table.csv")
    after = resight("info", catalogue, "--json", "-").json
    assert after["encounters"] - before["encounters"] == FISH
    assert after["unnamed"] - before["unnamed"] == FISH


def test_the_photos_of_a_folder_answer_together_if_it_is_an_encounter(
    resight: Resight, catalogue: Path, passes: list[Path], tmp_path: Path
) -> None:
    for place, photos in {"monday/bay": (1, 2), "monday/pier/left": (3,)}.items():
        (tmp_path / place).mkdir(parents=True)
        for fish in photos:
            shutil.copy(passes[2].parent / f"fish-{fish:03}-left-1.jpg", tmp_path / place)
    bay = tmp_path / "monday" / "bay"
    # The second photo of the bay is the first one, saved again.
    with Image.open(bay / "fish-001-left-1.jpg") as picture:
        picture.save(bay / "fish-002-left-1.jpg", quality=80)
    found = {one["path"]: one for one in answers(resight, catalogue, tmp_path / "monday", "--by-encounter")}
    one, other = (found[str(bay / f"fish-{fish:03}-left-1.jpg")] for fish in (1, 2))
    assert one["together"] == other["together"] == 2
    assert [c["individual"] for c in one["candidates"]] == [c["individual"] for c in other["candidates"]]
    alone = found[str(tmp_path / "monday" / "pier" / "left" / "fish-003-left-1.jpg")]
    assert (alone["together"], alone["side"]) == (1, "left")
