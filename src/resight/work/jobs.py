"""Long jobs: each is a command of this program, run by a worker process, that survives the death of either.

Every command goes on where it was stopped when it is started again. So a job needs no more than to be remembered
(by dbos, in SQLite or PostgreSQL), to be started again after a crash, and to tell how far it is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from dbos import DBOSClient, EnqueueOptions, WorkflowHandle, WorkflowStatus, run_dbos_database_migrations
from pydantic import TypeAdapter
from sqlalchemy.engine import URL, make_url

from resight.catalogue.folder import Catalogue
from resight.errors import ResightError
from resight.work.progress import Progress, read_progress

APPLICATION, QUEUE, WORKFLOW, VERSION = "resight", "jobs", "command", "1"
FOLDER = "jobs"
SHOWN = 200
ALIVE, LOCK, OUTPUT = "worker-{name}.alive", "worker-{name}.lock", "worker-{name}.log"
LONGEST_LOG = 60_000  # bytes of a log that are shown, the last ones


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "done, with some input rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: a command of the program without its name, what people call it, and who wants it."""

    title: str
    command: tuple[str, ...]
    by: str

    def asked_by(self, person: str) -> Order:
        """The same, wanted by somebody else, who then stands in the log for what it decides."""
        command = tuple(f"--by={person}" if part.startswith("--by=") else part for part in self.command)
        return Order(self.title, command, person)


_ORDER = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Job:
    """An order and what became of it."""

    id: str
    order: Order
    state: State
    at: datetime
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Board:
    """The jobs of a catalogue; `folder` holds their progress, logs and cancellations."""

    folder: Path
    client: DBOSClient

    def add(self, order: Order, key: str = "") -> str:
        """Let a worker do this; the job's id comes back once the order is on disk.

        With a `key`, that is its id; where there is a job of this id, nothing happens.
        """
        queued: EnqueueOptions = {"queue_name": QUEUE, "workflow_name": WORKFLOW, "app_version": VERSION}
        if key:
            queued["workflow_id"] = key
        handle: WorkflowHandle[int] = self.client.enqueue(queued, asdict(order))
        return str(handle.workflow_id)

    def jobs(self) -> list[Job]:
        """The latest jobs, the newest first."""
        found = self.client.list_workflows(name=WORKFLOW, sort_desc=True, limit=SHOWN)
        return [self._job(status) for status in found]

    def has(self, key: str) -> bool:
        """Whether there is a job of this id."""
        return bool(self.client.list_workflows(workflow_ids=[key], name=WORKFLOW))

    def job(self, key: str) -> Job:
        """One job; ResightError where there is none of this id."""
        found = self.client.list_workflows(workflow_ids=[key], name=WORKFLOW)
        if not found:
            raise ResightError(f"there is no job {key}")
        return self._job(found[0])

    def cancel(self, key: str) -> None:
        """Stop it; what was finished is kept."""
        job = self.job(key)
        if job.state not in (State.WAITING, State.RUNNING):
            raise ResightError(f"the job is {job.state.value} already")
        cancelled(self.folder, key).touch()
        self.client.cancel_workflow(key)

    def ended(self, key: str) -> Job:
        """A job that is over; ResightError where it is not."""
        job = self.job(key)
        if job.state in (State.WAITING, State.RUNNING):
            raise ResightError(f"the job is {job.state.value}: wait, or cancel it first")
        return job

    def workers(self) -> dict[str, float]:
        """The workers by name, and when each was last heard of (UTC, seconds)."""
        found = sorted(self.folder.glob(ALIVE.format(name="*")))
        return {path.stem.removeprefix("worker-"): path.stat().st_mtime for path in found}

    def log(self, key: str) -> str:
        """What it said, the end of it."""
        path = log(self.folder, self.job(key).id)
        if not path.exists():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LONGEST_LOG))
            return file.read().decode(errors="replace")

    def _job(self, status: WorkflowStatus) -> Job:
        key = status.workflow_id
        order = _ORDER.validate_python(status.input["args"][0]) if status.input else Order("", (), "")
        at = datetime.fromtimestamp((status.created_at or 0) / 1000, UTC)
        return Job(key, order, _state(status, self.folder), at, read_progress(progress(self.folder, key)))


def open_board(catalogue: Catalogue) -> Board:
    """The board of a catalogue; its database is made where there is none."""
    folder = catalogue.folder / FOLDER
    folder.mkdir(exist_ok=True)
    address = database(catalogue)
    run_dbos_database_migrations(system_database_url=address)
    return Board(folder, DBOSClient(system_database_url=address, application_name=APPLICATION))


def database(catalogue: Catalogue) -> str:
    """Where the jobs are remembered: beside the catalogue, or in its PostgreSQL database, in a schema of their own."""
    address = catalogue.settings.database_url
    if address is None:
        url = URL.create("sqlite", database=str(catalogue.folder / FOLDER / "jobs.sqlite"))
    else:
        url = make_url(address).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def progress(folder: Path, key: str) -> Path:
    """The file in which a job tells how far it is."""
    return folder / f"{key}.progress.json"


def log(folder: Path, key: str) -> Path:
    """The file of what a job says."""
    return folder / f"{key}.log"


def cancelled(folder: Path, key: str) -> Path:
    """The file that tells a job to stop."""
    return folder / f"{key}.cancel"


def _state(status: WorkflowStatus, folder: Path) -> State:
    match status.status:
        case "SUCCESS":
            return State.DONE if status.output == 0 else State.PARTLY if status.output == 1 else State.FAILED
        case "PENDING":
            return State.RUNNING
        case "ENQUEUED" | "DELAYED":
            return State.WAITING
        case "CANCELLED":
            return State.CANCELLED
        case _:
            return State.CANCELLED if cancelled(folder, status.workflow_id).exists() else State.FAILED
