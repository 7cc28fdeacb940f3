"""Trainings of a detector on real files, and the ONNX model that comes out."""

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from tests.detect.models import red_square
from tests.learn.training import silent

from resight.detect.labels import BoxedPhoto
from resight.detect.onnx import OnnxDetector
from resight.errors import ResightError
from resight.learn.detector import Exported, detector
from resight.learn.examples import Example, augmented, fitted
from resight.learn.export import export_detector
from resight.learn.recipe import DetectorRecipe
from resight.learn.train_detector import found_by, train_detector
from resight.media.photo import read_photo
from resight.track.overlap import overlap

RECIPE = DetectorRecipe(
    width=96, height=64, channels=32, start="random", epochs=2, batch=4, precision="float32", held_out=0.3
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[BoxedPhoto]:
    """Twelve pictures of a red square, of four clips, and one of nothing."""
    folder = tmp_path_factory.mktemp("squares")
    rng = np.random.default_rng(1)
    made = []
    for number in range(13):
        x, y, w, h = (int(n) for n in rng.integers((5, 5, 30, 20), (100, 60, 60, 50)))
        picture = red_square(128, 192, (x, y, w, h)) if number < 12 else np.full((128, 192, 3), 90, np.uint8)
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), picture[:, :, ::-1])
        boxes = np.array([[x, y, w, h]], np.float64) if number < 12 else np.zeros((0, 4))
        made.append(BoxedPhoto(path, boxes, f"clip {number % 4}"))
    return made


def test_it_goes_on_where_it_stopped(photos: list[BoxedPhoto], tmp_path: Path) -> None:
    train_detector(RECIPE.model_copy(update={"epochs": 2}), photos, tmp_path / "calm", silent)
    stopped = tmp_path / "stopped"

    class StoppedError(Exception):
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "Epochs" and done == 1:
            raise StoppedError

    with pytest.raises(StoppedError):
        train_detector(RECIPE, photos, stopped, stop)
    done = train_detector(RECIPE, photos, stopped, silent)
    assert len(done.history) == 2
    calm = (tmp_path / "calm" / "history.csv").read_text().splitlines()
    again = (stopped / "history.csv").read_text().splitlines()
    # All but the seconds.
    assert [line.rsplit(",", 1)[0] for line in calm] == [line.rsplit(",", 1)[0] for line in again]


def test_other_photos_or_boxes_in_the_folder_are_refused(photos: list[BoxedPhoto], tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"epochs": 1})
    train_detector(recipe, photos, tmp_path, silent)
    for other in (
        photos[1:],
        [replace(photos[0], boxes=photos[0].boxes + 1), *photos[1:]],
        [replace(photos[0], clip="clip 1"), *photos[1:]],
        [replace(photos[0], path=photos[1].path), *photos[1:]],
    ):
        with pytest.raises(ResightError, match="on other photos"):
            train_detector(recipe, other, tmp_path, silent)
    history = tmp_path / "history.csv"
    whole = history.read_text()
    history.write_text(whole.splitlines(keepends=True)[0])
    # The same go on, and a table that a kill left short is made whole.
    train_detector(recipe, photos, tmp_path, silent)
    assert history.read_text() == whole


def test_photos_that_lie_elsewhere_now_are_the_same(photos: list[BoxedPhoto], tmp_path: Path) -> None:
    recipe = RECIPE.model_copy(update={"epochs": 1})
    nameless = [replace(photo, clip="") for photo in photos]
    train_detector(recipe, nameless, tmp_path / "into", silent)
    for photo in photos:
        shutil.copy(photo.path, tmp_path)
    moved = [replace(photo, path=tmp_path / photo.path.name) for photo in nameless]
    assert len(train_detector(recipe, moved, tmp_path / "into", silent).history) == 1


@pytest.mark.parametrize("start", ["random", "imagenet"])
def test_means_and_deviations_are_learned_where_nothing_is_known_of_them(
    photos: list[BoxedPhoto], tmp_path: Path, with_weights: None, start: str
) -> None:
    recipe = RECIPE.model_copy(update={"epochs": 1, "start": start})
    begun = detector(recipe.height, recipe.width, recipe.channels, start == "imagenet").state_dict()
    done = train_detector(recipe, photos, tmp_path, silent).network.state_dict()
    means = [name for name in begun if name.endswith("running_mean")]
    assert means
    assert any(not torch.equal(begun[name], done[name]) for name in means) is (start == "random")


def test_it_learns_to_find_a_red_square(photos: list[BoxedPhoto], tmp_path: Path, with_weights: None) -> None:
    recipe = RECIPE.model_copy(update={"start": "imagenet", "epochs": 14, "augment": 0.1, "learning_rate": 2e-3})
    done = train_detector(recipe, photos, tmp_path, silent)
    assert done.best.ap50 > 0.5
    export_detector(Exported(done.network, 64, 96), 64, 96, tmp_path / "detector.onnx")
    exported = OnnxDetector(tmp_path / "detector.onnx", least=0.05, tiled=False)
    for photo in photos[:4]:
        pixels = read_photo(photo.path).pixels
        (found,) = exported.detect([pixels])
        # The model in ONNX, with our suppression, finds what torchvision's finds with its own.
        (expected,) = found_by(done.network, [fitted(pixels, photo.boxes, recipe)])
        kept = expected.take(expected.scores >= 0.05)
        assert np.abs(found.boxes[0] - kept.boxes[0] * 2).max() < 0.5
        assert abs(float(found.scores[0] - kept.scores[0])) < 1e-3


def test_a_mirrored_and_shifted_picture_keeps_its_boxes_on_the_animal() -> None:
    example = Example(red_square(64, 96, (30, 20, 24, 18)), np.array([[30.0, 20, 24, 18]]))
    seen = 0
    for seed in range(40):
        changed = augmented(example, 0.3, np.random.default_rng(seed))
        assert changed.pixels.shape == (64, 96, 3)
        for box in changed.boxes:
            red = changed.pixels[..., 0].astype(int) - changed.pixels[..., 1] > 60
            rows, columns = np.nonzero(red)
            true = np.array([columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1], float)
            assert overlap(box, true) > 0.8
            seen += 1
    assert seen > 20


def test_what_cannot_be_learned_from_is_said(photos: list[BoxedPhoto], tmp_path: Path) -> None:
    with pytest.raises(ResightError, match="not one box"):
        train_detector(RECIPE, [replace(photo, boxes=np.zeros((0, 4))) for photo in photos], tmp_path / "a", silent)
    with pytest.raises(ResightError, match="of one clip"):
        train_detector(RECIPE, [replace(photo, clip="one") for photo in photos], tmp_path / "b", silent)
    gone = [*photos, BoxedPhoto(tmp_path / "gone.jpg", np.array([[1.0, 1, 9, 9]]), "clip 9")]
    done = train_detector(RECIPE.model_copy(update={"epochs": 1}), gone, tmp_path / "c", silent)
    assert [one.path.name for one in done.rejected] == ["gone.jpg"]


def test_a_frame_without_animals_is_learned_from_too(photos: list[BoxedPhoto], tmp_path: Path) -> None:
    torch.manual_seed(0)
    empty = [replace(photo, boxes=np.zeros((0, 4))) if photo.clip == "clip 1" else photo for photo in photos]
    done = train_detector(RECIPE.model_copy(update={"epochs": 1}), empty, tmp_path, silent)
    assert np.isfinite(done.history[0].loss)
