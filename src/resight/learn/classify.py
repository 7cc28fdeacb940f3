"""Answers of a network that learned to classify: which of the individuals that it learned is on a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from resight.errors import ResightError
from resight.learn.embed import embed
from resight.learn.folder import in_memory
from resight.learn.models import load_weights, started
from resight.learn.pictures import Pictures
from resight.learn.recipe import Recipe, read_recipe
from resight.types import Doubles, Floats, Strings
from resight.work.written import write

FILE = "classifier.pt"


@dataclass(frozen=True, slots=True)
class Ranked:
    """The individuals thought most likely, best first: names (n, k), probabilities (n, k)."""

    names: Strings
    probabilities: Doubles

    def hits(self, individuals: Strings, most: int) -> float:
        """The share of pictures whose individual (n,) is among the first so many, top-k accuracy."""
        return float((self.names[:, :most] == individuals[:, None]).any(axis=1).mean())


def write_classifier(folder: Path, learning: Pictures, layer: dict[str, Any]) -> None:
    """Keep the last layer, and whom each of its outputs stands for: '' for the mirror images of animals."""
    _, rows = np.unique(learning.flank, return_index=True)
    # A mirrored flank comes after all that are not, so the first row of a flank says which it is.
    whose = np.where(learning.flipped[rows], "", learning.individual[rows])
    write(folder / FILE, in_memory({"individuals": whose.tolist(), "layer": layer}))


def classify(folder: Path, pictures: Pictures, most: int = 5) -> Ranked:
    """The individuals that a training with `softmax` gives these pictures, a closed set: it knows no others.

    An individual's probability is the sum over its sides. Mirror images that were learned as other individuals are no
    answer. Raises ResightError where the folder holds no such training.
    """
    recipe = read_recipe(folder / "recipe.toml", Recipe) if (folder / "recipe.toml").exists() else Recipe()
    if not (folder / FILE).exists():
        raise ResightError(
            f"{folder} holds no finished training of a classifier: give softmax a weight in the recipe's [training], "
            "and train"
        )
    held = torch.load(folder / FILE, map_location="cpu", weights_only=True)
    network = started(recipe.model.model_copy(update={"start": "random"}), recipe.data.size)
    load_weights(network, folder / "weights.pt")
    vectors = embed(network, pictures, np.arange(len(pictures)), recipe.training)
    return ranked(vectors, held["layer"]["weight"].numpy(), held["layer"]["bias"].numpy(), held["individuals"], most)


def ranked(vectors: Floats, weight: Floats, bias: Floats, individuals: list[str], most: int) -> Ranked:
    """Individuals by the probabilities of a softmax over vectors (n, d), with its layer (c, d) and (c,).

    `individuals` (c,) names whom each class stands for, several for some, '' for nobody.

    >>> names = ["ann", "bob", "ann", ""]
    >>> ranked(np.eye(2, dtype=np.float32), np.eye(4, 2, dtype=np.float32), np.zeros(4, np.float32), names, 1).names
    array([['ann'],
           ['bob']], dtype='<U3')
    """
    logits = (vectors @ weight.T + bias).astype(np.float64)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    names, place = np.unique(np.array(individuals, np.str_), return_inverse=True)
    each = np.zeros((len(vectors), len(names)))
    np.add.at(each.T, place, odds.T)
    each, names = each[:, names != ""], names[names != ""]
    each /= each.sum(axis=1, keepdims=True)
    order = np.argsort(-each, axis=1, kind="stable")[:, :most]
    return Ranked(names[order], np.take_along_axis(each, order, axis=1))
