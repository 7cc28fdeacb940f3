"""Describing what cannot be compared yet, on a real catalogue."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from resight.catalogue import folder
from resight.catalogue.decisions import Corrected, Undone
from resight.catalogue.log import append
from resight.catalogue.lookup import Catalogued, catalogued
from resight.catalogue.vectors import described, undescribed
from resight.errors import ResightError
from resight.export.training import training_table
from resight.method import open_method
from resight.types import Box

Resight = Callable[..., Any]
THUMBNAIL = open_method("thumbnail").fingerprint


@pytest.fixture
def patterns(resight: Resight, tmp_path: Path) -> Path:
    """A catalogue of four animals with two photos each, by their thumbnails."""
    for animal in range(4):
        pattern = np.random.default_rng(animal).integers(0, 255, (6, 6, 3), np.uint8)
        for number in range(2):
            place = tmp_path / "photos" / f"Animal {animal}" / str(number)
            place.mkdir(parents=True)
            cv2.imwrite(str(place / "a.png"), cv2.resize(pattern, (200 + number, 160), interpolation=cv2.INTER_CUBIC))
    resight("init", tmp_path / "animals", "--method", "thumbnail")
    resight("add", tmp_path / "animals", tmp_path / "photos", "--by-folder")
    return tmp_path / "animals"


def everything(home: Path) -> list[Catalogued]:
    with folder.open(home) as catalogue:
        return catalogued(catalogue)


def test_a_corrected_box_is_described_before_anything_is_asked(resight: Resight, patterns: Path) -> None:
    with folder.open(patterns) as catalogue:
        before = described(catalogue, THUMBNAIL)
        append(catalogue, Corrected(3, box=Box(20, 20, 100, 100)), "Ana")
        assert undescribed(catalogue, THUMBNAIL) == [3]
    assert resight("identify", patterns, "--again").code == 0
    with folder.open(patterns) as catalogue:
        after = described(catalogue, THUMBNAIL)
        assert undescribed(catalogue, THUMBNAIL) == []
    assert after.keys() == before.keys()
    assert {key for key in after if after[key] != before[key]} == {3}


def test_another_method_is_used_once_all_are_described_by_it(resight: Resight, patterns: Path) -> None:
    names = [one.name for one in everything(patterns)]
    said = resight("describe", patterns, "--method", "rootsift")
    assert said.code == 0
    assert "Described 8" in said.out
    with folder.open(patterns) as catalogue:
        assert catalogue.settings.method == "rootsift"
        assert undescribed(catalogue, open_method("rootsift").fingerprint) == []
    assert [one.name for one in everything(patterns)] == names
    assert "Described 0" in resight("describe", patterns, "--method", "thumbnail").out
    with folder.open(patterns) as catalogue:
        assert catalogue.settings.method == "thumbnail"


def test_the_old_method_stays_while_a_photo_is_gone(resight: Resight, patterns: Path) -> None:
    gone = everything(patterns)[2].path
    away = gone.rename(gone.with_name("away"))
    said = resight("describe", patterns, "--method", "rootsift")
    assert said.code == 2
    assert "1 animal could not be described" in said.err
    with folder.open(patterns) as catalogue:
        assert len(described(catalogue, open_method("rootsift").fingerprint)) == 7
        assert catalogue.settings.method == "thumbnail"
    away.rename(gone)
    assert "Described 1." in resight("describe", patterns, "--method", "rootsift").out
    with folder.open(patterns) as catalogue:
        assert catalogue.settings.method == "rootsift"


def test_a_model_in_the_catalogue_moves_with_it(resight: Resight, patterns: Path, tmp_path: Path) -> None:
    model = f"onnx:{patterns / 'models' / '1' / 'model.onnx'}"
    (patterns / "models" / "1").mkdir(parents=True)
    (patterns / "models" / "1" / "model.onnx").touch()
    with folder.open(patterns) as catalogue:
        folder.settle(catalogue, model)
    assert "onnx:models/1/model.onnx" in (patterns / folder.SETTINGS).read_text()
    patterns.rename(tmp_path / "elsewhere")
    with folder.open(tmp_path / "elsewhere") as catalogue:
        assert catalogue.settings.method == model.replace("animals", "elsewhere")


def test_an_unknown_method_changes_nothing(resight: Resight, patterns: Path) -> None:
    assert resight("describe", patterns, "--method", "nothing").code != 0
    with folder.open(patterns) as catalogue:
        assert catalogue.settings.method == "thumbnail"


def test_a_catalogue_is_learned_from_as_it_was_when_the_training_began(patterns: Path, tmp_path: Path) -> None:
    with folder.open(patterns) as catalogue:
        table = training_table(catalogue, tmp_path / "model" / "named.csv", boxes=False)
        rows = list(csv.DictReader(table.open()))
        assert {row["identity"] for row in rows} == {f"Animal {n}" for n in range(4)}
        assert len({row["encounter"] for row in rows}) == 8
        append(catalogue, Undone(1), "Ana")
        assert training_table(catalogue, table, boxes=False).read_text().count("\n") == len(rows) + 1
        with pytest.raises(ResightError, match="no box was drawn"):
            training_table(catalogue, tmp_path / "boxes.csv", boxes=True)
        append(catalogue, Corrected(3, box=Box(20, 20, 100, 90)), "Ana")
        boxes = list(csv.DictReader(training_table(catalogue, tmp_path / "boxes.csv", boxes=True).open()))
    assert [(row["x"], row["w"], row["h"]) for row in boxes] == [("20.0", "100.0", "90.0")]
    assert boxes[0]["clip"] == everything(patterns)[2].encounter


def test_train_takes_a_catalogue(resight: Resight, patterns: Path, tmp_path: Path) -> None:
    recipe = "[data]\nsize = 64\nheld_out = 0.5\n[model]\nstart = 'random'\ndimensions = 8\n"
    (tmp_path / "recipe.toml").write_text(recipe + "[training]\nepochs = 1\nindividuals = 2\n")
    said = resight("train", patterns, "--into", tmp_path / "model", "--recipe", tmp_path / "recipe.toml")
    assert said.code == 0
    method = f"onnx:{tmp_path / 'model' / 'model.onnx'}"
    assert resight("describe", patterns, "--method", method).code == 0
    told = resight("identify", patterns, tmp_path / "photos", "--json", "-")
    assert len(json.loads(told.out)["queries"]) == 8


def test_train_a_head_on_binarised_pictures_and_name_by_it(resight: Resight, patterns: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(
        "epochs = 1\n[data]\nsize = 64\nheld_out = 0.5\nmirrored = false\nlook = 'binarised'\n"
        "[model]\nstart = 'random'\ndimensions = 8\n"
    )
    said = resight(
        "train", patterns, "--into", tmp_path / "model", "--head", "l1", "--recipe", tmp_path / "recipe.toml"
    )
    assert said.code == 0
    method = f"onnx:{tmp_path / 'model' / 'model.onnx'}@head:{tmp_path / 'model' / 'head.npz'}"
    assert method in "".join(said.out.split("\n"))
    assert resight("describe", patterns, "--method", method).code == 0
    assert len(json.loads(resight("identify", patterns, tmp_path / "photos", "--json", "-").out)["queries"]) == 8
    # Its model can be the branch of another head.
    again = resight("train", patterns, "--into", tmp_path / "on it", "--head", "shared", "--branch", tmp_path / "model")
    assert again.code == 0 and "on it" in again.out


def test_what_does_not_go_with_a_head_is_said(resight: Resight, patterns: Path, tmp_path: Path) -> None:
    for more, why in ((("--head", "l1", "--thesis"), "--thesis"), (("--branch", tmp_path), "kind of head")):
        said = resight("train", patterns, "--into", tmp_path / "model", *more)
        assert said.code == 2 and why in said.err


def test_a_catalogue_that_learns_goes_on_as_before_unless_it_names_better(resight: Resight, tmp_path: Path) -> None:
    for animal in range(9):
        pattern = np.random.default_rng(animal).integers(0, 255, (6, 6, 3), np.uint8)
        for met in range(2):
            for number in range(2):
                place = tmp_path / "photos" / f"Animal {animal}" / str(met)
                place.mkdir(parents=True, exist_ok=True)
                size = (200 + 2 * met + number, 160)
                cv2.imwrite(str(place / f"{number}.png"), cv2.resize(pattern, size, interpolation=cv2.INTER_CUBIC))
    home = tmp_path / "animals"
    resight("init", home, "--method", "thumbnail")
    resight("add", home, tmp_path / "photos", "--by-folder")
    recipe = "[data]\nsize = 64\nheld_out = 0.3\n[model]\nstart = 'random'\ndimensions = 8\n"
    (tmp_path / "recipe.toml").write_text(recipe + "[training]\nepochs = 1\nindividuals = 2\n")
    said = resight("train", home, "--recipe", tmp_path / "recipe.toml")
    assert said.code == 0, said.err
    assert "animals it never saw: 100.0% named rightly before" in said.out
    assert "goes on comparing by thumbnail" in said.out
    with folder.open(home) as catalogue:
        assert catalogue.settings.method == "thumbnail"
    (outcome,) = home.glob("models/*/outcome.json")
    assert json.loads(outcome.read_text())["model"] is None


def test_too_few_animals_to_tell_and_tables_without_a_folder(resight: Resight, patterns: Path, tmp_path: Path) -> None:
    assert "4 individuals were met in two encounters" in resight("train", patterns).err
    said = resight("train", tmp_path / "table.csv")
    assert said.code == 2 and "--into" in said.err
