"""The closed loop on the simulated sea cage, with reviewers who are wrong now and then.

    python benchmarks/loop.py WORK/heads --into WORK/loop [--recipe benchmarks/recipes/loop.toml] [--json results.json]

WORK/heads is what benchmarks/fishnet.py cut out of the cage's films. The tracks of seven tenths of the fish come in the
order in which they were filmed, a quarter more in every round, with the twelve best pictures of each; nobody has named
one. A simulated reviewer says of each pair that is put up whether it is one side of one fish, and is wrong, each time
anew, as often as said. Told are, after every round, the questions asked so far, the tracks that bear another fish's
name (the name goes to the fish that most of its tracks are of), how well the names agree with the fish, and how well
the round's model tells fish apart that it has never seen. Started again, everything that is done is kept.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.fishnet import measured
from resight.cli.console import progress
from resight.evaluate.clustering import clustering
from resight.learn.recipe import Recipe, read_recipe
from resight.loop.answers import Answer, read_answers
from resight.loop.questions import Question
from resight.loop.rounds import Plan, Review, read_rounds, run_loop
from resight.loop.tracks import Tracks, tracks_of
from resight.types import Ints, Strings
from resight.work.processes import local_processes

WRONG = (0.0, 0.02, 0.05)
PICTURES = 12  # the best of each track, as `resight track` keeps them


@dataclass(frozen=True)
class Result:
    """How it stands after one round of one reviewer."""

    wrong: float
    round: int
    tracks: int
    fish: int
    named: int
    questions: int
    again: int
    wrong_names: int
    pairwise_f: float
    within: float
    across: float
    across_low: float
    across_high: float


def best_pictures(table: Path, kept: Path) -> Path:
    """The table with the best pictures of each track only."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: -float(row["quality"]))
    counts: Counter[tuple[str, str]] = Counter()
    chosen = []
    for row in rows:
        counts[row["film"], row["track"]] += 1
        if counts[row["film"], row["track"]] <= PICTURES:
            chosen.append({**row, "path": str((table.parent / row["path"]).absolute())})
    chosen.sort(key=lambda row: (row["film"], int(row["frame"])))
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(chosen)
    return kept


def fish_of(tracks: Tracks) -> Strings:
    """The fish and its side that each track truly shows."""
    first = np.searchsorted(tracks.of, np.arange(len(tracks)))
    return np.array([f"{tracks.records[row].identity} {tracks.records[row].side}" for row in first.tolist()])


def reviewer(truth: Strings, wrong: float, before: Sequence[Answer], tracks: Tracks) -> Review:
    """Says what is true, but for mistakes; what is asked again, or was asked before a restart, gets a new answer."""
    place = {name: row for row, name in enumerate(tracks.name.tolist())}
    times = Counter((place[answer.first], place[answer.second]) for answer in before)

    def say(asked: Sequence[Question]) -> dict[int, bool | None]:
        said: dict[int, bool | None] = {}
        for number, one in enumerate(asked):
            times[one.first, one.second] += 1
            mistaken = np.random.default_rng([one.first, one.second, times[one.first, one.second]]).random() < wrong
            said[number] = bool(truth[one.first] == truth[one.second]) != mistaken
        return said

    return say


def wrong_names(truth: Strings, of: Ints) -> int:
    """Tracks that bear a name which most of its tracks bear for another fish."""
    most = sum(np.unique(truth[of == name], return_counts=True)[1].max() for name in np.unique(of).tolist())
    return len(of) - int(most)


def named(table: Path, tracks: Tracks) -> Ints:
    """Which individual each track got, by the loop's own table."""
    with table.open(encoding="utf-8", newline="") as file:
        identity = {row["encounter"]: int(row["identity"].split()[1]) for row in csv.DictReader(file)}
    return np.array([identity[name] for name in tracks.name.tolist() if name in identity], np.int64)


def table_of(results: Sequence[Result]) -> Table:
    """One table."""
    table = Table(title="The closed loop on the simulated cage")
    for heading in (
        "reviewer wrong", "round", "tracks", "fish sides", "named", "questions", "again", "wrong names",
        "pairwise F", "unseen, within: TPR", "unseen, across: TPR",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for one in results:
        table.add_row(
            f"{one.wrong:.0%}", str(one.round), str(one.tracks), str(one.fish), str(one.named), str(one.questions),
            str(one.again), str(one.wrong_names), f"{one.pairwise_f:.3f}", f"{one.within:.3f}",
            f"{one.across:.3f} ({one.across_low:.3f}–{one.across_high:.3f})",
        )  # fmt: skip
    return table


def main() -> None:
    """Run the loop with each reviewer; print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--wrong", type=float, nargs="+", default=WRONG)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    recipe = read_recipe(asked.recipe, Recipe) if asked.recipe else Recipe()
    tracks, _ = tracks_of(best_pictures(asked.heads / "learn.csv", asked.into / "tracks.csv"))
    truth = fish_of(tracks)
    results: list[Result] = []
    for wrong in asked.wrong:
        folder = asked.into / f"wrong-{wrong:.2f}"
        first = asked.into / f"wrong-{asked.wrong[0]:.2f}" / "round-1"
        if first.exists() and not folder.exists():
            # Before anybody was asked, all reviewers' loops are one.
            shutil.copytree(first, folder / "round-1")
        review = reviewer(truth, wrong, read_answers(folder / "answers.csv"), tracks)
        with progress() as tell:
            run_loop(tracks, folder, Plan(), recipe, review, "simulated", local_processes(2), tell)
        questions = again = 0
        for done in read_rounds(folder):
            home = folder / f"round-{done.number}"
            questions, again = questions + done.questions, again + done.again
            of = named(home / "named.csv", tracks)
            row = measured(f"onnx:{home / 'model.onnx'}", asked.heads / "test.csv")
            seen = truth[: done.tracks]
            results.append(
                Result(
                    wrong, done.number, done.tracks, len(np.unique(seen)), done.individuals, questions, again,
                    wrong_names(seen, of), clustering(seen, of).pairwise_f, row.within[0], *row.across,
                )
            )  # fmt: skip
    Console(width=170).print(table_of(results))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in results], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
