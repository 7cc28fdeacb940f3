"""The loop on real pictures: it ends, goes on after kills and breaks, and loses no answer."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from tests.loop.looping import PLAN, RECIPE, knowing, loop, silent, truth

from resight.errors import ResightError
from resight.loop.answers import read_answers
from resight.loop.questions import Question
from resight.loop.rounds import Plan, State, read_rounds, run_loop
from resight.loop.tracks import tracks_of
from resight.work.processes import local_processes

pytestmark = pytest.mark.usefixtures("weights")
SCRIPT = Path(__file__).with_name("looping.py")


@pytest.fixture(scope="module")
def calm(weights: None, tracked: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, State]:
    """A loop that nothing disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    return folder, loop(tracked, folder)


def test_with_a_reviewer_who_knows_no_name_is_wrong(tracked: Path, calm: tuple[Path, State]) -> None:
    folder, state = calm
    tracks, _ = tracks_of(tracked)
    who = truth(tracks)
    named = list(csv.DictReader((folder / "named.csv").open()))
    assert len(named) == len(tracks.records)
    names = {(row["identity"], who[tracks.name.tolist().index(row["encounter"])]) for row in named}
    # One name may be missing its other tracks, but none is of two animals.
    assert len({name for name, _ in names}) == len(names)
    assert state.waiting == ()
    assert [one.number for one in state.rounds] == [1, 2, 3]
    assert [one.tracks for one in state.rounds] == [16, 24, 24]
    assert state.rounds == tuple(read_rounds(folder))
    assert sum(one.questions for one in state.rounds) == len(read_answers(folder / "answers.csv"))
    assert state.rounds[-1].individuals < len(tracks)
    assert (folder / "model.onnx").exists()
    assert not (folder / "round-3" / "pictures.npy").exists()


def test_the_tpr_of_a_round_is_that_of_the_model_that_was_kept(calm: tuple[Path, State]) -> None:
    folder, state = calm
    for one in state.rounds:
        home = folder / f"round-{one.number}"
        epochs = list(csv.DictReader((home / "history.csv").open()))
        best = max(epochs, key=lambda row: (float(row["mean_tpr"]), float(row["auc"])))
        assert list(csv.DictReader((home / "best.csv").open())) == [best]
        assert one.tpr == float(best["tpr"])


def test_what_a_round_learns_from_is_what_was_answered(tracked: Path, calm: tuple[Path, State]) -> None:
    folder, _ = calm
    learned = [list(csv.DictReader((folder / f"round-{k}" / "learn.csv").open())) for k in (1, 2, 3)]
    assert len({row["identity"] for row in learned[0]}) == 8
    same = {
        frozenset((one.first, one.second))
        for one in read_answers(folder / "answers.csv")
        if one.same and one.round == 1
    }
    identity = {row["encounter"]: row["identity"] for row in learned[1]}
    joined = [pair for pair in same if pair <= identity.keys()]
    assert joined
    assert sum(len({identity[name] for name in pair}) == 1 for pair in joined) > 0.8 * len(joined)


def test_killed_at_any_moment_it_goes_on_and_ends_as_the_calm_one(
    tracked: Path, calm: tuple[Path, State], tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(SCRIPT.parents[2])}
    for reached in ("round-1/state.pt", "answers.csv", "round-2/history.csv"):
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(tracked), str(tmp_path)], env=environment)
        until = time.monotonic() + 240
        while not (tmp_path / reached).exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert (tmp_path / reached).exists()
        assert len(read_rounds(tmp_path)) < PLAN.parts
    state = loop(tracked, tmp_path)
    folder, undisturbed = calm
    assert np.array_equal(state.individuals.of, undisturbed.individuals.of)
    said = [[(a.round, a.first, a.second, a.same) for a in read_answers(f / "answers.csv")] for f in (folder, tmp_path)]
    assert said[0] == said[1]


def test_without_answers_it_waits_and_asks_the_same_again(
    tracked: Path, calm: tuple[Path, State], tmp_path: Path
) -> None:
    asked: list[list[Question]] = []

    def later(questions: Sequence[Question]) -> dict[int, bool | None]:
        asked.append(list(questions))
        return {}

    first, second = loop(tracked, tmp_path, later), loop(tracked, tmp_path, later)
    assert first.waiting
    assert first.waiting == second.waiting == tuple(asked[0])
    assert first.rounds == ()
    began = time.perf_counter()
    loop(tracked, tmp_path, later)
    assert time.perf_counter() - began < 5  # nothing was learned twice


def test_what_refused_to_start_can_be_put_right_in_the_same_folder(tracked: Path, tmp_path: Path) -> None:
    tracks, _ = tracks_of(tracked)

    def later(questions: Sequence[Question]) -> dict[int, bool | None]:
        return {}

    def begin(plan: Plan, name: str = "fishnet2") -> State:
        recipe = RECIPE.model_copy(update={"model": RECIPE.model.model_copy(update={"name": name})})
        return run_loop(tracks, tmp_path, plan, recipe, later, "test", local_processes(1), silent)

    for plan, name, said in (
        (Plan(parts=9), "fishnet2", "too few for 9 parts"),
        (Plan(parts=3, spots="rotsift"), "fishnet2", "no describer 'rotsift'"),
        (Plan(parts=2, spots="thumbnail"), "fishnet9", "no network 'fishnet9'"),
    ):
        with pytest.raises(ResightError, match=said):
            begin(plan, name)
    spots = np.load(tmp_path / "spots.npy")
    assert begin(PLAN).waiting
    # Nothing is left of the plans before.
    assert len({row["encounter"] for row in csv.DictReader((tmp_path / "round-1" / "learn.csv").open())}) == 8
    assert not np.array_equal(np.load(tmp_path / "spots.npy"), spots)
    # Now something was learned.
    with pytest.raises(ResightError, match="a loop by another recipe"):
        begin(PLAN, "fishnet3")


def test_who_cannot_tell_is_not_asked_again_in_that_round(tracked: Path, tmp_path: Path) -> None:
    times: list[int] = []

    def unsure(questions: Sequence[Question]) -> dict[int, bool | None]:
        times.append(len(questions))
        return dict.fromkeys(range(len(questions))) if len(times) == 1 else {}

    state = loop(tracked, tmp_path, unsure)
    before = {(one.first, one.second) for one in read_answers(tmp_path / "answers.csv")}
    names = tracks_of(tracked)[0].name
    waiting = {(str(names[one.first]), str(names[one.second])) for one in state.waiting}
    # Other pairs wait, or else the next model has looked at them.
    assert waiting
    assert len(state.rounds) == 1 or not before & waiting


def test_another_loop_in_the_folder_and_other_tracks_are_refused(
    tracked: Path, calm: tuple[Path, State], tmp_path: Path
) -> None:
    folder, _ = calm
    tracks, _ = tracks_of(tracked)
    with pytest.raises(ResightError, match="a loop by another plan, or of other tracks"):
        run_loop(tracks, folder, Plan(parts=2), RECIPE, knowing(tracks), "test", local_processes(1), silent)
    with pytest.raises(ResightError, match="too few for 9 parts"):
        run_loop(tracks, tmp_path, Plan(parts=9), RECIPE, knowing(tracks), "test", local_processes(1), silent)
    with FileLock(folder / "training.lock"), pytest.raises(ResightError, match="another training is at work"):
        run_loop(tracks, folder, PLAN, RECIPE, knowing(tracks), "test", local_processes(1), silent)
