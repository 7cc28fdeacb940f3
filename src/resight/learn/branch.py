"""The branch of a siamese network, which makes the vectors that a head compares: given and fixed, or learning too."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resight.chip.mask import shipped
from resight.config import settings
from resight.errors import ResightError
from resight.evaluate.tables import read_annotations
from resight.learn.augment import augmented
from resight.learn.embed import embed, precision, tensor
from resight.learn.head_recipe import HeadTraining
from resight.learn.models import Embedder, started
from resight.learn.pictures import Pictures, read_pictures
from resight.learn.recipe import Training
from resight.learn.train import Tell, learned_from
from resight.types import Embeddings, Floats, Ints, Rejection, Side, Strings
from resight.work.processes import local_processes


@dataclass(frozen=True, slots=True)
class FixedBranch:
    """Vectors (m, d) made once; row i of some `Pictures` is vectors[photos[i]]."""

    made: Floats

    def vectors(self, pictures: Pictures) -> Floats:
        """Vectors (n, d) of the pictures."""
        return self.made[pictures.photos]

    def batch(self, pictures: Pictures, rows: Ints, rng: np.random.Generator) -> Tensor:
        """The same of some rows, to learn from."""
        del rng
        return torch.from_numpy(self.made[pictures.photos[rows]])


@dataclass(frozen=True, slots=True)
class LearningBranch:
    """A network that learns with the head."""

    network: Embedder
    recipe: HeadTraining

    def vectors(self, pictures: Pictures) -> Floats:
        """Vectors (n, d) of the pictures as they are, by the network as it stands."""
        return embed(self.network, pictures, np.arange(len(pictures)), self._training)

    def batch(self, pictures: Pictures, rows: Ints, rng: np.random.Generator) -> Tensor:
        """Vectors of some rows, each changed at random, to learn from."""
        seen = [augmented(pictures.picture(row), self.recipe.augmentation, rng) for row in rows.tolist()]
        with precision(self.network, self._training):
            vectors: Tensor = self.network(tensor(self.network, seen))
        return vectors.float()

    @property
    def _training(self) -> Training:
        return Training(precision=self.recipe.precision)


Branch = FixedBranch | LearningBranch


def model_of(branch: Path) -> Path:
    """The ONNX model that a path means: itself, or model.onnx of a training's folder; ResightError without one."""
    model = branch / "model.onnx" if branch.is_dir() else branch
    if not model.is_file():
        raise ResightError(f"there is no model {model}: give an .onnx file, or the folder of a training that ended")
    return model


def described(
    tables: Sequence[Path], model: Path, apart: bool, tell: Tell
) -> tuple[Pictures, FixedBranch, list[Rejection]]:
    """Who is on the named photos of these tables, and their vectors by this model; no pixels are kept.

    `apart`: the sides of an individual are told apart. ResightError where no photo has a name.
    """
    vectors, labels, rejected = [], [], []
    for table in tables:
        found, unread = read_annotations(
            table, f"onnx:{model}", local_processes(settings().workers),
            progress=lambda done, total: tell("Describing photos", done, total),
        )  # fmt: skip
        named = np.flatnonzero(found.labels.individual != "")
        assert isinstance(found.descriptors, Embeddings)
        vectors.append(found.descriptors.vectors[named])
        labels.append(found.labels.take(named))
        rejected += unread
    if not sum(map(len, labels)):
        raise ResightError(
            f"{', '.join(map(str, tables))}: no photo has an identity, so there is nothing to learn from"
        )
    individual, side, encounter = (
        np.concatenate([getattr(one, column) for one in labels]) for column in ("individual", "side", "encounter")
    )
    sided = np.char.add(np.char.add(individual, " "), side)
    flank = np.where((side != Side.UNKNOWN) & apart, sided, individual)
    return without_pixels(individual, flank, encounter), FixedBranch(np.concatenate(vectors)), rejected


def without_pixels(individual: Strings, flank: Strings, encounter: Strings) -> Pictures:
    """Who is on photos (n,) whose vectors, in the same order, are all that is looked at."""
    n = len(individual)
    nothing = np.zeros((0, 1, 1, 3), np.uint8)
    return Pictures(nothing, np.arange(n), np.zeros(n, np.bool_), individual, flank, encounter, np.full(n, ""))


def learned_from_vectors(pictures: Pictures, branch: FixedBranch) -> str:
    """A hash of who is on the photos, and of their vectors."""
    digest = hashlib.sha256("\n".join([*pictures.flank.tolist(), *pictures.encounter.tolist()]).encode())
    digest.update(np.ascontiguousarray(branch.made).tobytes())
    return digest.hexdigest()


def branch_of(
    recipe: HeadTraining, tables: Sequence[Path], folder: Path, tell: Tell, branch: Path | None
) -> tuple[Pictures, Branch, str, list[Rejection]]:
    """Who is on the tables' photos, the branch that is given or one that is to learn, and a hash of what it is shown.

    Photos that could not be read come last. ResightError where no photo has a name, or there is no such model.
    """
    apart = recipe.data.sides == "apart"
    if branch is not None:
        pictures, fixed, rejected = described(tables, model_of(branch), apart, tell)
        return pictures, fixed, learned_from_vectors(pictures, fixed), rejected
    pictures, rejected = read_pictures(
        tables, recipe.data.size, folder / "pictures.npy", lambda done, total: tell("Reading photos", done, total),
        apart=apart, look=recipe.data.look, foreground=shipped() if recipe.data.masked else None,
    )  # fmt: skip
    network = started(recipe.model, recipe.data.size)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return pictures, LearningBranch(network, recipe), learned_from(pictures), rejected
