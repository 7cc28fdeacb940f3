"""Trainings of the literature: from a recipe to a model that is compared as the recipe means it."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.learn.training import silent

from resight.describe.onnx import UNIT, OnnxDescriber
from resight.errors import ResightError
from resight.learn.folder import settle
from resight.learn.recipe import Data, Model, Recipe, Training, read_recipe, toml
from resight.learn.trained import trained_embedding
from resight.types import Chip

RECIPES = sorted(Path(str(files("resight"))).glob("bench/recipes/*.toml"))
SIAMESE = Recipe(
    data=Data(size=64, held_out=0.34, mirrored=False, sides="together"),
    model=Model(name="cnn3", start="random", dimensions=8, unit=False),
    training=Training(
        epochs=1, individuals=4, photos=2, arcface=0, contrastive=0, pairs=1.0, precision="float32", warmup=0
    ),
)


def chips() -> list[Chip]:
    rng = np.random.default_rng(0)
    return [Chip(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), np.eye(2, 3)) for _ in range(3)]


@pytest.fixture(scope="module")
def siamese(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of a training."""
    return trained_embedding(SIAMESE, [table], tmp_path_factory.mktemp("siamese"), silent)


def test_a_siamese_network_keeps_the_lengths_of_its_vectors_to_the_end(siamese: Path) -> None:
    assert {path.name for path in siamese.parent.iterdir()} >= {"model.onnx", "curves.png", "weights.pt"}
    lengths = np.linalg.norm(OnnxDescriber(siamese).describe(chips()).vectors, axis=1)
    assert not np.allclose(lengths, 1, atol=1e-3)


def test_a_model_of_somebody_elses_is_brought_to_length_1(siamese: Path, tmp_path: Path) -> None:
    other = onnx.load(siamese)
    del other.metadata_props[:]
    onnx.save(other, tmp_path / "theirs.onnx")
    ours, theirs = (OnnxDescriber(path).describe(chips()).vectors for path in (siamese, tmp_path / "theirs.onnx"))
    np.testing.assert_allclose(ours / np.linalg.norm(ours, axis=1, keepdims=True), theirs, atol=1e-5)
    assert not np.allclose(ours, theirs, atol=1e-2)


def test_only_vectors_that_keep_their_lengths_are_said_to(siamese: Path) -> None:
    said = {entry.key: entry.value for entry in onnx.load(siamese).metadata_props}
    assert said[UNIT] == "0"
    assert Recipe.model_validate_json(said["resight.recipe"]) == SIAMESE


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_recipes_of_the_literature_are_sound(path: Path) -> None:
    recipe = read_recipe(path, Recipe)
    how = recipe.training
    assert sum(bool(weight) for weight in (how.arcface, how.contrastive, how.triplet, how.pairs, how.softmax)) == 1
    # Distances are learned as they are; angles need vectors of length 1.
    assert recipe.model.unit == (not (how.pairs or how.softmax))
    assert (recipe.data.sides == "together") == path.stem.startswith("wrasse-") * ("side" not in path.stem)


def test_every_method_has_a_quick_and_a_full_recipe() -> None:
    names = {path.stem for path in RECIPES}
    methods = ("wrasse", "wrasse-by-side", "softmax", "cnn3", "finview", "arcface", "supcon")
    assert names >= {f"{method}-{size}" for method in methods for size in ("quick", "full")}
    for method in methods:
        quick, full = (
            read_recipe(path, Recipe)
            for size in ("quick", "full")
            for path in RECIPES
            if path.stem == f"{method}-{size}"
        )
        assert full.training.epochs > 3 * quick.training.epochs


def test_a_recipe_that_was_written_before_there_was_such_a_number_still_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    lines = toml(Recipe()).splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(("pairs", "unit", "sides"))))
    settle(path, Recipe(), begun=True)
    assert "pairs = 0.0" in path.read_text()
    path.write_text(path.read_text().replace("epochs = 40", "epochs = 41"))
    with pytest.raises(ResightError, match="another recipe"):
        settle(path, Recipe(), begun=True)
    path.write_text("no recipe at all")
    with pytest.raises(ResightError, match="another recipe"):
        settle(path, Recipe(), begun=True)
