"""One file says everything of a comparison head's training; it is saved beside the head."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from resight.learn.heads import Kind
from resight.learn.recipe import Augmentation, Data, Model


class HeadTraining(BaseModel):
    """A whole training of a head.

    Where the branch, the network that makes the vectors, is given and stays as it is, `data` says who is held out, and
    nothing of `model`, `augmentation` and `branch_rate` counts; nor do the pictures' size and mirror images.

    >>> HeadTraining(kind="l1").mining
    'easy-to-hard'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "shared"
    hidden: int = Field(32, ge=1, description="units of the neural head")
    mining: Literal["random", "easy-to-hard", "assignment"] = "easy-to-hard"
    hardest: float = Field(0.5, ge=0, le=1, description="of the different pairs, in the last epoch of easy-to-hard")
    epochs: int = Field(60, ge=1)
    batch: int = Field(64, ge=2, description="pairs")
    learning_rate: float = Field(1e-3, gt=0)
    branch_rate: float = Field(1e-4, gt=0, description="learning rate of a branch that learns too")
    l2: float = Field(1e-4, ge=0, description="penalty on squared weights")
    patience: int = Field(20, ge=1, description="epochs without a better validation, after which it stops")
    precision: Literal["float32", "bfloat16"] = "float32"
    seed: int = Field(0, ge=0)
    data: Data = Data()
    model: Model = Model()
    augmentation: Augmentation = Augmentation()
