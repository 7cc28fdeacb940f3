"""When an animal was met, drawn on a line of years."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from resight.export.words import counted
from resight.web.pages.frame import escaped

WIDTH, EDGE = 900.0, 40.0
SMALLEST, LARGEST = 6.0, 14.0  # radius of a dot, in pixels of the drawing
FULL = 20  # photos of the largest dot
ROW, FOOT = 30.0, 32.0  # height of a row of dots, and of what stands under the line
ROWS = 4  # of dots, at most, that would cover each other in one
LABELS = 9  # under the line, about
YEAR = 365.2425
DAYS = (1, 7, 14)
MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12_000, 24_000)


@dataclass(frozen=True, slots=True)
class Seen:
    """An encounter: its day, its label, and of how many photos it is."""

    day: date
    label: str
    photos: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A day under the line, and what is written there."""

    day: date
    text: str


@dataclass(frozen=True, slots=True)
class _Dot:
    x: float
    radius: float
    row: int


def timeline_svg(seen: Sequence[Seen]) -> str:
    """A drawing of these encounters, a dot for each, the larger the more photos; '' where there are none."""
    if not seen:
        return ""
    ordered = sorted(seen, key=lambda one: (one.day, one.label))
    first, last = ordered[0].day.toordinal(), ordered[-1].day.toordinal()
    # A single day stands in the middle of its year.
    room = max(last - first, YEAR / 2) if last == first else last - first
    middle = (first + last) / 2
    scale = (WIDTH - 2 * EDGE) / room

    def at(day: date) -> float:
        return round(WIDTH / 2 + (day.toordinal() - middle) * scale, 1)

    dots = _placed([(at(one.day), _radius(one.photos)) for one in ordered])
    line = LARGEST + 4 + ROW * max(dot.row for dot in dots) + LARGEST
    parts = [f'<path d="M0 {line:g}H{WIDTH:g}"/>']
    for mark in marks(_day(middle - WIDTH / 2 / scale), _day(middle + WIDTH / 2 / scale)):
        x = at(mark.day)
        if not EDGE / 2 < x < WIDTH - EDGE / 2:
            continue  # what is written would be cut off
        parts.append(f'<path d="M{x} {line - 5:g}v10"/><text x="{x}" y="{line + 22:g}">{mark.text}</text>')
    for one, dot in zip(ordered, dots, strict=True):
        said = f"{one.day}, {one.label}, {counted(one.photos, 'photo')}"
        y = line - LARGEST - ROW * dot.row
        parts.append(f'<circle cx="{dot.x}" cy="{y:g}" r="{dot.radius:g}"><title>{escaped(said)}</title></circle>')
    said = f"{counted(len(ordered), 'encounter')} from {ordered[0].day} to {ordered[-1].day}"
    box = f"0 0 {WIDTH:g} {line + FOOT:g}"
    return f'<svg class="years" viewBox="{box}" role="img" aria-label="{said}">{"".join(parts)}</svg>'


def marks(first: date, last: date) -> list[Mark]:
    """Some days from the first to the last, as they stand under a line: years, and months and days of a short one.

    >>> [mark.text for mark in marks(date(2013, 5, 1), date(2016, 2, 1))]
    ['2014', '2015', '2016']
    >>> [mark.text for mark in marks(date(2024, 11, 20), date(2025, 2, 3))]
    ['2024-12', '2025', '2025-02']
    """
    days = (last - first).days
    if days < 45:
        step = next((step for step in DAYS if days / step <= LABELS), DAYS[-1])
        return [Mark(day, day.isoformat()) for n in range(0, days + 1, step) if (day := first + timedelta(n))]
    months = next((step for step in MONTHS if days / YEAR * 12 / step <= LABELS), MONTHS[-1])
    if days > 2 * YEAR:
        months = max(months, 12)
    begin = first.year * 12 + first.month - 1
    found = []
    for n in range(math.ceil(begin / months) * months, last.year * 12 + last.month, months):
        day = date(max(1, n // 12), n % 12 + 1, 1)
        if first <= day <= last:
            found.append(Mark(day, f"{day.year}" if day.month == 1 else f"{day.year}-{day.month:02}"))
    return found


def _radius(photos: int) -> float:
    """The dot's area grows with the photos, up to the largest."""
    share = math.sqrt((min(photos, FULL) - 1) / (FULL - 1)) if photos > 1 else 0.0
    return round(SMALLEST + (LARGEST - SMALLEST) * share, 1)


def _placed(wanted: Sequence[tuple[float, float]]) -> list[_Dot]:
    """From left to right, each in the lowest row where it covers no other; in the emptiest, where there is none."""
    ends = [-math.inf] * ROWS
    dots = []
    for x, radius in wanted:
        row = next((row for row in range(ROWS) if ends[row] <= x - radius), ends.index(min(ends)))
        ends[row] = max(ends[row], x + radius)
        dots.append(_Dot(x, radius, row))
    return dots


def _day(ordinal: float) -> date:
    """The calendar ends in the years 1 and 9999."""
    return date.fromordinal(round(min(max(ordinal, date.min.toordinal()), date.max.toordinal())))
