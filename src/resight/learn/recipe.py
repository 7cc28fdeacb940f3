"""One file says everything of a training; it is saved with the weights."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from resight.chip.look import Look
from resight.errors import ResightError

PLAIN_SIZE = 64  # cnn3's last map is pooled to whole cells
START = r"^(imagenet|random|.+\.pt)$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(_Part):
    """What is learned from: how large the pictures are, which are left out, and how many individuals are held out."""

    size: int = Field(175, ge=32, description="pixels of the model's square input")
    held_out: float = Field(0.1, gt=0, lt=1, description="share of the individuals that only validate")
    least_photos: int = Field(2, ge=2, description="sides of individuals with fewer photos are left out")
    mirrored: bool = Field(True, description="a mirrored flank is learned as one of another individual")
    sides: Literal["apart", "together"] = Field("apart", description="an animal's sides are learned as two, or as one")
    validate_on: Literal["individuals", "photos"] = Field("individuals", description="what is held out")
    masked: bool = Field(False, description="a network masks the photos that bring no mask")
    look: Look = Field(Look.COLOUR, description="what is left of the colours: 'colour', 'grey', or 'binarised'")

    @model_validator(mode="after")
    def _one_kind_of_side(self) -> Self:
        if self.mirrored and self.sides == "together":
            raise ValueError(
                'sides = "together" goes with mirrored = false: a mirrored left flank would look like a right one of '
                "another individual"
            )
        return self


class Model(_Part):
    """The network: a name of `learn.models`, or `timm:NAME`. `unit`: its vectors are brought to length 1."""

    name: str = "fishnet2"
    dimensions: int = Field(128, ge=2)
    unit: bool = True
    start: str = Field("imagenet", pattern=START, description="or random, or the weights.pt of a like training")


class Augmentation(_Part):
    """How a photo is changed each time it is seen. Shares are of the picture's size, or chances."""

    shift: float = Field(0.06, ge=0)
    rotation: float = Field(12.0, ge=0, description="degrees")
    scale: float = Field(0.12, ge=0)
    shear: float = Field(0.08, ge=0)
    channel_shift: float = Field(0.12, ge=0, description="of the full range, for each channel")
    contrast: float = Field(0.5, ge=0)
    noise: float = Field(0.03, ge=0, description="of the full range")
    blur: float = Field(0.4, ge=0, le=1, description="chance, out of focus or by movement")
    glare: float = Field(0.15, ge=0, le=1, description="chance")
    hidden: float = Field(0.2, ge=0, le=1, description="chance that a part is covered")


class Training(_Part):
    """How it is learned. `way` 'batches' is ours; 'thesis' is that of FishNet, whose own numbers are in `THESIS`."""

    way: Literal["batches", "thesis"] = "batches"
    epochs: int = Field(40, ge=1)
    individuals: int = Field(16, ge=2, description="in a batch")
    photos: int = Field(4, ge=2, description="of each individual in a batch; in the thesis' way: in the pool")
    alike: int = Field(1, ge=1, description="individuals of one table and part that come to a batch together")
    batches: int = Field(0, ge=0, description="in an epoch; 0: as many as show every photo about once")
    arcface: float = Field(1.0, ge=0, description="weight of the ArcFace loss")
    contrastive: float = Field(1.0, ge=0, description="weight of the supervised contrastive loss")
    triplet: float = Field(0.0, ge=0, description="weight of the triplet loss, mined in the batch")
    triplets: Literal["all", "hard", "semihard"] = Field("all", description="which that break the margin are mined")
    margin: float = Field(0.2, gt=0, description="of triplets, in squared distances")
    pairs: float = Field(0.0, ge=0, description="weight of the contrastive loss over pairs of a siamese network")
    pair_margin: float = Field(2.0, gt=0, description="of pairs, a distance")
    softmax: float = Field(0.0, ge=0, description="weight of the cross-entropy of a classifier on the vectors")
    learning_rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(1e-4, ge=0)
    warmup: int = Field(1, ge=0, description="epochs")
    averaged: float = Field(0.99, ge=0, lt=1, description="of the mean weights, kept at each batch; 0: the last ones")
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    kept: Literal["best", "last"] = Field("best", description="whose weights: few that validate choose by chance")
    patience: int = Field(12, ge=1, description="epochs without a better validation, after which it stops")
    seed: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _something_to_learn(self) -> Self:
        weights = (self.arcface, self.contrastive, self.triplet, self.pairs, self.softmax)
        if self.way == "batches" and not any(weights):
            raise ValueError(
                "arcface, contrastive, triplet, pairs and softmax are all 0: give at least one of these losses a weight"
            )
        return self


class Recipe(_Part):
    """A whole training.

    >>> Recipe().model.name
    'fishnet2'
    """

    data: Data = Data()
    model: Model = Model()
    augmentation: Augmentation = Augmentation()
    training: Training = Training()

    @model_validator(mode="after")
    def _size_fits_the_network(self) -> Self:
        if self.model.name == "cnn3" and self.data.size % PLAIN_SIZE:
            raise ValueError(f"cnn3 takes pictures whose size is a multiple of {PLAIN_SIZE}, not {self.data.size}")
        return self


THESIS = Recipe(
    data=Data(mirrored=False),
    augmentation=Augmentation(
        shift=0.1, rotation=30, scale=0, shear=0, channel_shift=0.1, contrast=0, noise=0, blur=0, glare=0, hidden=0
    ),
    training=Training(
        way="thesis", epochs=200, photos=10, margin=0.2, learning_rate=1e-3, weight_decay=0, warmup=0,
        averaged=0, precision="float32", patience=200,
    ),
)  # fmt: skip


class DetectorRecipe(_Part):
    """A whole training of a detector: FCOS on MobileNetV2.

    The input's sides are multiples of 32. `augment` is how strongly pictures are scaled and shifted.
    """

    width: int = Field(448, ge=64, multiple_of=32)
    height: int = Field(448, ge=64, multiple_of=32)
    channels: int = Field(96, ge=32, multiple_of=32, description="of the pyramid of features")
    start: str = Field("imagenet", pattern=START, description="or random, or the weights.pt of a like training")
    epochs: int = Field(30, ge=1)
    batch: int = Field(8, ge=1)
    learning_rate: float = Field(6e-4, gt=0)
    weight_decay: float = Field(1e-3, ge=0)
    augment: float = Field(0.35, ge=0, lt=1)
    held_out: float = Field(0.15, gt=0, lt=1, description="share of the clips, or photos, that only validate")
    patience: int = Field(10, ge=1)
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    seed: int = Field(0, ge=0)


R = TypeVar("R", bound=BaseModel)


def read_recipe(path: Path, kind: type[R]) -> R:
    """A recipe from its TOML file; what it leaves out is as in `kind()`. ResightError where it makes no sense."""
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ResightError(f"{path}: this is no TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ResightError(f"{path}: {where}: {first['msg']}") from error


def toml(recipe: BaseModel) -> str:
    """The recipe as TOML, every number in it."""
    lines: list[str] = []
    for name, value in recipe.model_dump().items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_value(held)}" for key, held in value.items())]
        else:
            lines.append(f"{name} = {_value(value)}")
    return "\n".join(lines).lstrip() + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)
