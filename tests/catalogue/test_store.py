from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from resight.catalogue import lookup, store
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Encounter, Photo, RejectedFile
from resight.catalogue.store import Added, NewAnnotation, NewPhoto
from resight.errors import CatalogueError
from resight.types import Box, Place, Rejection, Side


def photo(number: int, *annotations: NewAnnotation) -> NewPhoto:
    return NewPhoto(
        path=Path(f"/herd/{number}.jpg"),
        sha256=f"{number:064}",
        size_bytes=1000 + number,
        width=640,
        height=480,
        annotations=annotations,
        taken_at=datetime(2021, 6, number, 12, 30),
        place=Place(-24.5, 31.5),
        perceptual_hash=2**64 - number,
    )


def add(catalogue: Catalogue, *photos: NewPhoto) -> list[tuple[Added, ...]]:
    with catalogue.writing() as session:
        return store.add_shard(session, photos)


LEFT = NewAnnotation(Box(1, 2, 30, 40), Side.LEFT, quality=0.5, encounter="dawn")
RIGHT = NewAnnotation(Box(50, 2, 30, 40), Side.RIGHT, "head", encounter="dusk", mask_kind="file", mask_path=Path("/m"))


def test_what_was_added_is_found(catalogue: Catalogue) -> None:
    ((left, right), (whole,)) = add(catalogue, photo(1, LEFT, RIGHT), photo(2, NewAnnotation()))
    assert left.new and right.new and whole.new
    found = lookup.catalogued(catalogue, [right.annotation, whole.annotation])
    assert found[0] == lookup.Catalogued(
        id=right.annotation,
        path=Path("/herd/1.jpg"),
        sha256=f"{1:064}",
        frame=0,
        box=Box(50, 2, 30, 40),
        side=Side.RIGHT,
        part="head",
        quality=None,
        encounter="dusk",
        taken_at=datetime(2021, 6, 1, 12, 30),
        individual=None,
        name="",
        mask_kind="file",
        mask_path=Path("/m"),
        photo=1,
        width=640,
        height=480,
        place=Place(-24.5, 31.5),
    )
    assert (found[1].box, found[1].side, found[1].encounter) == (None, Side.UNKNOWN, "")
    with catalogue.reading() as session:
        kept = session.scalars(select(Photo).order_by(Photo.id)).first()
        encounters = session.execute(select(Encounter.label, Encounter.date, Encounter.lat).order_by(Encounter.id))
        assert [tuple(row) for row in encounters] == [(w, date(2021, 6, 1), -24.5) for w in ("dawn", "dusk")]
    assert kept is not None
    assert (kept.lon, kept.perceptual_hash, kept.original_name) == (31.5, 2**64 - 1, "1.jpg")


def test_what_was_interrupted_can_be_done_again(catalogue: Catalogue) -> None:
    ((first,),) = add(catalogue, photo(1, LEFT))
    again = add(catalogue, photo(1, LEFT, RIGHT), photo(2, LEFT, LEFT))
    assert again[0][0] == Added(first.annotation, new=False)
    assert again[0][1].new
    assert [added.new for added in again[1]] == [True, False]
    assert again[1][0].annotation == again[1][1].annotation
    counts = lookup.counts(catalogue)
    assert (counts.photos, counts.annotations, counts.encounters) == (2, 3, 2)


def test_one_photo_named_twice_in_a_shard_is_one_photo(catalogue: Catalogue) -> None:
    (left,), (right,) = add(catalogue, photo(1, LEFT), photo(1, RIGHT))
    assert left.new and right.new
    assert lookup.counts(catalogue).photos == 1


def test_frames_of_a_video_share_its_hash(catalogue: Catalogue) -> None:
    with catalogue.writing() as session:
        track = store.add_track(session, "f" * 64)
        frames = [
            NewPhoto(Path("/v.mp4"), "f" * 64, 9, 64, 48, (NewAnnotation(track=track),), frame=number)
            for number in (1, 2, 3)
        ]
        added = store.add_shard(session, frames)
    assert len({a.annotation for (a,) in added}) == 3
    _, labels = lookup.labels(catalogue)
    assert labels.photo.tolist() == ["f" * 64 + f":{number}" for number in (1, 2, 3)]


def test_a_track_nobody_added_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="there is no track 77"):
        add(catalogue, photo(1, NewAnnotation(track=77)))
    assert lookup.counts(catalogue).photos == 0


def test_rejected_files_are_recorded(catalogue: Catalogue) -> None:
    with catalogue.writing() as session:
        store.add_rejected(session, [Rejection(Path("/herd/notes.txt"), "it is not a photo")])
        store.add_rejected(session, [])
    with catalogue.writing() as session:
        # The same again adds nothing; another reason does.
        store.add_rejected(session, [Rejection(Path("/herd/notes.txt"), "it is not a photo")] * 2)
        store.add_rejected(session, [Rejection(Path("/herd/notes.txt"), "you may not read it")])
    with catalogue.reading() as session:
        rows = [(row.path, row.reason) for row in session.scalars(select(RejectedFile).order_by(RejectedFile.id))]
    assert rows == [("/herd/notes.txt", "it is not a photo"), ("/herd/notes.txt", "you may not read it")]
    assert lookup.counts(catalogue).rejected_files == 2
