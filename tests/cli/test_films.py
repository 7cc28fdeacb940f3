"""resight simulate, detect, track, train and watch: from a film to sightings."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.detect.models import red_detector, red_square

from resight.simulate.film import films_of
from resight.simulate.truth import read_truth
from resight.track.files import read_tracks

Resight = Callable[..., Any]


@pytest.fixture(scope="module")
def red_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of a red square that crosses twice, with a second between."""
    import av

    path = tmp_path_factory.mktemp("red") / "red.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for number in range(80):
            crossing, place = divmod(number, 40)
            picture = np.full((128, 192, 3), 90, np.uint8)
            if place < 15:
                picture = red_square(128, 192, (10 + 9 * place, 30 + 40 * crossing, 36, 30))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


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
    assert {row["encounter"] for row in rows} == {"red-track-0000", "red-track-0001"}
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


def test_watch_names_who_swims_past(resight: Resight, red_film: Path, red_model: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name, colour in (("Red", (250, 10, 10)), ("Blue", (10, 10, 250))):
        (photos / name).mkdir(parents=True)
        for number in range(2):
            picture = np.full((60, 72, 3), 90, np.uint8)
            picture[4:56, 4:68] = colour
            picture[:, :number] = 0
            cv2.imwrite(str(photos / name / f"{number}.png"), picture[:, :, ::-1])
    resight("init", tmp_path / "squares", "--method", "thumbnail")
    resight("add", tmp_path / "squares", photos, "--by-folder")
    into = tmp_path / "seen"
    said = resight("watch", tmp_path / "squares", red_film, "--model", red_model, "--into", into)
    assert said.code == 0
    assert "2 animals" in said.out
    assert "80 frames in 4 s" in said.out
    rows = list(csv.DictReader((into / "sightings.csv").open()))
    assert len({row["encounter"] for row in rows}) == 2
    assert all((into / row["path"]).exists() for row in rows)
    assert 0 <= float(rows[0]["first"]) < float(rows[0]["last"]) < 1 < float(rows[-1]["last"])
    assert (
        "is there already" in resight("watch", tmp_path / "squares", red_film, "--model", red_model, "--into", into).err
    )


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
    assert read_tracks(tmp_path / "b.csv")[0].frames.tolist() == sorted(
        read_tracks(tmp_path / "b.csv")[0].frames.tolist()
    )


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
