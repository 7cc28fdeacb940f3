"""What becomes of an upload once all of it is there: a job takes it in, and then it is deleted."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Photo
from resight.errors import ResightError
from resight.types import Rejection
from resight.web.uploads import FOLDER, KEY, Purpose, Upload, stated_of
from resight.work.jobs import Job, Order, State

COMMAND = "receive"
ABANDONED = 14 * 24 * 3600.0  # seconds for which nothing more has come
KEPT = "kept"  # the file that says that the catalogue refers to files of an upload


def order(catalogue: Path, upload: Upload, purpose: Purpose, by_folder: bool, by: str, skipped: int = 0) -> Order:
    """What a worker is to do with an upload; ResightError where nothing was sent.

    With `by_folder`, folders are called as the animals in them, but for so many outer ones.
    """
    files = sum(item.suffix != ".csv" for item in upload.sent())
    if not files:
        raise ResightError("no photo has come yet")
    command = (COMMAND, str(catalogue), upload.key, f"--purpose={purpose.value}", f"--by={by}")
    title = "Identify" if purpose is Purpose.IDENTIFY else "Add"
    return Order(
        f"{title} {files:,} uploaded {'file' if files == 1 else 'files'}",
        (*command, "--by-folder", f"--skipped={skipped}") if by_folder and purpose is Purpose.KNOWN else command,
        by,
    )


def source(catalogue: Path, order: Order) -> Upload | None:
    """The upload that an order takes in, there or not; None for any other order."""
    if order.command[:1] != (COMMAND,):
        return None
    return Upload(key := order.command[2], catalogue / FOLDER / key)


def check_there(catalogue: Path, order: Order) -> None:
    """ResightError where an order takes in an upload that has been deleted."""
    upload = source(catalogue, order)
    if upload is not None and not upload.photos.is_dir():
        raise ResightError("what was sent has been deleted, as it is once the catalogue has it: send it once more")


def partial_files(upload: Upload) -> list[Rejection]:
    """The files of which only a part came; they would be taken for damaged photos."""
    rejected = []
    for item in upload.sent():
        stated, size = stated_of(item.path), item.path.stat().st_size
        if stated is not None and size < stated.size:
            rejected.append(Rejection(Path(item.place), f"only {size:,} of its {stated.size:,} bytes came"))
    return rejected


def drop(upload: Upload, rejected: Sequence[Rejection]) -> None:
    """Delete files that were sent, by their paths."""
    places = {one.path.as_posix() for one in rejected}
    for item in upload.sent():
        if item.place in places:
            item.path.unlink()


def clear(catalogue: Catalogue, jobs: Sequence[Job], now: float) -> None:
    """Delete the uploads whose job is done, for their photos were copied, and those that nobody has gone on with.

    An upload whose masks the catalogue refers to, or a photo that could not be copied, is kept.
    """
    states: defaultdict[str, set[State]] = defaultdict(set)
    for job in jobs:
        upload = source(catalogue.folder, job.order)
        if upload is not None:
            states[upload.key].add(job.state)
    for folder in (catalogue.folder / FOLDER).glob("*"):
        if KEY.fullmatch(folder.name):
            with suppress(FileNotFoundError):  # somebody else who lists the jobs is at it as well
                _clear(catalogue, folder, states[folder.name], now)


def _clear(catalogue: Catalogue, folder: Path, of: set[State], now: float) -> None:
    if (folder / KEPT).exists() or of & {State.WAITING, State.RUNNING}:
        return
    if of & {State.DONE, State.PARTLY} or now - folder.stat().st_mtime > ABANDONED:
        if _referred_to(catalogue, folder.name):
            (folder / KEPT).touch()
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _referred_to(catalogue: Catalogue, key: str) -> bool:
    with catalogue.reading() as session:
        return any(
            session.scalar(select(table.id).where(column.contains(key)).limit(1)) is not None
            for table, column in ((Photo, Photo.path), (Annotation, Annotation.mask_path))
        )
