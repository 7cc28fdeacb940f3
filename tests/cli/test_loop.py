"""resight loop: from a film to names, with answers from the page between."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from tests.detect.models import red_detector

from resight.loop.answers import read_answers
from resight.loop.tracks import tracks_of

Resight = Callable[..., Any]
ANIMALS, CROSSINGS, FRAMES = 6, 2, 6
RECIPE = """
[data]
size = 64
held_out = 0.3
[training]
epochs = 2
individuals = 4
photos = 2
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six animals cross twice, red squares with a pattern of their own, one after another."""
    path = tmp_path_factory.mktemp("crossings") / "cage.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=20, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 256, 192, "yuv420p"
        for crossing in range(CROSSINGS * ANIMALS):
            cells = np.random.default_rng(crossing % ANIMALS).integers(0, 2, (5, 5)).astype(np.float64)
            pattern = cv2.resize(cells, (60, 60), interpolation=cv2.INTER_NEAREST)
            for place in range(FRAMES + 40):
                # Noise, so that no two pictures are the same file.
                noise = np.random.default_rng([crossing, place])
                picture = noise.integers(80, 100, (192, 256, 3), dtype=np.uint8)
                if place < FRAMES:
                    left = 20 + 12 * place
                    picture[60:120, left : left + 60] = np.stack(
                        [170 + 80 * pattern, 20 * pattern, 20 * pattern], axis=2
                    )
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def _answered(folder: Path, into: Path) -> Path:
    """What a person would save who sees that the n-th crossing is the animal of the (n + 6)-th."""
    page = (folder / "questions.html").read_text()
    batch = re.search(r'data-batch="(\w+)"', page)
    assert batch
    names = re.findall(r"<figcaption>([^<]+)</figcaption>", page)
    order = tracks_of(folder / "tracks" / "metadata.csv")[0].name.tolist()
    animals = [order.index(name) % ANIMALS for name in names]
    path = into / f"answers-{batch.group(1)}.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["batch", "question", "answer"])
        for number in range(len(animals) // 2):
            same = animals[2 * number] == animals[2 * number + 1]
            rows.writerow([batch.group(1), number + 1, "same" if same else "different"])
    return path


def test_from_a_film_to_names(resight: Resight, film: Path, tmp_path: Path, with_weights: None) -> None:
    detector = red_detector(tmp_path / "red.onnx", 128)
    (tmp_path / "small.toml").write_text(RECIPE)
    into = tmp_path / "loop"
    (tmp_path / "torn.mp4").write_bytes(film.read_bytes()[:3000])
    command = ["loop", film, tmp_path / "torn.mp4", "--model", detector, "--into", into, "--by", "Ada L."]
    said = resight(*command, "--recipe", tmp_path / "small.toml", "--parts", 2)
    assert said.code == 2
    assert "questions wait: open" in said.out
    # The command that the page shows says all that was said.
    assert (
        f"--into {into} --model {detector} --by &#x27;Ada L.&#x27; --answers" in (into / "questions.html").read_text()
    )
    tracks, _ = tracks_of(into / "tracks" / "metadata.csv")
    assert len(tracks) == CROSSINGS * ANIMALS
    saved = None
    for _ in range(30):
        saved = _answered(into, tmp_path)
        said = resight(*command, "--answers", saved, "--json", tmp_path / "out.json")
        if said.code != 2:
            break
    # Done, but for the film that cannot be read.
    assert said.code == 1
    assert "torn.mp4" in said.err
    assert "Done:" in said.out
    told = json.loads((tmp_path / "out.json").read_text())
    assert told["waiting"] == 0
    assert len(told["rounds"]) == 2
    assert not (into / "questions.html").exists()
    with Path(told["named"]).open() as file:
        rows = list(csv.DictReader(file))
    animals = [tracks.name.tolist().index(row["encounter"]) % ANIMALS for row in rows]
    names = [row["identity"] for row in rows]
    assert len(set(names)) == told["individuals"] < len(tracks)
    assert len(set(zip(names, animals, strict=True))) == len(set(names))
    added = resight("init", tmp_path / "catalogue", "--method", f"onnx:{told['model']}")
    assert added.code == 0
    assert resight("add", tmp_path / "catalogue", "--table", told["named"]).code == 0
    assert {one.by for one in read_answers(into / "answers.csv")} == {"Ada L."}
    again = resight(*command, "--answers", saved)
    assert again.code == 1
    assert f"{told['individuals']} animals" in again.out
    assert "was not used: no question waits" in again.err


def test_what_is_missing_is_said(resight: Resight, film: Path, tmp_path: Path) -> None:
    said = resight("loop", film, "--into", tmp_path / "x")
    assert said.code == 2
    assert "name it with --model" in said.err
    (tmp_path / "t.csv").write_text("path,film,frame,track\na.png,f,0,0\n")
    assert "too few for 4 parts" in resight("loop", tmp_path / "t.csv", "--into", tmp_path / "y").err


@pytest.mark.parametrize(("option", "value"), [("--trust", 1), ("--trust", "nan"), ("--least", 1), ("--parts", 1)])
def test_a_plan_that_makes_no_sense_leaves_no_folder(
    resight: Resight, tmp_path: Path, option: str, value: object
) -> None:
    (tmp_path / "t.csv").write_text("path,film,frame,track\na.png,f,0,0\n")
    said = resight("loop", tmp_path / "t.csv", "--into", tmp_path / "x", option, value)
    assert said.code == 2
    assert option in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "x").exists()


def test_two_films_of_one_name_are_refused(resight: Resight, tmp_path: Path) -> None:
    detector = red_detector(tmp_path / "red.onnx", 128)
    films = tmp_path / "cam1" / "001.mp4", tmp_path / "cam2" / "001.mp4"
    said = resight("loop", *films, "--model", detector, "--into", tmp_path / "x")
    assert said.code == 2
    assert f"{films[0]} and {films[1]} have one name" in said.err
