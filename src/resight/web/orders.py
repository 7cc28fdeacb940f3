"""The work that people ask for on the pages, each a command of this program for a worker."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from resight.catalogue.folder import kept_method, opened_method
from resight.catalogue.own_models import MODELS
from resight.detect.kept import FOLDER as DETECTORS
from resight.errors import ResightError
from resight.export.formats import SUFFIXES, Format
from resight.method import INSIDE, MASKED, PLAIN
from resight.work.jobs import Job, Order, State

EXPORTS = "exports"


class Kind(StrEnum):
    """What can be asked for."""

    IDENTIFY = "identify"
    DESCRIBE = "describe"
    DOUBTS = "doubts"
    PLANE = "plane"
    TRAIN = "train"
    TRAIN_DETECTOR = "train-detector"


def order_of(kind: Kind, catalogue: Path, by: str) -> Order:
    """The order for one of these; ResightError where this machine cannot do it."""
    folder = str(catalogue)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H%M%S")
    match kind:
        case Kind.IDENTIFY:
            return Order("Identify all that has no name", ("identify", folder, "--again", f"--by={by}"), by)
        case Kind.DESCRIBE:
            return Order("Describe what was corrected", ("describe", folder), by)
        case Kind.DOUBTS:
            return Order("Look for names that look wrong", ("doubts", folder), by)
        case Kind.PLANE:
            return Order("Place all animals on a plane", ("plane", folder), by)
        case Kind.TRAIN:
            _check_training()
            return Order("Train a model on the named photos", ("train", folder), by)
        case Kind.TRAIN_DETECTOR:
            _check_training()
            into = str(catalogue / DETECTORS / now)
            return Order("Train a detector on the boxes", ("train", folder, "--detector", "--into", into), by)


def export_as(format: Format, catalogue: Path, by: str) -> Order:
    """The order to write the whole catalogue as a file, which `exported` then finds."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H%M%S")
    into = catalogue / EXPORTS / f"{catalogue.name} {now} {format.value}.{SUFFIXES[format]}"
    return Order(f"Export as {format.value}", ("export", str(catalogue), str(into), "--format", format.value), by)


def exported(order: Order, catalogue: Path) -> Path | None:
    """The file that the job of an order wrote, if it is an export and the file is there."""
    if order.command[:1] != ("export",):
        return None
    file = catalogue / EXPORTS / Path(order.command[2]).name
    return file if file.is_file() else None


def compare_by(method: str, catalogue: Path, by: str) -> Order:
    """The order to describe everything by another method; ResightError for one that is not among `methods`."""
    if method not in methods(catalogue):
        raise ResightError(f"there is no method '{method}' here")
    there = opened_method(catalogue, method)
    return Order(f"Compare by {shown(method)}", ("describe", str(catalogue), "--method", there), by)


def methods(catalogue: Path) -> list[str]:
    """By what this catalogue can compare: what the program brings, and the models trained here, the latest first."""
    models = sorted((catalogue / MODELS).glob("*/model.onnx"), reverse=True)
    return [MASKED, INSIDE, PLAIN, *(kept_method(catalogue, f"onnx:{model}") for model in models)]


def shown(method: str) -> str:
    """A method's name as people read it.

    >>> shown("onnx:models/2026-11-28 101500/model.onnx"), shown("rootsift")
    ('the model 2026-11-28 101500', 'rootsift')
    """
    path = Path(method.removeprefix("onnx:"))
    return f"the model {path.parent.name}" if method.startswith("onnx:") else method


def once_more(job: Job, catalogue: Path, by: str) -> Order:
    """The order of a job, in the name of who asks.

    A training that has ended begins anew, with the names of today, and so does an export.
    """
    if job.order.command[:1] == ("export",):
        return export_as(Format(job.order.command[-1]), catalogue, by)
    ended = job.state in (State.DONE, State.PARTLY)
    if ended and job.order.command[:1] == ("train",):
        return order_of(Kind.TRAIN_DETECTOR if "--detector" in job.order.command else Kind.TRAIN, catalogue, by)
    return job.order.asked_by(by)


def can_train() -> bool:
    """Whether this machine has what a training needs."""
    return find_spec("torch") is not None and find_spec("pytorch_metric_learning") is not None


def _check_training() -> None:
    if not can_train():
        raise ResightError("training needs the extra 'train' where the worker runs: pip install 'resight[train]'")
