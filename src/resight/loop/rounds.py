"""The closed loop: learn from the tracks so far, look at the next, ask of what is near, learn again."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from resight.errors import ResightError
from resight.learn.export import export_embedder
from resight.learn.folder import locked, settle, write_history
from resight.learn.recipe import Recipe, toml
from resight.learn.train import train
from resight.loop.alike import spot_scores, track_vectors
from resight.loop.answers import Answer, append_answers, read_answers
from resight.loop.individuals import Individuals
from resight.loop.named import write_learned, write_named
from resight.loop.questions import Question, questions
from resight.loop.tracks import Tracks
from resight.loop.view import places_of, view_of
from resight.method import open_method
from resight.types import Floats, Rejection
from resight.work.processes import Executor

COUNTED = ("number", "tracks", "individuals", "questions", "again", "same", "different", "unsure")
Tell = Callable[[str, int, int], None]
Review = Callable[[Sequence[Question]], Mapping[int, bool | None]]


class Plan(BaseModel):
    """How the loop goes; it is saved in its folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: int = Field(4, ge=2, description="the tracks are met in so many parts, one more in every round")
    trust: float = Field(0.95, gt=0.5, lt=1, description="the share of answers that are right")
    least: float = Field(0.1, gt=0, lt=1, description="pairs that are less likely one animal are not asked of")
    spots: str = Field("patches", description="a method by which tracks are compared besides the model")
    early: float = Field(0.3, gt=0, lt=1, description="the same before the last round: the next model will know better")
    tracks: str = Field("", description="which tracks these are: their fingerprint, written by the loop itself")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to. `again` is how many of the questions were asked before; `tpr` is that of its model."""

    number: int
    tracks: int
    individuals: int
    questions: int
    again: int
    same: int
    different: int
    unsure: int
    tpr: float


@dataclass(frozen=True, slots=True)
class State:
    """Where the loop stands: rounds that are done, who each track is, and what waits for an answer, if anything."""

    rounds: tuple[Round, ...]
    individuals: Individuals
    waiting: tuple[Question, ...]
    rejected: tuple[Rejection, ...]


def run_loop(
    tracks: Tracks, folder: Path, plan: Plan, recipe: Recipe, review: Review, by: str, executor: Executor, tell: Tell
) -> State:
    """Go on from where the folder stands, until all is done or `review` gives no answers yet.

    Round k learns from the first k parts of the tracks, and shows k + 1 of them. Every round after the first begins
    with the weights of the one before, and takes half the recipe's epochs. `review` is given pairs of tracks, and says
    of each, by its place, whether they are one animal, or None where nobody can tell. What it leaves out is asked
    later; where it says nothing, the loop stops until it is started again. Answers are on the disk before the next
    question. At the end `named.csv` says who each track is, and `model.onnx` is the last model.

    Raises ResightError where the folder holds another loop, or another training works in it. Until something was
    learned there, another plan or recipe takes the place of the one before.
    """
    with locked(folder):
        ends = _ends(len(tracks), plan.parts)
        _settle(folder, plan.model_copy(update={"tracks": tracks.fingerprint}), recipe)
        rounds = read_rounds(folder)
        spots = spot_scores(tracks, plan.spots, folder / "spots.npy", executor, tell)
        while True:
            number = min(len(rounds) + 1, plan.parts)
            home = folder / f"round-{number}"
            shown = ends[min(number, plan.parts - 1)]
            _learn(tracks, folder, number, ends, spots, plan, recipe, tell)
            vectors, unread = track_vectors(tracks, shown, home / "model.onnx", home, executor, tell)
            while True:
                answers = read_answers(folder / "answers.csv")
                view = view_of(tracks, folder, number, vectors, spots, answers, plan.trust)
                if len(rounds) == plan.parts:
                    return State(tuple(rounds), view.found, (), tuple(unread))
                least = plan.least if number == plan.parts else max(plan.least, plan.early)
                asked = questions(view, plan.trust, least, _unsure_now(tracks, answers, number))
                if not asked:
                    break
                said = review(asked)
                if not said:
                    return State(tuple(rounds), view.found, tuple(asked), tuple(unread))
                _keep(tracks, folder, number, asked, said, by)
            rounds.append(_round(number, shown, view.found, answers, _best_tpr(home)))
            write_named(home / "named.csv", tracks, view.found.of)
            for result in ("named.csv", "model.onnx"):
                shutil.copyfile(home / result, folder / result)
            write_history(folder, rounds, "rounds.csv")
            for large in ("pictures.npy", "state.pt"):
                (home / large).unlink(missing_ok=True)


def read_rounds(folder: Path) -> list[Round]:
    """The rounds that are done."""
    path = folder / "rounds.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Round(**{name: int(row[name]) for name in COUNTED}, tpr=float(row["tpr"])) for row in csv.DictReader(file)
        ]


def _ends(tracks: int, parts: int) -> list[int]:
    """After how many tracks each part ends."""
    ends = [round(tracks * (part + 1) / parts) for part in range(parts)]
    if tracks < 4 * parts:
        raise ResightError(f"{tracks} tracks are too few for {parts} parts: there must be 4 or more in each")
    return ends


def _settle(folder: Path, plan: Plan, recipe: Recipe) -> None:
    """Write plan and recipe, or see that they are those that the loop was begun with."""
    first, planned = folder / "round-1", folder / "plan.toml"
    begun = any((first / name).exists() for name in ("state.pt", "model.onnx"))
    if not begun:
        open_method(plan.spots)
        if not planned.exists() or planned.read_text(encoding="utf-8") != toml(plan):
            # They follow from the plan, and this one is new.
            for derived in (folder / "spots.npy", first / "learn.csv"):
                derived.unlink(missing_ok=True)
    settle(planned, plan, begun, "a loop by another plan, or of other tracks")
    settle(folder / "recipe.toml", recipe, begun, "a loop by another recipe")


def _learn(
    tracks: Tracks,
    folder: Path,
    number: int,
    ends: Sequence[int],
    spots: Floats,
    plan: Plan,
    recipe: Recipe,
    tell: Tell,
) -> None:
    """Train the model of a round, if it is not there."""
    home, before = folder / f"round-{number}", folder / f"round-{number - 1}"
    table, known = home / "learn.csv", ends[number - 1]
    if not table.exists():
        home.mkdir(exist_ok=True)
        answers = read_answers(folder / "answers.csv")
        of, open_ = np.arange(known), set[int]()
        if number > 1:
            view = view_of(tracks, folder, number - 1, np.load(before / "vectors.npy"), spots, answers, plan.trust)
            of = view.found.of[:known]
            # The later of two that may be one animal: learned as another one, it would teach the wrong thing.
            open_ = {pair.second for pair in view.beliefs if not pair.settled(plan.trust)}
        write_learned(table, tracks, of, open_)
    if not (home / "model.onnx").exists():
        if number > 1:
            how = recipe.training.model_copy(update={"epochs": max(1, recipe.training.epochs // 2)})
            model = recipe.model.model_copy(update={"start": str((before / "weights.pt").absolute())})
            recipe = recipe.model_copy(update={"training": how, "model": model})
        done = train(
            recipe, [table], home, lambda what, n, of: tell(f"Round {number} of {plan.parts}: {what.lower()}", n, of)
        )
        write_history(home, [done.best], "best.csv")
        about = {"resight.recipe": recipe.model_dump_json()}
        export_embedder(done.network, recipe.data.size, home / "model.onnx", about)


def _best_tpr(home: Path) -> float:
    """The TPR of a round's model on individuals that it did not learn from."""
    with (home / "best.csv").open(encoding="utf-8", newline="") as file:
        return float(next(csv.DictReader(file))["tpr"])


def _unsure_now(tracks: Tracks, answers: Sequence[Answer], number: int) -> set[tuple[int, int]]:
    """Pairs that somebody could not tell in this round: they are asked again with the next model."""
    place = places_of(tracks)
    return {(place[a.first], place[a.second]) for a in answers if a.same is None and a.round == number}


def _keep(
    tracks: Tracks, folder: Path, number: int, asked: Sequence[Question], said: Mapping[int, bool | None], by: str
) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    append_answers(
        folder / "answers.csv",
        [
            Answer(
                number,
                str(tracks.name[asked[place].first]),
                str(tracks.name[asked[place].second]),
                one,
                asked[place].score,
                by,
                now,
            )
            for place, one in sorted(said.items())
        ],
    )


def _round(number: int, shown: int, found: Individuals, answers: Sequence[Answer], tpr: float) -> Round:
    said = [answer for answer in answers if answer.round == number]
    pairs = {(answer.first, answer.second) for answer in answers if answer.round < number}
    fresh = {(answer.first, answer.second) for answer in said} - pairs
    return Round(
        number=number,
        tracks=shown,
        individuals=len(np.unique(found.of)),
        questions=len(said),
        again=len(said) - len(fresh),
        same=sum(answer.same is True for answer in said),
        different=sum(answer.same is False for answer in said),
        unsure=sum(answer.same is None for answer in said),
        tpr=tpr,
    )
