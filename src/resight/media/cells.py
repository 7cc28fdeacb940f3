"""What a table's cell says: a name, a side, a date, a number.

Where it cannot be understood, a ValueError goes on from the cell's text: 'is not a date: write it as ...'.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import datetime

from resight.types import Side

_SIDES = {side.value: side for side in Side} | {
    "l": Side.LEFT,
    "left side": Side.LEFT,
    "left flank": Side.LEFT,
    "r": Side.RIGHT,
    "right side": Side.RIGHT,
    "right flank": Side.RIGHT,
    "frontal": Side.FRONT,
    "rear": Side.BACK,
    "top": Side.UP,
    "above": Side.UP,
    "bottom": Side.DOWN,
    "below": Side.DOWN,
    "": Side.UNKNOWN,
    "?": Side.UNKNOWN,
}

_DATES = ("%Y:%m:%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %H:%M:%S%z", " %I:%M %p", " %I:%M:%S %p")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(.*)", re.DOTALL)


def name_of(text: str) -> str:
    """A name without spaces round it, its accents composed (NFC): macOS and Windows differ in this."""
    return unicodedata.normalize("NFC", text.strip())


def side_of(text: str) -> Side | None:
    """The side that a word names, in any case; None where it names none.

    >>> side_of("Left"), side_of("R"), side_of(""), side_of("fluke")
    (<Side.LEFT: 'left'>, <Side.RIGHT: 'right'>, <Side.UNKNOWN: 'unknown'>, None)
    """
    return _SIDES.get(" ".join(text.replace("_", " ").replace("-", " ").lower().split()))


def date_of(text: str) -> datetime:
    """A date, or a date with a time: ISO 8601, as in EXIF, or in the common forms that can mean one day only.

    With slashes, day and month may stand either way: 25/12/2020 is one day, 03/04/2020 could be two and is
    refused. With dots the day comes first.

    >>> str(date_of("25.12.2020 14:30")), str(date_of("Dec 25, 2020"))
    ('2020-12-25 14:30:00', '2020-12-25 00:00:00')
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    plain = _day_first(" ".join(text.replace(",", " ").split()))
    for date in _DATES:
        for time in _TIMES:
            try:
                return datetime.strptime(plain, date + time)
            except ValueError:
                continue
    raise ValueError("is not a date: write it as 2020-12-25 or 2020-12-25 14:30")


def number_of(text: str, decimal_comma: bool = False) -> float:
    """A finite number; with `decimal_comma` also 59,91 as spreadsheets of half of Europe write it."""
    try:
        number = float(text.replace(",", ".") if decimal_comma and text.count(",") == 1 else text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("is not a number: write it as 59.91")
    return number


def _day_first(text: str) -> str:
    """03/25/2020 and 25-03-2020 alike as 25.03.2020; ValueError where either number could be the month."""
    found = _SLASHED.fullmatch(text)
    if found is None:
        return re.sub(r"(?<=[\dA-Za-z])-(?=[A-Za-z])|(?<=[A-Za-z])-(?=\d)", " ", text)
    first, second, year, rest = int(found[1]), int(found[2]), found[3], found[4]
    if first <= 12 and second <= 12 and first != second:
        raise ValueError("could be two days, for day and month may stand either way: write it as 2020-12-25")
    day, month = (second, first) if second > 12 else (first, second)
    return f"{day}.{month}.{year}{rest}"
