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
    into: Annotated[
        Path | None, typer.Option(help="The folder of this training; a catalogue's own, if left out.")
    ] = None,
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

    Of a catalogue alone: learns from a part of its named photos, compares what came out with how the catalogue names
    now, on encounters and animals that were not learned from, and tells both figures. Only if it is better, it learns
    from all, and the catalogue compares by it from then on; going back is quick (resight describe --method).

    With --into: the folder gets model.onnx, which works without torch: `resight init --method onnx:FOLDER/model.onnx`.
    Stopped at any moment, the same command goes on after the last finished epoch. Needs the extra: pip install
    'resight[train]'.

    Example: resight train whales
    Example: resight train heads/metadata.csv --into salmon
    """
    check_installed()
    if into is None:
        if len(tables) > 1 or not _is_catalogue(tables[0]) or thesis or detector or head:
            raise ResightError("where shall it go? Name a folder with --into")
        _improve(tables[0], recipe)
        return
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


def _is_catalogue(path: Path) -> bool:
    from resight.catalogue.folder import SETTINGS

    return (path / SETTINGS).is_file()


def _improve(catalogue: Path, recipe: Path | None) -> None:
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.own_models import begun
    from resight.cli.describe import describe
    from resight.export.training import training_table
    from resight.learn.improve import improve, write_outcome
    from resight.learn.recipe import Recipe, read_recipe
    from resight.match.comparable import Sides
    from resight.method import MASKED

    with open_catalogue(catalogue) as opened:
        method, sides = opened.settings.method or MASKED, Sides(opened.settings.sides)
        folder = begun(catalogue)
        table = training_table(opened, folder / "named.csv", boxes=False)
    with progress() as tell:
        done = improve(table, method, sides, folder, tell, read_recipe(recipe, Recipe) if recipe else None)
    for who, gain in (
        ("animals it learned, in other encounters", done.trial.seen),
        ("animals it never saw", done.trial.unseen),
        ("both together", done.trial.everyone),
    ):
        say(
            f"{gain.photos:>6} photos of {who}: {gain.before:.1%} named rightly before, {gain.after:.1%} with the model"
        )
    told = done.trial.everyone.gain
    interval = "" if told is None or told.low is None else f" (95%: {told.low:+.1%} to {told.high:+.1%})"
    say(f"Gain: {done.trial.everyone.after - done.trial.everyone.before:+.1%}{interval}")
    if done.model is None:
        write_outcome(done, folder)
        say(f"That is not surely better, so {catalogue} goes on comparing by {done.before}.")
        return
    say("That is better: the catalogue is described anew, and compares by the model when all are.")
    describe(catalogue, done.after)
    write_outcome(done, folder)


def _table(path: Path, into: Path, boxes: bool) -> Path:
    from resight.catalogue.folder import open as open_catalogue
    from resight.export.training import training_table

    if not _is_catalogue(path):
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
