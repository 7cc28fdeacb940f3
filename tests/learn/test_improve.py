"""Learning from a catalogue: what is better is kept, and what is not is not."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.learn.training import silent

from resight.learn.improve import improve, own_recipe, write_outcome
from resight.learn.recipe import Data, Model, Recipe, Training
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.types import Record

ANIMALS = 12
QUICK = Recipe(
    data=Data(size=64, held_out=0.2, mirrored=False),
    model=Model(start="random", dimensions=8),
    training=Training(epochs=1, individuals=4, photos=2, batches=1, precision="float32"),
)
LONGER = QUICK.model_copy(
    update={
        "model": Model(start="imagenet", dimensions=32),
        "training": Training(
            epochs=5, individuals=6, photos=4, batches=20, precision="float32", averaged=0.5, kept="last"
        ),
    }
)


def herd(folder: Path, wandering: bool) -> Path:
    """Animals of one colour each, in the middle of grey photos, or anywhere in photos of all kinds of greys."""
    folder.mkdir()
    with (folder / "photos.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "identity", "encounter"])
        for animal in range(ANIMALS):
            hue = np.full((1, 1, 3), (animal * 180 // ANIMALS, 220, 200), np.uint8)
            colour = cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float64)
            for photo in range(6):
                rng = np.random.default_rng([animal, photo])
                picture = np.full((64, 64, 3), 127.0)
                if wandering:
                    grey = cv2.resize(rng.uniform(0, 255, (4, 4)), (64, 64), interpolation=cv2.INTER_CUBIC)
                    picture = np.repeat(grey[..., None], 3, axis=2)
                y, x = rng.integers(0, 34, 2) if wandering else (16, 16)
                picture[y : y + 30, x : x + 30] = colour * rng.uniform(0.8, 1.2)
                cv2.imwrite(str(folder / f"{animal}-{photo}.png"), picture.clip(0, 255).astype(np.uint8)[..., ::-1])
                rows.writerow([f"{animal}-{photo}.png", f"animal {animal}", f"{animal} {photo // 2}"])
    return folder / "photos.csv"


def test_a_model_that_is_not_better_is_not_kept(tmp_path: Path) -> None:
    table = herd(tmp_path / "photos", wandering=False)
    done = improve(table, "thumbnail", Sides.APART, tmp_path / "own", silent, QUICK)
    assert done.model is None and not (tmp_path / "own" / "model.onnx").exists()
    assert done.trial.everyone.before > 0.9
    write_outcome(done, tmp_path / "own")
    assert json.loads((tmp_path / "own" / "outcome.json").read_text())["model"] is None
    learned = [one for one in read_table(tmp_path / "own" / "trial" / "learned.csv") if isinstance(one, Record)]
    assert len({one.identity for one in learned}) == ANIMALS - 3, "a quarter of the animals is not learned from"
    assert done.trial.everyone.photos + len(learned) <= ANIMALS * 6


def test_one_that_is_better_learns_from_all_and_is_kept(tmp_path: Path, with_weights: None) -> None:
    table = herd(tmp_path / "photos", wandering=True)
    done = improve(table, "thumbnail", Sides.APART, tmp_path / "own", silent, LONGER)
    assert done.trial.better, done.trial
    assert done.model == tmp_path / "own" / "model.onnx" and done.model.exists()
    assert done.after == f"onnx:{done.model}"
    # Started again, nothing is learned anew.
    before = done.model.stat().st_mtime_ns
    assert improve(table, "thumbnail", Sides.APART, tmp_path / "own", silent, LONGER).trial == done.trial
    assert done.model.stat().st_mtime_ns == before


@pytest.mark.parametrize(("method", "masked"), [("rootsift:inside+mask", True), ("rootsift", False)])
def test_pictures_are_masked_as_the_method_masks_them(method: str, masked: bool) -> None:
    assert own_recipe(method).data.masked is masked
