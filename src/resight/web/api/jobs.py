"""Jobs over HTTP: what runs and waits, asked for, stopped, tried again."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel

from resight.catalogue.folder import kept_method, read_settings
from resight.detect.kept import FOLDER as DETECTORS
from resight.detect.kept import kept_detector
from resight.export.formats import Format
from resight.web.desk import Desk
from resight.web.gate import Curator, Viewer
from resight.web.orders import Kind, can_train, compare_by, export_as, exported, methods, once_more, order_of, shown
from resight.web.received import check_there, clear
from resight.work.jobs import Job, State


class Shown(BaseModel):
    """A job: what it is, where it is, how far, and how long it still takes, if that can be told.

    `file`: it has written a file, which /api/export/ID sends.
    """

    id: str
    title: str
    by: str
    at: datetime
    state: State
    file: bool = False
    what: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None


class Worker(BaseModel):
    """A worker, and how many seconds ago it was last heard of."""

    name: str
    silent_for: float


class Jobs(BaseModel):
    """All jobs, the newest first, and the workers."""

    jobs: list[Shown]
    workers: list[Worker]


class Log(BaseModel):
    """What a job said, the end of it."""

    text: str


class Way(BaseModel):
    """A method of comparing, and its name for people."""

    method: str
    shown: str


class Methods(BaseModel):
    """The catalogue's method, empty while it has none; all that it could have; and what a training or a film needs.

    `detector` names the one that finds animals in films, where there is one.
    """

    now: str
    ways: list[Way]
    can_train: bool
    detector: str | None


class Asked(BaseModel):
    """The job that was asked for."""

    job: str


def routes(desk: Desk) -> APIRouter:
    """The addresses under /api/jobs."""
    router = APIRouter(prefix="/jobs", tags=["jobs"])

    @router.get("")
    def jobs(_person: Viewer, after: BackgroundTasks) -> Jobs:
        """What runs, what waits, and what became of the others."""
        now = time.time()
        found = desk.board.jobs()
        after.add_task(clear, desk.catalogue, found, now)
        workers = [Worker(name=name, silent_for=max(0.0, now - at)) for name, at in desk.board.workers().items()]
        folder = desk.catalogue.folder
        return Jobs(jobs=[_shown(job, now, exported(job.order, folder) is not None) for job in found], workers=workers)

    @router.post("/begin/{kind}")
    def begin(person: Curator, kind: Kind) -> Asked:
        """Ask for some work on the whole catalogue."""
        return Asked(job=desk.board.add(order_of(kind, desk.catalogue.folder, person.name)))

    @router.post("/export")
    def export(person: Curator, format: Format = Format.CSV) -> Asked:
        """Write the whole catalogue as a file, to be fetched when the job is done."""
        return Asked(job=desk.board.add(export_as(format, desk.catalogue.folder, person.name)))

    @router.get("/methods")
    def ways(_person: Viewer) -> Methods:
        """By what the catalogue compares animals, and by what else it could; and what else can be asked for."""
        folder = desk.catalogue.folder
        now = kept_method(folder, read_settings(folder).method or "")
        ways = [Way(method=one, shown=shown(one)) for one in dict.fromkeys((now, *methods(folder))) if one]
        detector = kept_detector(folder)
        named = None if detector is None else detector.relative_to(folder / DETECTORS).as_posix()
        return Methods(now=now, ways=ways, can_train=can_train(), detector=named)

    @router.post("/compare-by")
    def by_another(person: Curator, method: Annotated[str, Query(max_length=2000)]) -> Asked:
        """Describe everything by another method, and then compare by it. Names and decisions stay."""
        return Asked(job=desk.board.add(compare_by(method, desk.catalogue.folder, person.name)))

    @router.post("/{job}/cancel")
    def cancel(_person: Curator, job: str) -> Asked:
        """Stop a job; what it finished is kept."""
        desk.board.cancel(job)
        return Asked(job=job)

    @router.post("/{job}/retry")
    def retry(person: Curator, job: str) -> Asked:
        """The same again; it goes on where the first stopped."""
        folder = desk.catalogue.folder
        order = once_more(desk.board.ended(job), folder, person.name)
        check_there(folder, order)
        return Asked(job=desk.board.add(order))

    @router.get("/{job}/log")
    def log(_person: Viewer, job: str) -> Log:
        """What the job said."""
        return Log(text=desk.board.log(job))

    return router


def _shown(job: Job, now: float, file: bool) -> Shown:
    shown = Shown(id=job.id, title=job.order.title, by=job.order.by, at=job.at, state=job.state, file=file)
    if job.progress is None or job.state is not State.RUNNING:
        return shown
    far = job.progress
    left = far.seconds_left(now)
    return shown.model_copy(update={"what": far.what, "done": far.done, "total": far.total, "seconds_left": left})
