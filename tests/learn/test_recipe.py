"""One file says everything."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from resight.errors import ResightError
from resight.learn.recipe import THESIS, DetectorRecipe, Recipe, read_recipe, toml


@pytest.mark.parametrize("recipe", [Recipe(), THESIS, DetectorRecipe(width=320)])
def test_what_is_written_is_read_again(recipe: BaseModel, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(toml(recipe))
    assert read_recipe(tmp_path / "recipe.toml", type(recipe)) == recipe


def test_the_thesis_numbers() -> None:
    how = THESIS.training
    assert (how.epochs, how.photos, how.margin, how.learning_rate) == (200, 10, 0.2, 0.001)
    assert (THESIS.data.size, THESIS.model.dimensions, THESIS.data.held_out) == (175, 128, 0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[training]\nepochs = 0", "training.epochs"),
        ("[training]\nepoch = 3", "training.epoch"),
        ("[training", "no TOML"),
        ("[model]\nstart = 'moon'", "model.start"),
        ("[training]\nseed = -1", "training.seed"),
        ("[training]\narcface = 0\ncontrastive = 0", "training: .*at least one of these losses"),
        ("[data]\nsides = 'together'", "data: .*goes with mirrored = false"),
        ("[training]\ntriplets = 'easy'", "training.triplets"),
    ],
)
def test_what_makes_no_sense_is_said(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(text)
    with pytest.raises(ResightError, match=said):
        read_recipe(tmp_path / "r.toml", Recipe)


def test_one_loss_is_enough_and_the_thesis_has_its_own(tmp_path: Path) -> None:
    for text in ("triplet = 1", "pairs = 1", "softmax = 1", "way = 'thesis'"):
        (tmp_path / "r.toml").write_text(f"[training]\narcface = 0\ncontrastive = 0\n{text}")
        assert read_recipe(tmp_path / "r.toml", Recipe).training.arcface == 0


def test_a_detectors_seed_is_no_negative_number(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text("seed = -1")
    with pytest.raises(ResightError, match="seed"):
        read_recipe(tmp_path / "r.toml", DetectorRecipe)
