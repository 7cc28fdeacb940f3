"""What a report shows of a query: pictures cut from real files, and matches that stay on their spots."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.catalogue.lookup import Catalogued
from resight.export.query_view import SHOWN, query_view
from resight.identify.run import Identified, Reason
from resight.types import Answer, Box, Candidate, Evidence, Floats, Pixels, Side, Verdict


def annotation(path: Path, box: Box | None = None, side: Side = Side.LEFT) -> Catalogued:
    return Catalogued(
        id=1, path=path, sha256="", frame=0, box=box, side=side, part="", quality=None, encounter="",
        taken_at=None, individual=None, name="", mask_kind=None, mask_path=None, photo=1,
        width=1, height=1,
    )  # fmt: skip


def photo_with_dots(path: Path, width: int, height: int, dots: list[tuple[int, int]]) -> Path:
    """A black photo with a white dot of 9 x 9 pixels round each place."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for x, y in dots:
        pixels[y - 4 : y + 5, x - 4 : x + 5] = 255
    assert cv2.imwrite(str(path), pixels)
    return path


def points(*places: tuple[float, float]) -> Floats:
    return np.array(places, np.float32).reshape(-1, 2)


def centre(picture: Pixels, near: Floats) -> Floats:
    """The centre of the white dot nearest to a place."""
    _, _, _, centres = cv2.connectedComponentsWithStats((picture[..., 0] > 100).astype(np.uint8))
    dots = np.asarray(centres[1:])
    found: Floats = dots[np.argmin(np.linalg.norm(dots - near, axis=1))].astype(np.float32)
    return found


def asked(query: Catalogued, gallery: Catalogued, evidence: Evidence) -> Identified:
    answer = Answer((Candidate("Anna", 5.0, 1, 0.9), Candidate("Bella", 1.0, 2, 0.05)), Verdict.KNOWN, 0.05)
    return Identified(query, answer, (Reason(gallery, evidence),))


@pytest.mark.parametrize("box", [None, Box(700.4, 350.6, 1500.2, 900.9), Box(-50, -50, 3000, 1900)])
def test_matches_lie_on_the_same_spots_in_the_pictures(tmp_path: Path, box: Box | None) -> None:
    dots = [(900, 500), (2000, 1100)]
    query = photo_with_dots(tmp_path / "query.png", 2400, 1600, dots)
    gallery = photo_with_dots(tmp_path / "gallery.png", 300, 200, [(40, 60), (250, 150)])
    evidence = Evidence(points(*dots), points((40, 60), (250, 150)), np.ones(2, np.float32))
    view = query_view(asked(annotation(query, box), annotation(gallery), evidence))
    assert max(view.chip.shape[:2]) == SHOWN
    (shown,) = view.candidates
    assert shown.chip.shape == (200, 300, 3)
    for picture, places in ((view.chip, shown.evidence.query), (shown.chip, shown.evidence.gallery)):
        for place in places:
            assert np.linalg.norm(place - centre(picture, place)) < 0.6
    assert (shown.individual, shown.p, shown.score) == ("Anna", 0.9, 5.0)
    assert shown.evidence.weights.tolist() == [1, 1]


def test_the_caption_says_what_is_known(tmp_path: Path) -> None:
    path = photo_with_dots(tmp_path / "a.png", 60, 40, [])
    nothing = Evidence(points(), points(), np.zeros(0, np.float32))
    full = replace(annotation(path), part="fin", encounter="Bay/3", taken_at=datetime(2024, 5, 14, 9, 30))
    view = query_view(asked(full, annotation(path, side=Side.UNKNOWN), nothing))
    assert view.caption == "annotation 1 · left side · fin · Bay/3 · 2024-05-14"
    assert view.candidates[0].caption == "annotation 1 · a.png"
    assert len(view.candidates[0].evidence) == 0


def test_a_photo_that_has_gone_leaves_a_grey_picture_and_says_so(tmp_path: Path) -> None:
    query = photo_with_dots(tmp_path / "a.png", 600, 400, [(300, 200)])
    evidence = Evidence(points((300, 200)), points((10, 10)), np.ones(1, np.float32))
    view = query_view(asked(annotation(query), annotation(tmp_path / "gone.png"), evidence))
    (shown,) = view.candidates
    assert "photo not found" in shown.caption
    assert "gone.png" in shown.caption
    assert len(np.unique(shown.chip)) == 1
    assert view.chip.max() == 255


def test_a_box_of_less_than_a_pixel_is_shown_as_one(tmp_path: Path) -> None:
    path = photo_with_dots(tmp_path / "a.png", 60, 40, [])
    nothing = Evidence(points(), points(), np.zeros(0, np.float32))
    view = query_view(asked(annotation(path, Box(59.8, 39.8, 0.1, 0.1)), annotation(path), nothing))
    assert view.chip.shape == (1, 1, 3)
