"""What a training is for: its network as an ONNX model, with its curves beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resight.describe.onnx import LOOK
from resight.learn.curves import curves_figure
from resight.learn.export import export_embedder
from resight.learn.recipe import Recipe
from resight.learn.train import Tell, Trained, train


def trained_embedding(recipe: Recipe, tables: Sequence[Path], folder: Path, tell: Tell) -> Path:
    """Learn from these tables, into a folder, and give the model.onnx in it, for `onnx:FOLDER/model.onnx`.

    Started again, it goes on after the last finished epoch. Raises ResightError as `train` does.
    """
    return write_embedding(train(recipe, tables, folder, tell), recipe, folder, tell)


def write_embedding(done: Trained, recipe: Recipe, folder: Path, tell: Tell) -> Path:
    """Write model.onnx and curves.png of a training that ended; gives the model's path."""
    tell("Writing model.onnx", 0, 0)
    model = folder / "model.onnx"
    export_embedder(
        done.network, recipe.data.size, model, {LOOK: recipe.data.look, "resight.recipe": recipe.model_dump_json()}
    )
    curves_figure(done.history).savefig(folder / "curves.png")
    return model
