"""The first page: errors first, then what waits, what the catalogue holds, and how it grew."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from resight.catalogue import proposals
from resight.catalogue.log import history
from resight.catalogue.lookup import counts, names_ever
from resight.catalogue.words import describe
from resight.export.words import counted
from resight.types import Verdict
from resight.web.desk import Desk
from resight.web.growth import growth
from resight.web.pages.frame import frame, heading, nothing

LATEST = 12
DAY = "{yyyy}-{MM}-{dd}"
QUIET, GRID = "#7d877f", "#80808040"  # to be read on white and on black
WAITING = {
    Verdict.UNDECIDED: "need your eye",
    Verdict.KNOWN: "probably known, to be confirmed",
    Verdict.NEW: "probably new",
}


def add(desk: Desk) -> None:
    """The page /."""

    @ui.page("/")
    def home(request: Request) -> None:
        held = counts(desk.catalogue)
        with frame(desk, request.state.person, "/", "Home"):
            if not held.photos:
                heading(desk.title)
                nothing("No photos yet.", f"Add some: resight add {desk.catalogue.folder} PHOTOS --by-folder")
                return
            heading(desk.title, f"{counted(held.photos, 'photo')} of {counted(held.individuals, 'individual')}")
            if held.rejected_files:
                with ui.element("section").classes("fault"):
                    ui.label(f"{counted(held.rejected_files, 'file')} could not be used.")
                    ui.link("See which, and why", "/rejected")
            with ui.element("div").classes("columns"):
                with ui.element("section").classes("panel"):
                    _waiting(desk)
                with ui.element("section").classes("panel"):
                    _held(held.annotations, held.unnamed, held.encounters, held.decisions)
            with ui.element("section").classes("panel"):
                ui.html("<h2>How the catalogue grew</h2>", sanitize=False)
                _curve(desk)
            with ui.element("section").classes("panel"):
                ui.html("<h2>Latest decisions</h2>", sanitize=False)
                _latest(desk)


def _waiting(desk: Desk) -> None:
    ui.html("<h2>Waiting for review</h2>", sanitize=False)
    with desk.catalogue.reading() as session:
        waiting = proposals.count_waiting(session)
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


def _curve(desk: Desk) -> None:
    grown = growth(desk.catalogue)
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


def _latest(desk: Desk) -> None:
    entries = history(desk.catalogue, limit=LATEST)
    if not entries:
        ui.label("Nobody has decided anything yet.").classes("quiet")
        return
    names = names_ever(desk.catalogue)
    with ui.element("ul").classes("log"):
        for entry in entries:
            with ui.element("li").classes("undone" if entry.undone_by else ""):
                ui.label(entry.at.strftime("%Y-%m-%d %H:%M")).classes("quiet")
                ui.label(describe(entry.decision, names))
                ui.label(f"{entry.by}{', undone since' if entry.undone_by else ''}").classes("quiet")
