"""A model of a catalogue's own animals: learned, compared with what there is, and kept only if it is better."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from resight.catalogue.own_models import OUTCOME
from resight.config import settings
from resight.errors import ResightError
from resight.evaluate.run import Annotations
from resight.evaluate.tables import read_annotations
from resight.learn.honest import Trial, parts, trial
from resight.learn.recipe import Data, Recipe, Training
from resight.learn.trained import trained_embedding
from resight.match.comparable import Sides
from resight.media.records import write_records
from resight.media.table import read_table
from resight.method import MASKS, Method, open_method, parted
from resight.types import Record
from resight.work.processes import local_processes
from resight.work.written import write

Tell = Callable[[str, int, int], None]
VECTORS = ("onnx", "openvino", "thumbnail")  # describers in whose place the new model comes, rather than beside them


@dataclass(frozen=True, slots=True)
class Improvement:
    """What came out: the method before, that with the new model, how both named photos, and the model if it is kept."""

    before: str
    after: str
    trial: Trial
    model: Path | None


def improve(
    table: Path, method: str, sides: Sides, folder: Path, tell: Tell, recipe: Recipe | None = None
) -> Improvement:
    """Learn from the named photos of a table, into a folder; started again, it goes on where it was.

    A first model learns from a part of them, and is compared with `method` on others (see `learn.honest`). Only if the
    names are better with it than without, a second one learns from all, and is the one that is kept. ResightError where
    too few individuals were met twice, and as `train` does.
    """
    chosen = recipe or own_recipe(method)
    records = [row for row in read_table(table) if isinstance(row, Record) and row.identity]
    before = open_method(method)
    old = _described(table, before, len(records), tell)
    dealt = parts(old.labels)
    (folder / "trial").mkdir(parents=True, exist_ok=True)
    learned = write_records(
        folder / "trial" / "learned.csv",
        [one for one, taken in zip(records, dealt.learned.tolist(), strict=True) if taken],
    )
    model = folder / "trial" / "model.onnx"
    if not model.exists():
        trained_embedding(chosen, [learned], folder / "trial", _told("Trial", tell))
    after = open_method(with_embedding(method, model))
    new = _described(table, after, len(records), tell)
    told = trial(
        old.labels, dealt, (old, before.matcher), (new, after.matcher), sides,
        lambda done, total: tell("Asking both about the same photos", done, total),
    )  # fmt: skip
    kept = None
    if told.better:
        kept = folder / "model.onnx"
        if not kept.exists():
            trained_embedding(chosen, [table], folder, _told("All photos", tell))
    return Improvement(method, with_embedding(method, kept or model), told, kept)


def write_outcome(done: Improvement, folder: Path) -> None:
    """Write what came out beside the models: the training is finished."""
    model = None if done.model is None else str(done.model)
    told = {"before": done.before, "after": done.after, "model": model, "trial": asdict(done.trial)}
    write(folder / OUTCOME, json.dumps(told, indent=1).encode())


def own_recipe(method: str) -> Recipe:
    """How one's own animals are learned where nobody says otherwise: masked if the method masks them."""
    masked = MASKS.search(parted(method)[0]) is not None
    return Recipe(data=Data(size=128, masked=masked), training=Training(epochs=20, patience=8))


def with_embedding(method: str, model: Path) -> str:
    """The method with a model's vectors: beside local features, or in place of other vectors.

    >>> with_embedding("rootsift:inside+mask", Path("m.onnx"))
    'together:rootsift:inside&onnx:m.onnx+mask@joint'
    >>> with_embedding("onnx:old.onnx+mask@cosine", Path("m.onnx"))
    'onnx:m.onnx+mask'
    >>> with_embedding("together:rootsift&onnx:old.onnx@joint", Path("m.onnx"))
    'together:rootsift&onnx:m.onnx@joint'
    """
    described, _ = parted(method)
    masks = MASKS.search(described)
    described = MASKS.sub("", described)
    names = described.removeprefix("together:").split("&") if described.startswith("together:") else [described]
    others = [name for name in names if name.partition(":")[0] not in VECTORS]
    together = f"together:{'&'.join([*others, f'onnx:{model}'])}" if others else f"onnx:{model}"
    return f"{together}{masks[0] if masks else ''}{'@joint' if others else ''}"


def _described(table: Path, method: Method, named: int, tell: Tell) -> Annotations:
    """All named photos of the table, in its order; ResightError where some cannot be read."""
    found, _ = read_annotations(
        table, method.name, local_processes(settings().workers),
        progress=lambda done, total: tell(f"Describing by {method.describer.name}", done, total),
    )  # fmt: skip
    chosen = np.flatnonzero(found.labels.individual != "")
    if len(chosen) < named:
        raise ResightError(
            f"{named - len(chosen)} of {named} named photos cannot be read: bring them back (resight relink), so that "
            "both methods are asked about the same ones"
        )
    return found.take(chosen)


def _told(what: str, tell: Tell) -> Tell:
    return lambda step, done, total: tell(f"{what}: {step}", done, total)
