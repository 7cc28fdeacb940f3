"""The folder of a training: its recipe, its state after every epoch, and a lock that keeps a second training out."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from resight.errors import ResightError
from resight.learn.recipe import toml
from resight.work.written import write

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to. `triplets` is how many were usable, in the thesis' way.

    `validation_loss`, `tpr` at FPR 1%, `mean_tpr` and `auc` are of individuals it does not learn from.
    """

    epoch: int
    loss: float
    validation_loss: float
    tpr: float
    mean_tpr: float
    auc: float
    triplets: int
    images_per_second: float
    seconds: float


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder; ResightError where another training holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "training.lock", timeout=0):
            yield
    except Timeout:
        raise ResightError(
            f"another training is at work in {folder}: wait until it has ended, or name another folder"
        ) from None


def settle(path: Path, recipe: BaseModel, begun: bool, other: str = "a training by another recipe") -> None:
    """Write the recipe; where something was learned by the one that is there, see that it is the same.

    One that is silent about a number means its default, as do those that were written before there was such a number.
    ResightError where it is another: then the folder holds `other`.
    """
    text = toml(recipe)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    if path.exists() and begun and not _says(path, recipe):
        raise ResightError(f"{path.parent} holds {other} (see {path}): name another folder, or give the same again")
    write(path, text.encode())


def _says(path: Path, recipe: BaseModel) -> bool:
    try:
        return type(recipe).model_validate(tomllib.loads(path.read_text(encoding="utf-8"))) == recipe
    except (tomllib.TOMLDecodeError, ValidationError):
        return False


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write what is needed to go on, in place of what was there."""
    write(folder / "state.pt", in_memory(state))


def load_state(folder: Path) -> dict[str, Any] | None:
    """What was saved last, None at the start; ResightError where it is damaged."""
    path = folder / "state.pt"
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises what the pickle inside makes it raise
        raise ResightError(f"{path} is damaged: delete it to begin this training anew") from error
    return state


def write_history(folder: Path, history: Sequence[DataclassInstance], name: str = "history.csv") -> None:
    """Write all epochs, or rounds, at least one, as a table with a column for each of their fields."""
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(history[0])], lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(epoch) for epoch in history)
    write(folder / name, text.getvalue().encode())


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array in one step."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    write(path, buffer.getvalue())


def in_memory(state: object) -> bytes:
    """A state as torch saves it. A full disk then shows as an OSError, and nothing was written over."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()
