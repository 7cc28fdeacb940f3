"""What a report shows of an identified query: its photo and its candidates' photos, cut out for the eye."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from resight.catalogue.lookup import Catalogued
from resight.errors import PhotoError
from resight.export.views import CandidateView, QueryView
from resight.export.words import counted, near_words
from resight.identify.run import Identified, Reason
from resight.media.photo import read_photo
from resight.types import Box, Candidate, Evidence, Floats, Photo, Pixels, Side

SHOWN = 720  # the longer side of a picture in a report, pixels
CACHED_PHOTOS = 16
SEPARATOR = " · "


def query_view(identified: Identified) -> QueryView:
    """The view of one query; a photo that has gone since leaves a grey picture and says so in its caption."""
    query = identified.query
    pixels, caption, to_picture = _picture(query)
    caption = caption.removesuffix(f"{SEPARATOR}{query.path.name}")  # the report shows the path beside it
    if identified.together > 1:
        caption += f"{SEPARATOR}answered with {counted(identified.together - 1, 'other photo')} of its encounter"
    pairs = zip(identified.answer.candidates, identified.reasons, strict=False)
    near = [SEPARATOR + near_words(one) for one in identified.near] or [""] * len(identified.answer.candidates)
    candidates = tuple(
        _candidate_view(candidate, reason, to_picture, words)
        for (candidate, reason), words in zip(pairs, near, strict=False)
    )
    return QueryView(query.path, caption, pixels, identified.answer, candidates)


def _candidate_view(candidate: Candidate, reason: Reason, query_to_picture: Floats, near: str) -> CandidateView:
    pixels, caption, to_picture = _picture(reason.photo)
    evidence = Evidence(
        query=_moved(reason.evidence.query, query_to_picture),
        gallery=_moved(reason.evidence.gallery, to_picture),
        weights=reason.evidence.weights,
    )
    return CandidateView(candidate.individual, candidate.p, candidate.score, pixels, caption + near, evidence)


def _picture(annotation: Catalogued) -> tuple[Pixels, str, Floats]:
    """The annotation's box cut out, its caption, and x, y offset and factor from the photo to the picture."""
    try:
        photo = _photo(annotation.path)
    except PhotoError as error:
        grey = np.full((SHOWN // 2, SHOWN // 2, 3), 128, np.uint8)
        return grey, f"photo not found: {error}", np.array([0, 0, 1], np.float32)
    box = (annotation.box or Box(0, 0, photo.width, photo.height)).clipped(photo.width, photo.height)
    x, y = int(box.x), int(box.y)
    part = photo.pixels[y : y + max(1, round(box.h)), x : x + max(1, round(box.w))]
    factor = min(1.0, SHOWN / max(part.shape[:2]))
    size = max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return small, _caption(annotation), np.array([x, y, size[0] / part.shape[1]], np.float32)


@lru_cache(maxsize=CACHED_PHOTOS)
def _photo(path: Path) -> Photo:
    return read_photo(path)


def _caption(annotation: Catalogued) -> str:
    side = "" if annotation.side is Side.UNKNOWN else f"{annotation.side.value} side"
    date = "" if annotation.taken_at is None else annotation.taken_at.date().isoformat()
    number = f"annotation {annotation.id}"
    known = (number, side, annotation.part, annotation.encounter, date, annotation.path.name)
    return SEPARATOR.join(text for text in known if text)


def _moved(points: Floats, to_picture: Floats) -> Floats:
    x, y, factor = to_picture
    moved: Floats = ((points + 0.5 - np.array([x, y], np.float32)) * factor - 0.5).astype(np.float32)
    return moved
