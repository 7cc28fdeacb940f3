"""resight loop: from films of animals without names to names, and a model that knows them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resight.cli.console import Tell, list_rejected, out, progress, say, user, warn, write_json
from resight.cli.options import By, Json
from resight.cli.train import check_installed
from resight.errors import ResightError
from resight.types import Rejection

if TYPE_CHECKING:
    from resight.loop.questions import Question
    from resight.loop.rounds import State

WAITING = 2
AT_ONCE = 100  # questions on a page, the likeliest: more would tire, and each answer settles others


def loop(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Films, in the order in which they were made; or the table of `resight track`."),
    ],
    into: Annotated[Path, typer.Option(help="The folder of this loop.")],
    model: Annotated[Path | None, typer.Option(help="With films: a detector, an ONNX model.")] = None,
    answers: Annotated[Path | None, typer.Option(help="What the page of questions saved.")] = None,
    parts: Annotated[
        int | None, typer.Option(help="Meet the tracks in so many parts, one more each round.  [default: 4]", min=2)
    ] = None,
    trust: Annotated[
        float | None,
        typer.Option(
            help="The share of answers that are right; more trust, fewer questions.  [default: 0.95]",
            min=0.6,
            max=0.999,
        ),
    ] = None,
    least: Annotated[
        float | None,
        typer.Option(
            help="Ask of pairs that are one animal with this chance or more.  [default: 0.1]", min=0.01, max=0.99
        ),
    ] = None,
    spots: Annotated[
        str | None, typer.Option(help="A method by which tracks are compared beside the model.  [default: patches]")
    ] = None,
    recipe: Annotated[Path | None, typer.Option(help="How to train: a TOML file, as for `resight train`.")] = None,
    by: By = None,
    json: Json = None,
) -> None:
    """Name animals of which nobody knows a name yet, and train the model that tells them apart.

    Every track begins as an animal of its own. A model learns from the first part of them and looks at the next; where
    two tracks look like one animal, you are asked, on a page that needs no network. Save your answers there and start
    the command again with --answers: it learns from them, looks at the next part, and asks on, until all is done. What
    surprises or contradicts is asked again. Stopped at any moment, the same command goes on.

    At the end named.csv says who each track is, and model.onnx tells them apart. Exit code 2: questions wait.

    Example: resight loop monday.mp4 tuesday.mp4 --model detector.onnx --into salmon
    """
    check_installed()
    from pydantic import ValidationError

    from resight.config import settings
    from resight.learn.recipe import Recipe, read_recipe
    from resight.loop.page import batch_of, read_replies, write_page
    from resight.loop.rounds import Plan, run_loop
    from resight.loop.tracks import tracks_of
    from resight.work.processes import local_processes

    # A loop that was begun goes on as it was begun, so that nothing need be said twice.
    begun = read_recipe(into / "plan.toml", Plan) if (into / "plan.toml").exists() else Plan()
    said = {"parts": parts, "trust": trust, "least": least, "spots": spots}
    try:
        plan = Plan.model_validate(
            begun.model_dump() | {name: value for name, value in said.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise ResightError(f"--{first['loc'][0]} {first['input']}: {first['msg']}") from error
    how = recipe or (into / "recipe.toml" if (into / "recipe.toml").exists() else None)
    chosen = read_recipe(how, Recipe) if how else Recipe()
    page = into / "questions.html"
    again = ["resight", "loop", *map(str, sources), "--into", str(into)]
    again += [*(["--model", str(model)] if model else []), *(["--by", by] if by else [])]
    with progress() as tell:
        table, rejected = _table(sources, into, model, tell)
        tracks, unread = tracks_of(table)
        saved = answers

        def review(asked: Sequence[Question]) -> Mapping[int, bool | None]:
            nonlocal saved
            asked = asked[:AT_ONCE]
            log = into / "answers.csv"
            batch = batch_of(tracks, asked, log.stat().st_size if log.exists() else 0)
            if saved is not None:
                replies, saved = read_replies(saved, batch, len(asked)), None
                if replies:
                    return replies
            tell("Writing the questions", 0, 0)
            write_page(page, tracks, asked, batch, shlex.join([*again, "--answers", "ANSWERS"]))
            return {}

        state = run_loop(tracks, into, plan, chosen, review, by or user(), local_processes(settings().workers), tell)
    if not state.waiting:
        page.unlink(missing_ok=True)
    if saved is not None:
        warn(f"{saved} was not used: no question waits")
    rejected = [*rejected, *unread, *state.rejected]
    list_rejected(rejected)
    _tell(state, into, page)
    write_json(
        json,
        {
            "rounds": [asdict(one) for one in state.rounds],
            "waiting": min(len(state.waiting), AT_ONCE),
            "questions": str(page) if state.waiting else None,
            "individuals": int(state.individuals.of.max()) + 1,
            "named": str(into / "named.csv") if state.rounds else None,
            "model": str(into / "model.onnx") if state.rounds else None,
            "rejected": [{"path": str(one.path), "reason": one.reason} for one in rejected],
        },
    )
    if state.waiting:
        raise typer.Exit(WAITING)
    if rejected:
        raise typer.Exit(1)


def _table(sources: Sequence[Path], into: Path, model: Path | None, tell: Tell) -> tuple[Path, list[Rejection]]:
    """The table of tracks: the one given, or that of the films, those followed that are not yet."""
    from resight.cli.track import found_in
    from resight.loop.films import follow_films

    if len(sources) == 1 and sources[0].suffix.lower() == ".csv":
        return sources[0], []
    if model is None:
        raise ResightError("films need a detector: name it with --model; or give one table of `resight track`")
    return follow_films(sources, into, lambda film: found_in(film, model, 1, 0.1, tell), tell)


def _tell(state: State, into: Path, page: Path) -> None:
    from rich.table import Table

    if state.rounds:
        shown = Table(box=None, padding=(0, 2, 0, 0))
        for heading in ("round", "tracks", "animals", "questions", "same", "different", "unsure", "asked again"):
            shown.add_column(heading, justify="right")
        for one in state.rounds:
            numbers = (one.number, one.tracks, one.individuals, one.questions, one.same, one.different, one.unsure)
            shown.add_row(*map(str, numbers), str(one.again))
        out.print(shown)
    if state.waiting:
        many = min(len(state.waiting), AT_ONCE)
        say(f"{many} questions wait: open {page} in a browser, answer, save,")
        say("and start the same command with --answers and what you saved.")
    else:
        say(f"Done: {int(state.individuals.of.max()) + 1} animals. Their catalogue:")
        say(f"resight add CATALOGUE --table {into / 'named.csv'}")
        say(f"The model that tells them apart: {into / 'model.onnx'}")
