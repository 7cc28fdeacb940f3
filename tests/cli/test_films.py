"""resight simulate, detect, track, train and watch: from a film to sightings."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from tests.detect.models import constant_detector, red_detector, red_square

from resight.media.film_mark import film_mark
from resight.simulate.film import films_of
from resight.simulate.truth import read_truth
from resight.track.files import read_tracks

Resight = Callable[..., Any]


def write(path: Path, places: Sequence[tuple[int, int] | None]) -> Path:
    """A film with a frame for each of these: a red square, its corner at (x, y), or none."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for place in places:
            picture = red_square(128, 192, (*place, 36, 30)) if place else np.full((128, 192, 3), 90, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def red_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of a red square that crosses twice, with a second between."""
    crossings = [[(10 + 9 * place, y) if place < 15 else None for place in range(40)] for y in (30, 70)]
    return write(tmp_path_factory.mktemp("red") / "red.mp4", crossings[0] + crossings[1])


@pytest.fixture(scope="module")
def red_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return red_detector(tmp_path_factory.mktemp("model") / "red.onnx", 128)


def test_detect_writes_a_table_of_boxes(resight: Resight, red_film: Path, red_model: Path, tmp_path: Path) -> None:
    said = resight("detect", red_film, "--model", red_model, "--table", tmp_path / "boxes.csv", "--least", 0.5)
    assert said.code == 0
    found, tracks = read_tracks(tmp_path / "boxes.csv")
    assert len(np.unique(found.frames)) == 30
    assert (tracks == -1).all()
    assert np.abs(found.boxes[found.frames == 0][0] - (10, 30, 36, 30)).max() < 5


@pytest.mark.parametrize("way", ["motion", "dbscan"])
def test_track_follows_and_cuts_out(
    resight: Resight, red_film: Path, red_model: Path, tmp_path: Path, way: str
) -> None:
    into = tmp_path / "heads"
    said = resight("track", red_film, "--model", red_model, "--into", into, "--way", way, "--least", 0.5, "--most", 4)
    assert said.code == 0
    # Both crossings are alike, but a second lies between them.
    assert "2 tracks of 30 boxes" in said.out
    rows = list(csv.DictReader((into / "metadata.csv").open()))
    assert len(rows) == 8
    marked = re.compile(rf"red-{film_mark(red_film)}-[0-9a-f]{{6}}-track-000[01]")
    encounters = {row["encounter"] for row in rows}
    assert len(encounters) == 2
    assert all(marked.fullmatch(encounter) for encounter in encounters)
    picture = cv2.imread(str(into / rows[0]["path"]))
    assert picture is not None
    assert picture[..., 2].mean() > 180
    assert cv2.imread(str(into / "red.tracks.png")) is not None
    again = resight("track", red_film, "--boxes", into / "red.tracks.csv", "--into", tmp_path / "other", "--way", way)
    assert "2 tracks of 30 boxes" in again.out


def test_track_says_what_is_wrong(resight: Resight, red_film: Path, red_model: Path, tmp_path: Path) -> None:
    assert "name a detector" in resight("track", red_film, "--into", tmp_path / "x").err
    (tmp_path / "none.csv").write_text("frame,x,y,w,h\n")
    nothing = resight("track", red_film, "--boxes", tmp_path / "none.csv", "--into", tmp_path / "x")
    assert nothing.code == 2
    assert "no animal was found in any frame" in nothing.err
    (tmp_path / "empty.mp4").write_bytes(b"")
    empty = resight("track", tmp_path / "empty.mp4", "--model", red_model, "--into", tmp_path / "x")
    assert empty.code == 2
    assert "empty" in empty.err


def test_what_cannot_be_written_is_told_before_the_film_is_looked_through(
    resight: Resight, red_film: Path, red_model: Path, tmp_path: Path
) -> None:
    nowhere = resight("detect", red_film, "--model", tmp_path / "no.onnx", "--table", tmp_path / "no" / "boxes.csv")
    assert nowhere.code == 2
    assert f"there is no folder {tmp_path / 'no'}" in nowhere.err
    into = tmp_path / "heads"
    resight("track", red_film, "--model", red_model, "--into", into, "--least", 0.5, "--most", 1)
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    alike = Path(shutil.copy(red_film, tmp_path / "red.mkv"))
    for film in (red_film, alike):
        again = resight("track", film, "--model", tmp_path / "no.onnx", "--into", into)
        assert again.code == 2
        assert "has crops of red.mp4 already" in again.err
        boxes = into / "red.tracks.csv"
        assert "already" in resight("track", film, "--boxes", boxes, "--into", into, "--every", 2).err
    assert {path: path.read_bytes() for path in into.rglob("*") if path.is_file()} == before


def test_track_says_which_boxes_and_options_it_cannot_use(resight: Resight, red_film: Path, tmp_path: Path) -> None:
    rows = [f"{number},{10 + 2 * number},30,36,30,{0.2 if number == 7 else 0.9}" for number in range(15)]
    beyond = ["100,10,30,36,30,0.9", "103,10,30,36,30,0.9", "106,10,30,36,30,0.9"]
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("\n".join(["frame,x,y,w,h,score", *rows, *beyond]))
    command = ("track", red_film, "--boxes", boxes, "--into")
    some = resight(*command, tmp_path / "a", "--way", "dbscan")
    assert "1 tracks of 18 boxes" in some.out
    fewer = resight(*command, tmp_path / "b", "--least", 0.5, "--way", "dbscan")
    assert "1 tracks of 17 boxes" in fewer.out
    told = resight(*command, tmp_path / "c", "--every", 3)
    assert told.code == 1
    assert "2 tracks of 18 boxes" in told.out
    assert "3 boxes are in frames that it lacks: it has 80" in told.err
    # In every frame looked at, who is in sight in every third only is nobody.
    assert "1 tracks of 18 boxes" in resight(*command, tmp_path / "d", "--every", 1).out
    assert "--scaled goes with --way dbscan only" in resight(*command, tmp_path / "e", "--scaled").err


def test_a_command_without_json_does_not_point_to_it(resight: Resight, red_film: Path, tmp_path: Path) -> None:
    boxes = tmp_path / "boxes.csv"
    boxes.write_text("\n".join(["frame,x,y,w,h", *(f"{number},900,30,36,30" for number in range(30))]))
    said = resight("track", red_film, "--boxes", boxes, "--into", tmp_path / "heads", "--way", "dbscan")
    assert said.code == 1
    assert "30 could not be used" in said.err
    assert said.err.rstrip().endswith("and 10 more")


@pytest.fixture
def squares(resight: Resight, tmp_path: Path) -> Path:
    """A catalogue that knows squares of seven colours, each from four encounters."""
    photos = tmp_path / "photos"
    colours = {"Red": (250, 10, 10), "Blue": (10, 10, 250), "Green": (10, 250, 10), "Grey": (120, 120, 120)}
    colours |= {"Yellow": (250, 250, 10), "White": (250, 250, 250), "Black": (10, 10, 10)}
    for name, colour in colours.items():
        for number in range(4):
            (photos / name / str(number)).mkdir(parents=True)
            picture = np.full((60, 72, 3), 90, np.uint8)
            picture[4:56, 4:68] = colour
            picture[:, :number] = 0
            cv2.imwrite(str(photos / name / str(number) / "a.png"), picture[:, :, ::-1])
    resight("init", tmp_path / "squares", "--method", "thumbnail")
    resight("add", tmp_path / "squares", photos, "--by-folder")
    return tmp_path / "squares"


def test_watch_names_who_swims_past(
    resight: Resight, squares: Path, red_film: Path, red_model: Path, tmp_path: Path
) -> None:
    into = tmp_path / "seen"
    said = resight("watch", squares, red_film, "--model", red_model, "--into", into)
    assert said.code == 0
    assert "2 animals" in said.out
    assert "80 frames in 4 s" in said.out
    rows = list(csv.DictReader((into / "sightings.csv").open()))
    assert len({row["encounter"] for row in rows}) == 2
    assert all((into / row["path"]).exists() for row in rows)
    assert 0 <= float(rows[0]["first"]) < float(rows[0]["last"]) < 1 < float(rows[-1]["last"])
    assert "is there already" in resight("watch", squares, red_film, "--model", red_model, "--into", into).err


def test_whom_watch_proposes_is_named_by_nobody(
    resight: Resight, squares: Path, red_film: Path, red_model: Path, tmp_path: Path
) -> None:
    into = tmp_path / "seen"
    resight("watch", squares, red_film, "--model", red_model, "--into", into, "--caution", "never-ask", "--fast")
    rows = list(csv.DictReader((into / "sightings.csv").open()))
    assert {row["individual"] for row in rows} == {"Red"}
    before = resight("info", squares, "--json", "-").json
    assert resight("add", squares, "--table", into / "sightings.csv").code == 0
    after = resight("info", squares, "--json", "-").json
    assert after["annotations"] == before["annotations"] + len(rows)
    assert after["unnamed"] == before["unnamed"] + len(rows)


def test_watch_begins_again_where_it_could_not_begin(
    resight: Resight, squares: Path, red_film: Path, red_model: Path, tmp_path: Path
) -> None:
    into = tmp_path / "seen"
    mistyped = resight("watch", squares, tmp_path / "rad.mp4", "--model", red_model, "--into", into)
    assert mistyped.code == 2
    assert "there is no such file" in mistyped.err
    assert not into.exists()
    unusable = constant_detector(tmp_path / "no.onnx", [np.zeros((1, 3, 3), np.float32)], (128, 128))
    assert "none of the layouts known" in resight("watch", squares, red_film, "--model", unusable, "--into", into).err
    assert resight("watch", squares, red_film, "--model", red_model, "--into", into, "--fast").code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_watch_can_be_stopped_and_tells_who_is_in_sight(squares: Path, red_model: Path, tmp_path: Path) -> None:
    """The first animal has gone by when the second is in sight, and stays there."""
    first = [(10 + 9 * place, 20) for place in range(15)]
    film = write(tmp_path / "long.mp4", [*first, None, *((10 + place // 10, 80) for place in range(600))])
    into = tmp_path / "seen"
    command = [sys.executable, "-c", "from resight.cli import main; main()", "watch", str(squares), str(film)]
    command += ["--model", str(red_model), "--into", str(into)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert " s  " in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        out, err = process.stdout.read(), process.stderr.read()
    assert "2 animals" in out
    assert "stopped. What was seen until then is in" in err
    assert "start the same command again" not in err
    rows = list(csv.DictReader((into / "sightings.csv").open()))
    assert len({row["encounter"] for row in rows}) == 2
    assert all((into / row["path"]).exists() for row in rows)


def test_simulate_films_the_tiny_cage_again_without_work(
    resight: Resight, cage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.conftest import SMALLEST

    monkeypatch.setitem(__import__("resight.simulate.cage", fromlist=["PRESETS"]).PRESETS, "tiny", SMALLEST)
    said = resight("simulate", cage, "--size", "tiny")
    assert said.code == 0
    assert "cage.json" in said.out
    (tmp_path / "mine.txt").write_text("keep")
    assert "already holds something else" in resight("simulate", tmp_path, "--size", "tiny").err


def test_train_learns_a_detector_and_track_uses_it(
    resight: Resight, cage: Path, tmp_path: Path, with_weights: None
) -> None:
    """Whether it finds anything after so little is another question; here everything must fit together."""
    frames_of = tmp_path / "frames"
    frames_of.mkdir()
    with (frames_of / "boxes.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "clip", "x", "y", "w", "h"])
        for path in films_of(cage):
            truth = read_truth(path)
            from resight.media.video import Frame, frames

            for one in frames(truth.film, every=12):
                assert isinstance(one, Frame)
                name = f"{path.stem}-{one.number}.jpg"
                cv2.imwrite(str(frames_of / name), one.pixels[:, :, ::-1])
                boxes = truth.detections.boxes[truth.detections.frames == one.number]
                rows.writerows(
                    [[name, path.stem, *box] for box in boxes.tolist()] or [[name, path.stem, "", "", "", ""]]
                )
    (tmp_path / "recipe.toml").write_text("width = 128\nheight = 96\nepochs = 2\nbatch = 4\nchannels = 32\n")
    command = ("train", frames_of / "boxes.csv", "--detector", "--into", tmp_path / "detector")
    said = resight(*command, "--recipe", tmp_path / "recipe.toml")
    assert said.code == 0
    assert "2 epochs" in said.out
    model = tmp_path / "detector" / "detector.onnx"
    found = resight("detect", films_of(cage)[0].with_suffix(".mp4"), "--model", model, "--table", tmp_path / "b.csv",
                    "--every", 8, "--least", 0.01)  # fmt: skip
    assert found.code == 0
    looked_at = read_tracks(tmp_path / "b.csv")[0].frames
    assert len(looked_at)
    assert (looked_at % 8 == 0).all()


def test_train_learns_a_model_that_init_takes(resight: Resight, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    with (photos / "photos.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "identity"])
        for animal in range(5):
            pattern = np.random.default_rng(animal).integers(0, 255, (5, 5, 3), np.uint8)
            for number in range(3):
                cv2.imwrite(str(photos / f"{animal}-{number}.png"), cv2.resize(pattern, (60 + number, 60)))
                rows.writerow([f"{animal}-{number}.png", f"animal {animal}"])
    recipe = "[data]\nsize = 64\n[model]\nstart = 'random'\ndimensions = 8\n[training]\nepochs = 1\nindividuals = 2\n"
    (tmp_path / "recipe.toml").write_text(recipe)
    said = resight("train", photos / "photos.csv", "--into", tmp_path / "model", "--recipe", tmp_path / "recipe.toml")
    assert said.code == 0
    assert "resight init" in said.out
    method = f"onnx:{tmp_path / 'model' / 'model.onnx'}"
    table = photos / "photos.csv"
    told = resight(
        "evaluate", table, table, "--json", tmp_path / "o.json", "--method", method, "--report", tmp_path / "r"
    )
    assert told.code == 0
    page = (tmp_path / "r" / "report.html").read_text()
    assert "As the thesis FishNet counted" in page
    assert {"thesis.png", "projection.png", "roc.png"} <= {path.name for path in (tmp_path / "r").iterdir()}
    assert cv2.imread(str(tmp_path / "model" / "curves.png")) is not None


def test_train_says_what_is_wrong(resight: Resight, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("path,clip,x,y,w,h\n")
    said = resight("train", tmp_path / "none.csv", "--detector", "--into", tmp_path / "d")
    assert said.code == 2
    assert "no photo with boxes" in said.err
    both = resight("train", tmp_path / "none.csv", "--thesis", "--detector", "--into", tmp_path / "d")
    assert "goes with neither" in both.err
