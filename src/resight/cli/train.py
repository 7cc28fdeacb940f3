"""resight train: a recognition model, or a detector, from one's own photos."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import list_rejected, progress, say
from resight.errors import ResightError


class HeadKind(StrEnum):
    """What compares two vectors; see docs/methods/whale-siamese.md."""

    NEURAL = "neural"
    L1 = "l1"
    SHARED = "shared"


def train(
    tables: Annotated[
        list[Path],
        typer.Argument(
            help="Tables of named photos (or, with --detector, of boxes), or catalogues.", metavar="TABLE|CATALOGUE..."
        ),
    ],
    into: Annotated[Path, typer.Option(help="The folder of this training.")],
    recipe: Annotated[
        Path | None, typer.Option(help="A TOML file; see docs/films.md. Without it, the default.")
    ] = None,
    thesis: Annotated[bool, typer.Option("--thesis", help="Train as the thesis FishNet did.")] = False,
    detector: Annotated[bool, typer.Option("--detector", help="Learn where animals are, from boxes.")] = False,
    head: Annotated[
        HeadKind | None, typer.Option(help="Learn to compare two photos, instead of a distance between vectors.")
    ] = None,
    branch: Annotated[
        Path | None,
        typer.Option(help="With --head: the model that makes the vectors; without it, one learns with the head."),
    ] = None,
) -> None:
    """Train a model that tells your animals apart, on photos whose animals are named.

    The folder gets model.onnx, which works without torch: `resight init --method onnx:FOLDER/model.onnx`. Stopped at
    any moment, the same command goes on after the last finished epoch. Needs the extra: pip install 'resight[train]'.

    Example: resight train heads/metadata.csv --into salmon
    """
    check_installed()
    tables = [_table(path, into, detector) for path in tables]
    if thesis and (recipe or detector):
        raise ResightError("--thesis is a whole recipe: it goes with neither --recipe nor --detector")
    if head and (thesis or detector):
        raise ResightError("--head is a training of its own: it goes with neither --thesis nor --detector")
    if branch and not head:
        raise ResightError("--branch names the model whose vectors a head compares: name the kind of head by --head")
    if head:
        _head(tables, into, recipe, head, branch)
    elif detector:
        _detector(tables, into, recipe)
    else:
        _model(tables, into, recipe, thesis)


def _table(path: Path, into: Path, boxes: bool) -> Path:
    from resight.catalogue.folder import SETTINGS
    from resight.catalogue.folder import open as open_catalogue
    from resight.export.training import training_table

    if not (path / SETTINGS).is_file():
        return path
    with open_catalogue(path) as opened:
        return training_table(opened, into / f"from {path.name}.csv", boxes)


def _model(tables: list[Path], into: Path, recipe: Path | None, thesis: bool) -> None:
    from resight.learn.recipe import THESIS, Recipe, read_recipe
    from resight.learn.train import train as learn
    from resight.learn.trained import write_embedding

    chosen = read_recipe(recipe, Recipe) if recipe else THESIS if thesis else Recipe()
    with progress() as tell:
        done = learn(chosen, tables, into, tell)
        write_embedding(done, chosen, into, tell)
    list_rejected(done.rejected, in_json=False)
    best = done.best
    kept = "the best was" if chosen.training.kept == "best" else "kept is"
    say(f"{len(done.history)} epochs; {kept} epoch {best.epoch + 1}: {best.tpr:.1%} of the pairs of one animal")
    say(f"recognised at 1 false match in 100, on {chosen.data.validate_on} that it did not learn from.")
    masks, lengths = "+mask" if chosen.data.masked else "", "" if chosen.model.unit else "@euclidean"
    say(f"Use it: resight init CATALOGUE --method onnx:{into / 'model.onnx'}{masks}{lengths}")
    if done.rejected:
        raise typer.Exit(1)


def _head(tables: list[Path], into: Path, recipe: Path | None, kind: HeadKind, branch: Path | None) -> None:
    from resight.learn.head_recipe import HeadTraining
    from resight.learn.recipe import read_recipe
    from resight.learn.train_head import train_head

    chosen = read_recipe(recipe, HeadTraining) if recipe else HeadTraining()
    chosen = chosen.model_copy(update={"kind": kind.value})
    with progress() as tell:
        done = train_head(chosen, tables, into, tell, branch)
    list_rejected(done.rejected, in_json=False)
    best = done.best
    say(f"{len(done.history)} epochs; the best was epoch {best.epoch + 1}: {best.tpr:.1%} of the pairs of one animal")
    say(f"recognised at 1 false match in 100, on {chosen.data.validate_on} that it did not learn from.")
    say(f"Use it: resight init CATALOGUE --method {done.method}")
    if done.rejected:
        raise typer.Exit(1)


def _detector(boxes: list[Path], into: Path, recipe: Path | None) -> None:
    from resight.detect.labels import read_boxes
    from resight.learn.detector import Exported
    from resight.learn.export import export_detector
    from resight.learn.recipe import DetectorRecipe, read_recipe
    from resight.learn.train_detector import train_detector

    chosen = read_recipe(recipe, DetectorRecipe) if recipe else DetectorRecipe()
    read = [read_boxes(path) for path in boxes]
    photos = [photo for found, _ in read for photo in found]
    rejected = [one for _, unread in read for one in unread]
    with progress() as tell:
        done = train_detector(chosen, photos, into, tell)
        tell("Writing detector.onnx", 0, 0)
        shown = Exported(done.network, chosen.height, chosen.width)
        export_detector(shown, chosen.height, chosen.width, into / "detector.onnx")
    rejected += done.rejected
    list_rejected(rejected, in_json=False)
    say(f"{len(done.history)} epochs; the best was epoch {done.best.epoch + 1}: AP {done.best.ap50:.3f} at IoU 0.5,")
    say("on clips, or photos, that it did not learn from.")
    say(f"Use it: resight track FILM --model {into / 'detector.onnx'} --into FOLDER")
    if rejected:
        raise typer.Exit(1)


def check_installed() -> None:
    """ResightError where the extra is missing."""
    try:
        import pytorch_metric_learning  # noqa: F401
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        raise ResightError(
            f"training needs {error.name}, which is not installed: pip install 'resight[train]'"
        ) from error
