from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import insert, select

from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Photo, RejectedFile

TIMES = (datetime(2019, 5, 1, 6), datetime(2019, 5, 1, 6, tzinfo=UTC), None)
HASHES = (0, 1, 2**63 - 1, 2**63, 2**64 - 1, None)


def test_a_photo_comes_back_as_it_was(catalogue: Catalogue) -> None:
    stated = [(taken_at, bits) for taken_at in TIMES for bits in HASHES]
    values = {"sha256": "a" * 64, "path": "/a", "original_name": "a", "copied": False}
    sizes = {"size_bytes": 2**40, "width": 1, "height": 1}
    rows = [
        {**values, **sizes, "frame": frame, "taken_at": taken_at, "perceptual_hash": bits}
        for frame, (taken_at, bits) in enumerate(stated)
    ]
    with catalogue.writing() as session:
        session.execute(insert(Photo), rows)
    with catalogue.reading() as session:
        photos = session.scalars(select(Photo).order_by(Photo.frame)).all()
    assert [(photo.taken_at, photo.perceptual_hash) for photo in photos] == stated
    assert {photo.size_bytes for photo in photos} == {2**40}


NAMES = (b"/plain name.jpg", "/Zoë/é.jpg".encode(), b"/latin\xe9\xff.jpg", b"file:%20", b"/a\nb")


def test_any_file_name_comes_back_even_where_it_is_not_utf8(catalogue: Catalogue) -> None:
    at = datetime(2024, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    with catalogue.writing() as session:
        rows = [{"path": os.fsdecode(name), "reason": "not a photo", "at": at} for name in NAMES]
        session.execute(insert(RejectedFile), rows)
    with catalogue.reading() as session:
        found = session.scalars(select(RejectedFile).order_by(RejectedFile.id)).all()
    assert tuple(os.fsencode(row.path) for row in found) == NAMES
    assert {row.at for row in found} == {at}
