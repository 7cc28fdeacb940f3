import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resight.export.album import Album
from resight.export.card import card
from resight.export.side_by_side import RING_RADIUS, joins, side_by_side
from resight.export.views import QueryView
from resight.types import Verdict


def test_lines_of_the_card_end_at_the_matched_points(make_view: Callable[..., QueryView]) -> None:
    view = make_view(1, Verdict.KNOWN, pairs=3)
    view = replace(view, candidates=view.candidates[:1])
    page = card(view, 1, Album())
    best = view.candidates[0]
    drawn = joins(best.evidence, side_by_side(view.chip, best.chip, 900))
    paths = re.findall(r' d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)M', page)
    assert len(paths) == 3
    for path, start, end in zip(paths, drawn.starts, drawn.ends, strict=True):
        x1, y1, x2, y2 = map(float, path)
        assert np.hypot(x1 - start[0], y1 - start[1]) == pytest.approx(RING_RADIUS, abs=0.1)
        assert np.hypot(x2 - end[0], y2 - end[1]) == pytest.approx(RING_RADIUS, abs=0.1)
        assert f"M{start[0] - RING_RADIUS:.1f} {start[1]:.1f}a5 5" in page


def test_the_first_three_candidates_can_be_compared(make_view: Callable[..., QueryView]) -> None:
    page = card(make_view(1, Verdict.UNDECIDED, pairs=50), 1, Album())
    assert page.count("<li>") == 4
    assert re.findall(r"Compare with <b>(.*?)</b> <small>(.*?)<", page) == [
        (f"Anna {rank}", "50 spots, best 40") for rank in range(3)
    ]
    assert page.count("<path") == 3 * 40


def test_whole_photo_methods_and_missing_candidates_are_said(make_view: Callable[..., QueryView]) -> None:
    view = make_view(1, Verdict.UNDECIDED, pairs=0)
    page = card(replace(view, candidates=view.candidates[:1]), 1, Album())
    assert "whole photos, no spots" in page
    assert "3 candidates less alike not shown." in page


def test_ranks_are_never_shown_as_probabilities(make_view: Callable[..., QueryView]) -> None:
    view = make_view(1, Verdict.UNDECIDED)
    unsure = tuple(replace(candidate, p=None) for candidate in view.candidates)
    answer = replace(view.answer, candidates=tuple(replace(c, p=None) for c in view.answer.candidates), p_new=None)
    page = card(replace(view, candidates=unsure, answer=answer), 1, Album())
    assert "rank 1, score 9" in page
    assert "%<" not in page
    assert 'class="bar"' not in page


def test_a_name_cannot_break_out_of_the_page(make_view: Callable[..., QueryView]) -> None:
    path = Path('a"><script>alert(1)</script>') / "b'\n\x00\udce9&amp;$name.jpg"
    page = card(make_view(1, Verdict.KNOWN, path=path, name='<img src="x" onerror=alert(1)>'), 1, Album())
    assert "<script" not in page
    assert "<img" not in page
    assert "b&#x27;\\n\\x00\\udce9&amp;amp;$name.jpg" in page
    page.encode("utf-8")
