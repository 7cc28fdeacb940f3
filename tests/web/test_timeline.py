"""Encounters on a line of years: in order, inside, and none without a day."""

import re
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resight.web.pages.timeline import LABELS, LARGEST, WIDTH, Seen, marks, timeline_svg

SEEN = st.builds(Seen, st.dates(), st.text(max_size=5), st.integers(1, 10_000))


def dots(svg: str) -> list[tuple[float, float, float]]:
    found = re.findall(r'<circle cx="([-0-9.]+)" cy="([-0-9.]+)" r="([0-9.]+)"', svg)
    return [(float(x), float(y), float(r)) for x, y, r in found]


def test_the_later_the_farther_right_and_the_more_photos_the_larger() -> None:
    drawn = timeline_svg([Seen(date(2020, 5, 1), "b", 9), Seen(date(2016, 1, 1), "a", 1)])
    (early, _, small), (late, _, large) = dots(drawn)
    assert early < late
    assert small < large
    assert "<title>2016-01-01, a, 1 photo</title>" in drawn
    assert ">2018</text>" in drawn


def test_those_of_one_day_do_not_cover_each_other() -> None:
    drawn = dots(timeline_svg([Seen(date(2020, 5, 1), str(n), 30) for n in range(4)]))
    heights = sorted(y for _, y, _ in drawn)
    assert all(after - before >= 2 * LARGEST for before, after in pairwise(heights))


@given(st.lists(SEEN, min_size=1, max_size=12))
def test_every_dot_is_inside(seen: list[Seen]) -> None:
    drawn = timeline_svg(seen)
    box = re.search(r'viewBox="0 0 \d+ ([0-9.]+)"', drawn)
    assert box is not None
    placed = dots(drawn)
    assert len(placed) == len(seen)
    assert all(r <= x <= WIDTH - r and r <= y <= float(box[1]) - r for x, y, r in placed)


@given(st.dates(), st.dates())
def test_marks_are_few_in_order_and_between(one: date, other: date) -> None:
    first, last = sorted((one, other))
    found = [mark.day for mark in marks(first, last)]
    assert found == sorted(found)
    assert len(found) <= LABELS + 2
    assert all(first <= day <= last for day in found)


def test_nothing_is_drawn_of_nothing_and_labels_are_text() -> None:
    assert timeline_svg([]) == ""
    assert "<script>" not in timeline_svg([Seen(date(2020, 1, 1), "<script>", 1)])
