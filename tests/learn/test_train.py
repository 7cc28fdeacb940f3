"""Trainings on real files: they end, go on after a kill, and say what is wrong."""

import csv
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from tests.learn.training import RECIPE, silent

from resight.describe.onnx import OnnxDescriber
from resight.errors import ResightError
from resight.learn.embed import tensor
from resight.learn.export import export_embedder
from resight.learn.models import Embedder, started
from resight.learn.recipe import Data, Model, Recipe, Training, read_recipe
from resight.learn.train import train
from resight.types import Chip, Pixels

SCRIPT = Path(__file__).with_name("training.py")


def test_a_killed_training_goes_on_and_ends_as_an_undisturbed_one(table: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(table)]
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    process = subprocess.Popen([*command, str(tmp_path / "killed"), "4"], env=environment)
    until = time.monotonic() + 120
    while not (tmp_path / "killed" / "history.csv").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.wait()
    done = list(csv.DictReader((tmp_path / "killed" / "history.csv").open()))
    assert 1 <= len(done) < 4
    killed = train(RECIPE, [table], tmp_path / "killed", silent)
    calm = train(RECIPE, [table], tmp_path / "calm", silent)
    assert [(e.loss, e.tpr, e.auc) for e in killed.history] == [(e.loss, e.tpr, e.auc) for e in calm.history]
    for one, other in zip(killed.network.parameters(), calm.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_it_learns_what_can_be_learned(table: Path, tmp_path: Path, with_weights: None) -> None:
    recipe = RECIPE.model_copy(
        update={
            "training": RECIPE.training.model_copy(update={"epochs": 3, "batches": 8}),
            "model": Model(start="imagenet", dimensions=16),
        }
    )
    done = train(recipe, [table], tmp_path, silent)
    assert done.history[-1].loss < 0.8 * done.history[0].loss
    assert done.best.auc > 0.8
    assert {path.name for path in tmp_path.iterdir()} >= {"weights.pt", "recipe.toml", "history.csv", "state.pt"}


def test_the_last_epoch_is_kept_where_the_recipe_says_so(table: Path, tmp_path: Path) -> None:
    how = RECIPE.training.model_copy(update={"kept": "last", "epochs": 3, "patience": 1})
    done = train(RECIPE.model_copy(update={"training": how}), [table], tmp_path, silent)
    assert done.best is done.history[-1]
    assert len(done.history) == 3


def test_the_thesis_way(table: Path, tmp_path: Path) -> None:
    how = Training(way="thesis", epochs=2, photos=3, precision="float32", patience=9, weight_decay=0)
    recipe = RECIPE.model_copy(update={"training": how, "data": Data(size=64, held_out=0.34, mirrored=False)})
    done = train(recipe, [table], tmp_path, silent)
    # 4 fish with 3 pictures each: 6 ordered pairs of each, every one with a usable negative at the start.
    assert 0 < done.history[0].triplets <= 4 * 6
    assert done.history[0].images_per_second > 0
    assert done.best.validation_loss == min(epoch.validation_loss for epoch in done.history)


def test_the_onnx_model_says_the_same_as_the_describer_needs(table: Path, tmp_path: Path) -> None:
    done = train(RECIPE, [table], tmp_path, silent, epochs=1)
    assert export_embedder(done.network, 64, tmp_path / "model.onnx", {"resight.recipe": "x"}) < 1e-4
    describer = OnnxDescriber(tmp_path / "model.onnx")
    assert describer.size == 64
    chips = [Chip(np.full((50, 60, 3), level, np.uint8), np.eye(2, 3)) for level in (20, 200, 90)]
    vectors = describer.describe(chips).vectors
    assert vectors.shape == (3, 16)
    assert np.allclose(describer.describe(chips[1:2]).vectors, vectors[1:2], atol=1e-5)


def test_a_second_training_in_one_folder_is_kept_out(table: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / "training.lock"), pytest.raises(ResightError, match="another training is at work"):
        train(RECIPE, [table], tmp_path, silent)


def test_another_recipe_in_the_folder_is_refused(table: Path, tmp_path: Path) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    with pytest.raises(ResightError, match="another recipe"):
        train(Recipe(), [table], tmp_path, silent)


def test_a_recipe_that_learned_nothing_can_be_put_right(table: Path, tmp_path: Path) -> None:
    with pytest.raises(ResightError, match="no network 'fishnet9'"):
        train(RECIPE.model_copy(update={"model": Model(name="fishnet9")}), [table], tmp_path, silent, epochs=1)
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    assert read_recipe(tmp_path / "recipe.toml", Recipe) == RECIPE


def test_a_training_begun_on_a_gpu_goes_on_without_one(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("torch.serialization.location_tag", lambda _: "cuda:0")
        begun = train(RECIPE, [table], tmp_path, silent, epochs=1)
    assert train(RECIPE, [table], tmp_path, silent, epochs=1).history == begun.history


def test_a_table_that_a_kill_left_short_is_made_whole(table: Path, tmp_path: Path) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=2)
    history = tmp_path / "history.csv"
    whole = history.read_text()
    history.write_text("".join(whole.splitlines(keepends=True)[:-1]))
    train(RECIPE, [table], tmp_path, silent, epochs=2)
    assert history.read_text() == whole


def test_other_photos_in_the_folder_are_refused(table: Path, tmp_path: Path) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    renamed = table.with_name("renamed.csv")
    renamed.write_text(table.read_text().replace("animal 0", "animal 9"))
    with pytest.raises(ResightError, match="on other photos"):
        train(RECIPE, [renamed], tmp_path, silent)


def test_a_loss_that_is_no_number_stops_it_and_keeps_what_was(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    before = (tmp_path / "state.pt").read_bytes()

    def broken(network: Embedder, pictures: list[Pixels]) -> torch.Tensor:
        return tensor(network, pictures) * float("nan")

    monkeypatch.setattr("resight.learn.train.tensor", broken)
    with pytest.raises(ResightError, match="the loss became nan in epoch 2"):
        train(RECIPE, [table], tmp_path, silent)
    assert (tmp_path / "state.pt").read_bytes() == before


def test_a_full_disk_stops_it_and_keeps_what_was(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    before = (tmp_path / "state.pt").read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ResightError, match=r"No space left on device.*make room"):
        train(RECIPE, [table], tmp_path, silent)
    assert (tmp_path / "state.pt").read_bytes() == before
    assert not list(tmp_path.glob("state.pt.unfinished"))


def test_a_damaged_state_is_named(table: Path, tmp_path: Path) -> None:
    train(RECIPE, [table], tmp_path, silent, epochs=1)
    (tmp_path / "state.pt").write_bytes(b"not a state")
    with pytest.raises(ResightError, match=r"state.pt is damaged.*delete it"):
        train(RECIPE, [table], tmp_path, silent)


def test_too_few_to_learn_from(table: Path, tmp_path: Path) -> None:
    rows = list(csv.reader(table.open()))
    few = table.with_name("few.csv")
    with few.open("w", newline="") as file:
        csv.writer(file).writerows(rows[:10])
    with pytest.raises(ResightError, match="only 2 individuals have 2 photos or more"):
        train(RECIPE, [few], tmp_path / "few", silent)
    nameless = table.with_name("nameless.csv")
    nameless.write_text("path,identity\n0-0.png,\n")
    with pytest.raises(ResightError, match="no photo has an identity"):
        train(RECIPE, [nameless], tmp_path / "nameless", silent)


def test_photos_that_cannot_be_read_are_listed_and_the_rest_is_learned(table: Path, tmp_path: Path) -> None:
    broken = table.with_name("broken.csv")
    broken.write_text(table.read_text() + "gone.png,animal 1,left,day 1\n")
    done = train(RECIPE, [broken], tmp_path, silent, epochs=1)
    assert [one.path.name for one in done.rejected] == ["gone.png"]


def test_it_begins_with_the_weights_of_another_training(table: Path, tmp_path: Path) -> None:
    first = train(RECIPE, [table], tmp_path / "first", silent, epochs=1)
    start = str(tmp_path / "first" / "weights.pt")
    begun = started(RECIPE.model.model_copy(update={"start": start}), 64)
    for one, other in zip(begun.parameters(), first.network.parameters(), strict=True):
        assert torch.equal(one, other)
    for path, said in ((tmp_path / "none.pt", "no such file"), (tmp_path / "first" / "recipe.toml", "does not hold")):
        with pytest.raises(ResightError, match=said):
            started(RECIPE.model.model_copy(update={"start": str(path)}), 64)
    with pytest.raises(ResightError, match="does not hold the weights"):
        started(Model(start=start, dimensions=8), 64)
