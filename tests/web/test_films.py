"""Films that come in through the browser: their animals are cut out, and become part of the catalogue."""

import csv
import os
import time
from datetime import datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import typer
from tests.detect.models import red_detector, red_square
from tests.web.served import Served

from resight.catalogue import folder
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued, rejected_files
from resight.cli.receive import receive
from resight.detect.kept import kept_detector
from resight.errors import ResightError
from resight.track.follow import follow_film
from resight.types import Detections
from resight.web.films import follow_films
from resight.web.uploads import Purpose, Stated, Upload, begin, take


def film(path: Path, y: int, begun: str = "") -> bytes:
    """A red square crosses."""
    with av.open(str(path), "w") as container:
        if begun:
            container.metadata["creation_time"] = begun
        stream = container.add_stream("libx264", rate=20)
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for frame in range(15):
            picture = red_square(128, 192, (10 + 9 * frame, y, 36, 30))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def cage(tmp_path: Path) -> Catalogue:
    return folder.create(tmp_path / "cage", method="thumbnail")


def sent(catalogue: Catalogue, *films: tuple[str, bytes]) -> Upload:
    upload = begin(catalogue.folder)
    for name, content in films:
        take(upload, name, 0, content, Stated(len(content), 0))
    return upload


def test_animals_are_cut_out_of_films_and_become_photos(cage: Catalogue, tmp_path: Path) -> None:
    (cage.folder / "detectors" / "red").mkdir(parents=True)
    red_detector(cage.folder / "detectors" / "red" / "red.onnx", 128)
    first, second = (film(tmp_path / f"{y}.mp4", y, f"2026-05-0{n}T08:00:00") for n, y in enumerate((20, 80), start=1))
    # Two cards, each with a film of this name: other animals, other encounters.
    upload = sent(cage, ("one/GX01.mp4", first), ("two/GX01.mp4", second), ("broken.mp4", b"nothing"))
    with pytest.raises(typer.Exit):
        receive(cage.folder, upload.key, Purpose.IDENTIFY, by="Bea")
    animals = catalogued(cage)
    assert len(animals) >= 4
    assert len({one.encounter for one in animals}) == 2
    assert {one.taken_at.date() for one in animals if one.taken_at} == {
        datetime(2026, 5, 1).date(), datetime(2026, 5, 2).date(),
    }  # fmt: skip
    assert all(one.path.is_relative_to(cage.folder / "photos") for one in animals)
    assert [one.path for one in rejected_files(cage, 9)] == ["broken.mp4"]
    before = len(animals)
    with pytest.raises(typer.Exit):  # a job that was killed at its end is done again
        receive(cage.folder, upload.key, Purpose.IDENTIFY, by="Bea")
    assert len(catalogued(cage)) == before


def test_without_a_detector_films_wait_and_photos_do_not(cage: Catalogue, tmp_path: Path) -> None:
    photo = cv2.imencode(".png", red_square(128, 192, (20, 20, 90, 80)))[1].tobytes()
    upload = sent(cage, ("GX01.mp4", film(tmp_path / "a.mp4", 20)), ("1.png", photo))
    with pytest.raises(ResightError, match="1 film cannot be looked at without a detector"):
        receive(cage.folder, upload.key, Purpose.IDENTIFY, by="Bea")
    assert len(catalogued(cage)) == 1
    (cage.folder / "detectors").mkdir()
    red_detector(cage.folder / "detectors" / "red.onnx", 128)
    receive(cage.folder, upload.key, Purpose.IDENTIFY, by="Bea")
    assert len(catalogued(cage)) > 2


def test_what_was_found_out_of_a_film_is_known_after_a_kill(cage: Catalogue, tmp_path: Path) -> None:
    (cage.folder / "detectors").mkdir()
    detector = red_detector(cage.folder / "detectors" / "red.onnx", 128)
    upload = sent(cage, ("none.mp4", film(tmp_path / "none.mp4", 500)), ("one.mp4", film(tmp_path / "one.mp4", 20)))
    first = follow_films(cage.folder, upload, lambda *_: None)
    assert [one.path.name for one in first.rejected] == ["none.mp4"]
    assert len(first.tables) == 1
    detector.unlink()
    assert follow_films(cage.folder, upload, lambda *_: None) == first


def test_another_detector_finds_other_encounters(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    film(path, 20)
    labels = []
    for shift in (0, 3):
        boxes = np.array([(10 + 9 * frame + shift, 20, 36, 30) for frame in range(15)], float)
        found = Detections(np.arange(15), boxes, np.ones(15, np.float32))
        follow_film(path, found, tmp_path / f"{shift}", lambda *_: None)
        labels.append({row["encounter"] for row in csv.DictReader((tmp_path / f"{shift}" / "metadata.csv").open())})
    assert not labels[0] & labels[1]


def test_the_latest_detector_is_taken(tmp_path: Path) -> None:
    for name in "b", "a":  # the second is a copy, and bears the date of what it was copied from
        (tmp_path / "detectors" / name).mkdir(parents=True)
        (tmp_path / "detectors" / name / "detector.onnx").touch()
        os.utime(tmp_path / "detectors" / name / "detector.onnx", (0, 0))
        time.sleep(0.02)
    found = kept_detector(tmp_path)
    assert found is not None
    assert found.parent.name == "a"
    (tmp_path / "detectors" / "new.unfinished.onnx").touch()
    assert kept_detector(tmp_path) == found


def test_jobs_are_asked_for_by_their_kinds(served: Served) -> None:
    with served.client() as client:
        ways = client.get("/api/jobs/methods").json()
        assert ways["now"] == "patches"
        assert ways["detector"] is None
        for kind in ("identify", "describe", "doubts", "plane", "train", "train-detector"):
            assert client.post(f"/api/jobs/begin/{kind}").status_code == 200, kind
        assert client.post("/api/jobs/begin/nothing").status_code == 422
        other = next(way["method"] for way in ways["ways"] if way["method"] != "patches")
        assert client.post("/api/jobs/compare-by", params={"method": other}).status_code == 200
        refused = client.post("/api/jobs/compare-by", params={"method": "onnx:/etc/passwd"})
        assert "no method" in refused.json()["detail"]
        titles = [job["title"] for job in client.get("/api/jobs").json()["jobs"]]
    assert len(titles) == 7
