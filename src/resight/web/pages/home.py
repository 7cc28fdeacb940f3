"""The first page: errors first, then what waits, what runs and came lately, what there is, and how it grew."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import Request
from nicegui import ui
from starlette.concurrency import run_in_threadpool

from resight.catalogue import proposals
from resight.catalogue.lookup import Counts, counts
from resight.export.words import counted
from resight.roles import Person, Role
from resight.types import Verdict
from resight.web.desk import Desk
from resight.web.growth import Growth, growth
from resight.web.lately import Day, called, lately
from resight.web.pages.frame import frame, heading, nothing, page
from resight.web.pages.history import Line, lines, show
from resight.work.jobs import Job, State

LATEST = 12
FAULTS = 3  # jobs that failed, by their titles
REMEMBERED = timedelta(days=7)  # a job that failed
SILENT = 20.0  # seconds after which a worker is taken for dead
DAY = "{yyyy}-{MM}-{dd}"
QUIET, GRID = "#7d877f", "#80808040"  # to be read on white and on black
WAITING = {
    Verdict.UNDECIDED: "need your eye",
    Verdict.KNOWN: "probably known, to be confirmed",
    Verdict.NEW: "probably new",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: what there is, what waits for this person, what went wrong, what came, how it grew."""

    held: Counts
    waiting: dict[Verdict, int]
    faults: list[str]
    came: list[Day]
    grown: Growth
    latest: list[Line]


class Running(ui.element, component=Path(__file__).parent.parent / "static" / "running.js"):
    """The client's part: the jobs that run and wait."""


def add(desk: Desk) -> None:
    """The page /."""

    @page("/")
    async def home(request: Request) -> None:
        person: Person = request.state.person
        shown = await run_in_threadpool(_read, desk, person)
        held = shown.held
        with frame(desk, person, "/", "Home"):
            under = (
                f"{counted(held.photos, 'photo')} of {counted(held.individuals, 'individual')}" if held.photos else ""
            )
            heading(desk.title, under)
            for fault in shown.faults:
                _fault(fault, "See the jobs", "/jobs")
            if held.rejected_files:
                _fault(f"{counted(held.rejected_files, 'file')} could not be used.", "See which, and why", "/rejected")
            if not held.photos:
                _first(person)
                return
            with ui.element("div").classes("columns broad"):
                with ui.element("section").classes("panel"):
                    _waiting(shown.waiting)
                with ui.element("section").classes("panel"):
                    ui.html('<h2>What runs <small><a href="/jobs">all jobs</a></small></h2>', sanitize=False)
                    Running()
                with ui.element("section").classes("panel"):
                    ui.html("<h2>What came lately</h2>", sanitize=False)
                    _came(shown.came)
                with ui.element("section").classes("panel"):
                    _held(held.annotations, held.unnamed, held.encounters, held.decisions)
            with ui.element("section").classes("panel"):
                ui.html("<h2>How the catalogue grew</h2>", sanitize=False)
                _curve(shown.grown)
            with ui.element("section").classes("panel"):
                ui.html("<h2>Latest decisions</h2>", sanitize=False)
                _latest(shown.latest, held.decisions)


def _read(desk: Desk, person: Person) -> Shown:
    catalogue = desk.catalogue
    # Where two people are asked, fewer wait for one who has answered already.
    by = None if catalogue.settings.reviewers == 1 else person.name
    with catalogue.reading() as session:
        waiting = proposals.count_waiting(session, by)
    return Shown(
        held=counts(catalogue),
        waiting=waiting,
        faults=faults(desk.board.jobs(), desk.board.workers(), time.time()),
        came=lately(catalogue, datetime.now(UTC)),
        grown=growth(catalogue),
        latest=lines(catalogue, person, LATEST),
    )


def faults(jobs: Sequence[Job], workers: Mapping[str, float], now: float) -> list[str]:
    """What is wrong with the jobs, the newest of which come first; a job that was asked for again is forgiven."""
    again: set[tuple[str, ...]] = set()
    failed: dict[str, None] = {}
    for job in jobs:
        command = job.order.asked_by("").command
        if job.state is not State.FAILED:
            again.add(command)
        elif command not in again and now - job.at.timestamp() < REMEMBERED.total_seconds():
            failed[job.order.title] = None
    found = [f"Failed: {title}." for title in list(failed)[:FAULTS]]
    if len(failed) > FAULTS:
        found.append(f"{counted(len(failed) - FAULTS, 'other job')} failed too.")
    waiting = sum(job.state in (State.WAITING, State.RUNNING) for job in jobs)
    if waiting and not any(now - heard < SILENT for heard in workers.values()):
        found.append(f"No worker is at work, and {counted(waiting, 'job')} cannot go on.")
    return found


def _fault(text: str, see: str, where: str) -> None:
    with ui.element("section").classes("fault"):
        ui.label(text)
        ui.link(see, where)


def _first(person: Person) -> None:
    if not person.role.may(Role.CURATOR):
        nothing("No photos yet.", "A curator of this catalogue can add some.")
        return
    with ui.element("div").classes("nothing"):
        ui.label("No photos yet.").classes("said")
        ui.link("Add photos", "/upload").classes("button")


def _waiting(waiting: dict[Verdict, int]) -> None:
    ui.html("<h2>Waiting for review</h2>", sanitize=False)
    total = sum(waiting.values())
    if not total:
        ui.label("Nothing waits.").classes("quiet")
        return
    with ui.element("ul").classes("counts"):
        for verdict, words in WAITING.items():
            with ui.element("li").classes(verdict.value):
                ui.label(f"{waiting[verdict]:,}").classes("number")
                ui.label(words)
    ui.link("Start reviewing", "/review").classes("button")


def _held(annotations: int, unnamed: int, encounters: int, decisions: int) -> None:
    ui.html("<h2>What there is</h2>", sanitize=False)
    with ui.element("ul").classes("counts"):
        for number, words in (
            (annotations - unnamed, "animals in photos, named"),
            (unnamed, "not named yet"),
            (encounters, "encounters"),
            (decisions, "decisions in the log"),
        ):
            with ui.element("li"):
                ui.label(f"{number:,}").classes("number")
                ui.label(words)


def _came(came: Sequence[Day]) -> None:
    if not came:
        ui.label("Nothing came in the last 30 days.").classes("quiet")
        return
    today = datetime.now().astimezone().date()
    with ui.element("ul").classes("log"):
        for one in came:
            with ui.element("li"):
                ui.label(called(one.day, today)).classes("day")
                ui.label(counted(one.photos, "photo") if one.photos else "no photo")
                if one.rejected:
                    ui.link(f"{one.rejected:,} rejected", "/rejected")


def _curve(grown: Growth) -> None:
    if not grown.days:
        ui.label("No photo has a date, so there is no curve.").classes("quiet")
        return
    ui.echart(
        {
            "grid": {"left": 60, "right": 60, "top": 36, "bottom": 30},
            "legend": {"top": 0, "textStyle": {"color": QUIET}},
            "tooltip": {"trigger": "axis"},
            "xAxis": {"type": "time", "axisLabel": {"color": QUIET, "formatter": DAY, "hideOverlap": True}},
            "yAxis": [_axis("individuals", GRID), _axis("encounters", "transparent")],
            "series": [
                {
                    "name": "individuals discovered", "type": "line", "step": "end", "showSymbol": False,
                    "data": list(zip(grown.days, grown.individuals, strict=True)), "color": "#2f9e68",
                },
                {
                    "name": "encounters", "type": "line", "step": "end", "showSymbol": False, "yAxisIndex": 1,
                    "data": list(zip(grown.days, grown.encounters, strict=True)), "color": "#a3aca5",
                },
            ],
        }
    ).classes("curve")  # fmt: skip


def _axis(name: str, lines: str) -> dict[str, object]:
    words, grid = {"color": QUIET}, {"lineStyle": {"color": lines}}
    return {"type": "value", "name": name, "nameTextStyle": words, "axisLabel": words, "splitLine": grid}


def _latest(latest: Sequence[Line], decisions: int) -> None:
    if not latest:
        said = "There are opinions so far, which are shown once it is decided." if decisions else ""
        ui.label(said or "Nobody has decided anything yet.").classes("quiet")
        return
    with ui.element("ul").classes("log"):
        for line in latest:
            with ui.element("li").classes("undone" if line.undone_by else ""):
                show(line)
