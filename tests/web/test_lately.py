"""What came by which day, and what is wrong with the jobs."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import update

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued
from resight.catalogue.models import Photo
from resight.catalogue.store import add_rejected
from resight.catalogue.vectors import write_shard
from resight.types import Embeddings, Rejection
from resight.web.lately import Day, called, lately
from resight.web.pages.home import faults
from resight.work.jobs import Job, Order, State

NOW = datetime.now(UTC)
TODAY = NOW.astimezone().date()


def aged(catalogue: Catalogue, days: float) -> None:
    with catalogue.writing() as session:
        session.execute(update(Photo).values(added_at=NOW - timedelta(days=days)))


def test_photos_and_rejected_files_are_told_by_the_day(catalogue: Catalogue) -> None:
    with catalogue.writing() as session:
        add_rejected(session, [Rejection(Path("/a.jpg"), "no photo"), Rejection(Path("/b.jpg"), "no photo")])
    assert lately(catalogue, NOW) == [Day(TODAY, 38, 2)]
    aged(catalogue, 3)
    told = lately(catalogue, NOW)
    assert [(one.photos, one.rejected) for one in told] == [(0, 2), (38, 0)]
    aged(catalogue, 40)
    assert [one.photos for one in lately(catalogue, NOW)] == [0]


def test_photos_described_anew_did_not_come_again(catalogue: Catalogue) -> None:
    aged(catalogue, 3)
    keys = [one.id for one in catalogued(catalogue)]
    with catalogue.writing() as session:
        write_shard(catalogue, session, "another", keys, Embeddings(np.ones((len(keys), 4), np.float32)))
    assert [one.photos for one in lately(catalogue, NOW)] == [38]
    assert lately(catalogue, NOW)[0].day < TODAY


def test_days_as_people_say_them() -> None:
    assert called(date(2024, 3, 1), date(2024, 3, 1)) == "Today"
    assert called(date(2024, 2, 29), date(2024, 3, 1)) == "Yesterday"
    assert called(date(2024, 2, 28), date(2024, 3, 1)) == "2024-02-28"


def job(title: str, state: State, days: float = 0, by: str = "Ana") -> Job:
    return Job(title, Order(title, (title, f"--by={by}"), by), state, NOW - timedelta(days=days), None)


def test_a_job_that_failed_is_told_until_it_is_asked_for_again() -> None:
    now, at_work = NOW.timestamp(), {"host": NOW.timestamp() - 1}
    assert faults([], {}, now) == []
    assert faults([job("plane", State.FAILED), job("add", State.DONE)], {}, now) == ["Failed: plane."]
    assert faults([job("plane", State.DONE, by="Bea"), job("plane", State.FAILED, 1)], {}, now) == []
    assert faults([job("plane", State.FAILED), job("plane", State.DONE, 1)], {}, now) == ["Failed: plane."]
    assert faults([job("plane", State.FAILED, 8)], {}, now) == []
    many = faults([job(str(n), State.FAILED) for n in range(5)], {}, now)
    assert many[3:] == ["2 other jobs failed too."]
    assert faults([job("plane", State.WAITING)], at_work, now) == []
    assert faults([job("plane", State.WAITING)], {"host": now - 60}, now) == [
        "No worker is at work, and 1 job cannot go on."
    ]
