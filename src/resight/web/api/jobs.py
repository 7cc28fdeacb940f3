"""Jobs over HTTP: what runs and waits, asked for, stopped, tried again."""

from __future__ import annotations

import time
from datetime import datetime

from fastapi import APIRouter, BackgroundTasks
from pydantic import BaseModel

from resight.web.desk import Desk
from resight.web.gate import Curator, Viewer
from resight.web.received import check_there, clear
from resight.work.jobs import Job, Order, State


class Shown(BaseModel):
    """A job: what it is, where it is, how far, and how long it still takes, if that can be told."""

    id: str
    title: str
    by: str
    at: datetime
    state: State
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
        return Jobs(jobs=[_shown(job, now) for job in found], workers=workers)

    @router.post("/identify-again")
    def again(person: Curator) -> Asked:
        """Ask once more who everything is that has no name."""
        command = ("identify", str(desk.catalogue.folder), "--again", f"--by={person.name}")
        return Asked(job=desk.board.add(Order("Identify all that has no name", command, person.name)))

    @router.post("/{job}/cancel")
    def cancel(_person: Curator, job: str) -> Asked:
        """Stop a job; what it finished is kept."""
        desk.board.cancel(job)
        return Asked(job=job)

    @router.post("/{job}/retry")
    def retry(person: Curator, job: str) -> Asked:
        """The same again; it goes on where the first stopped."""
        check_there(desk.catalogue.folder, desk.board.job(job).order)
        return Asked(job=desk.board.retry(job, person.name))

    @router.get("/{job}/log")
    def log(_person: Viewer, job: str) -> Log:
        """What the job said."""
        return Log(text=desk.board.log(job))

    return router


def _shown(job: Job, now: float) -> Shown:
    shown = Shown(id=job.id, title=job.order.title, by=job.order.by, at=job.at, state=job.state)
    if job.progress is None or job.state is not State.RUNNING:
        return shown
    far = job.progress
    left = far.seconds_left(now)
    return shown.model_copy(update={"what": far.what, "done": far.done, "total": far.total, "seconds_left": left})
