"""The whole benchmark on a few simulated fish: figures, refusals, and going on after a kill."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resight.bench.cell import read_cell
from resight.bench.run import Bench, finished, prepare, run
from resight.bench.tables import Preset
from resight.errors import ResightError
from resight.simulate import write_heads


def quiet(what: str, done: int, total: int) -> None:
    del what, done, total


@pytest.fixture(scope="module")
def fish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fish of one pass; their encounters are not told, or none of their photos could be compared."""
    (table,) = write_heads(tmp_path_factory.mktemp("bench") / "fish", 10, passes=1, photos_per_pass=3, seed=4)
    table.write_text(table.read_text().replace(",encounter,", ",period,"))
    return table.parent


@pytest.fixture(scope="module")
def done(fish: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a benchmark that was run by the command."""
    out = tmp_path_factory.mktemp("out")
    command = [sys.executable, "-m", "resight", "bench", "--data", str(fish), "--methods", "spots-stars", "classifier"]
    ran = subprocess.run([*command, "--out", str(out), "--preset", "quick"], capture_output=True, text=True)
    assert ran.returncode == 1, ran.stderr
    assert "classifier on pass-1: the animals asked about are not among those learned" in " ".join(ran.stderr.split())
    return out


def test_every_cell_has_figures_or_a_reason(done: Path) -> None:
    told = json.loads((done / "table-quick.json").read_text())
    by_method = {cell["method"]: cell for cell in told["cells"]}
    stars = by_method["spots-stars"]
    assert stars["evaluation"]["measures"]["top1"]["value"] > 0.4
    assert stars["seconds_photo"] > 0 and stars["megabytes"] > 50
    assert "knows no others" in by_method["classifier"]["refused"]
    assert not (done / "table.md").exists(), "a quick run never fills the table of full ones"
    page = (done / "report-quick.html").read_text()
    assert "Not possible here" in page and "http" not in page
    assert "quick run" in (done / "table-quick.md").read_text()


def test_what_is_finished_is_not_done_again_and_what_is_missing_is(done: Path, fish: Path) -> None:
    bench = Bench(done, Preset.QUICK)
    sets = prepare(bench, [fish], quiet)
    kept = bench.cell("pass-1", "spots-stars")
    before = kept.stat().st_mtime_ns
    bench.cell("pass-1", "classifier").unlink()
    cells = list(run(bench, sets, ["spots-stars", "classifier"], quiet))
    assert [cell.method for cell in cells] == ["spots-stars", "classifier"]
    assert kept.stat().st_mtime_ns == before
    assert len(finished(bench, sets, ["spots-stars", "classifier"])) == 2


def test_a_cell_of_another_split_is_done_again(done: Path, fish: Path) -> None:
    bench = Bench(done, Preset.QUICK)
    path = bench.cell("pass-1", "classifier")
    path.write_text(path.read_text().replace('"split": "', '"split": "0'))
    (cell,) = run(bench, prepare(bench, [fish], quiet), ["classifier"], quiet)
    assert cell.split == bench.blank("pass-1", "classifier").split
    assert read_cell(path) == cell


def test_what_is_at_work_ends_with_a_benchmark_that_is_killed(fish: Path, tmp_path: Path) -> None:
    bench = Bench(tmp_path, Preset.QUICK)
    command = [
        sys.executable,
        "-m",
        "resight",
        "bench",
        "--data",
        str(fish),
        "--methods",
        "finview",
        "--preset",
        "quick",
    ]
    started = subprocess.Popen([*command, "--out", str(tmp_path)], start_new_session=True, stderr=subprocess.DEVNULL)
    log = bench.cell("pass-1", "finview").with_suffix(".log")
    _until(lambda: log.exists() and log.read_text() != "")
    started.kill()
    started.wait()
    _until(lambda: _ended(started.pid))
    assert read_cell(bench.cell("pass-1", "finview")) is None


def _ended(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it takes too long"
        time.sleep(0.1)


def test_a_method_whose_process_dies_is_told_and_the_rest_goes_on(done: Path, fish: Path) -> None:
    bench = Bench(done, Preset.QUICK)
    sets = prepare(bench, [fish], quiet)
    cells = list(run(bench, sets, ["unheard-of", "spots-stars"], quiet))
    assert "its process ended with 1" in cells[0].refused and "unheard-of" in cells[0].refused
    assert cells[1].evaluation
    assert not bench.cell("pass-1", "unheard-of").exists(), "it is tried again the next time"


def test_a_folder_without_a_table_and_a_method_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ResightError, match=r"holds no metadata\.csv"):
        prepare(Bench(tmp_path / "out", Preset.FULL), [tmp_path], quiet)
    command = [sys.executable, "-m", "resight", "bench", "--data", "cage", "--out", str(tmp_path), "--methods", "luck"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2 and "there is no method 'luck'" in " ".join(ran.stderr.split())
