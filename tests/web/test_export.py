"""What is exported can be added elsewhere, and says the same."""

import csv
import io
import json
from pathlib import Path

from tests.web.served import Served

from resight.catalogue import folder, log
from resight.catalogue.decisions import Noted
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued, individual_named
from resight.export.catalogue import write
from resight.export.formats import Format
from resight.media.table import read_table
from resight.method import PLAIN, open_method
from resight.work.add import add
from resight.work.processes import in_this_process


def exported(catalogue: Catalogue, how: Format) -> str:
    text = io.StringIO()
    write(catalogue, how, text)
    return text.getvalue()


def stated(catalogue: Catalogue) -> list[tuple[object, ...]]:
    return sorted(
        (one.sha256, one.name, str(one.side), one.part, one.encounter, str(one.box), str(one.taken_at), str(one.place))
        for one in catalogued(catalogue)
    )


def test_a_table_makes_the_same_catalogue_elsewhere(catalogue: Catalogue, tmp_path: Path) -> None:
    table = tmp_path / "fish.csv"
    table.write_text(exported(catalogue, Format.CSV))
    method = open_method(PLAIN)
    with folder.create(tmp_path / "copy", method=method.name) as copy:
        report = add(copy, read_table(table), method.name, method.fingerprint, in_this_process, "Ana")
        assert (report.rejected, report.disputed) == ([], [])
        assert stated(copy) == stated(catalogue)


def test_capture_histories(catalogue: Catalogue) -> None:
    rows = list(csv.reader(io.StringIO(exported(catalogue, Format.HISTORY))))
    assert rows[0] == ["individual", "2024-06-03", "2024-06-17"]
    assert len(rows) == 1 + 12
    assert {tuple(row[1:]) for row in rows[1:]} == {("1", "1")}


def test_json_says_what_people_noted(catalogue: Catalogue) -> None:
    key = individual_named(catalogue, "fish-003")
    log.append(catalogue, Noted(key, sex="female", notes="torn <b>gill</b>"), "Bea")
    said = json.loads(exported(catalogue, Format.JSON))
    assert next(one for one in said["individuals"] if one["id"] == key)["notes"] == "torn <b>gill</b>"
    assert len(said["annotations"]) == 38
    assert sum(one["individual"] is None for one in said["annotations"]) == 14


def test_it_is_sent_as_a_file(served: Served) -> None:
    with served.client() as client:
        answer = client.get("/api/export?format=csv")
    assert 'filename="catalogue.csv"' in answer.headers["content-disposition"]
    assert answer.text.splitlines()[0].startswith("path,identity")
