"""What an address asks to be shown: `?side=left&near=-24.5, 31.4&km=5` as a filter, with a word on what makes no sense.

An address may be typed, shortened by a mail program, or made up: whatever it holds, the page comes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from resight.types import Place, Side
from resight.web.filters import Filter, Near, Quality, State

NAMES = ("state", "side", "quality", "text", "since", "until", "near", "km", "individual")
KM = 10.0  # where a place is given, and no distance
FARTHEST = 20_100.0  # km: half round the Earth
LONGEST = 200  # characters that are looked for
LAST_PAGE = 1_000_000
# A decimal comma needs something else between the two numbers: "60,39" are two.
PLACES = tuple(
    re.compile(
        rf"\s*(?P<lat>[+-]?\d{{1,3}}(?:{mark}\d*)?)\s*°?\s*(?P<ns>[NS]?)(?:{between})"
        rf"(?P<lon>[+-]?\d{{1,3}}(?:{mark}\d*)?)\s*°?\s*(?P<ew>[EW]?)\s*",
        re.IGNORECASE | re.ASCII,
    )
    for mark, between in ((r"\.", r"\s*[,;]\s*|\s+"), (",", r"\s*;\s*|\s+"))
)

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter, its own words for the next page's address, and what of them made no sense and was left out."""

    wanted: Filter
    words: dict[str, str]
    faults: tuple[str, ...]


def asked(address: Mapping[str, str]) -> Asked:
    """What the query of an address asks for."""
    words = {name: _clean(address.get(name, "")) for name in NAMES}
    faults: list[str] = []
    near, individual = _near(words, faults), _individual(words["individual"], faults)
    wanted = Filter(
        state=_one_of(State, "state", words, faults) or State.ANY,
        side=_one_of(Side, "side", words, faults),
        text=words["text"],
        since=_day(words["since"], faults),
        until=_day(words["until"], faults),
        near=near,
        quality=_one_of(Quality, "quality", words, faults) or Quality.ANY,
        individual=individual,
    )
    return Asked(wanted, words, tuple(faults))


def page_number(text: str) -> int:
    """The page that an address asks for; the first where it makes no sense.

    >>> page_number("3"), page_number("-1"), page_number("x"), page_number("9" * 40)
    (3, 1, 1, 1000000)
    """
    return max(1, min(LAST_PAGE, int(text[:9]))) if text.isascii() and text.isdigit() else 1


def place_of(text: str) -> Place | None:
    """A place as people write it: latitude, then longitude; None where it is none.

    >>> place_of("-24.5, 31.4")
    Place(lat=-24.5, lon=31.4)
    >>> place_of("24.5° S 31.4° E"), place_of("-24,5; 31,4"), place_of("52 190")
    (Place(lat=-24.5, lon=31.4), Place(lat=-24.5, lon=31.4), Place(lat=52.0, lon=-170.0))
    >>> place_of("abc"), place_of("91, 0"), place_of("nan, 1e999")
    (None, None, None)
    """
    found = next((match for pattern in PLACES if (match := pattern.fullmatch(text))), None)
    if found is None:
        return None
    lat, lon = (float(found[name].replace(",", ".")) for name in ("lat", "lon"))
    lat = -abs(lat) if found["ns"].upper() == "S" else lat
    lon = -abs(lon) if found["ew"].upper() == "W" else lon
    # Round the Pacific longitudes are often counted on, from 0 to 360.
    lon = lon - 360 if 180 < lon <= 360 else lon
    try:
        return Place(lat, lon)
    except ValueError:
        return None


def _clean(text: str) -> str:
    """Without what no database takes, and the space that a tablet's keyboard adds."""
    return text.replace("\0", "").strip()[:LONGEST]


def _near(words: Mapping[str, str], faults: list[str]) -> Near | None:
    if not words["near"]:
        return None
    place = place_of(words["near"])
    if place is None:
        faults.append(f"“{words['near']}” is no place: write latitude and longitude, as in -24.51, 31.42.")
        return None
    if not words["km"]:
        return Near(place, KM)
    try:
        km = float(words["km"].replace(",", "."))
    except ValueError:
        km = math.nan
    if not 0 <= km < math.inf:
        faults.append(f"“{words['km']}” is no distance in kilometres: {KM:g} km are taken.")
        km = KM
    return Near(place, min(km, FARTHEST))


def _individual(text: str, faults: list[str]) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if 0 < number < 2**31:
        return number
    if text:
        faults.append(f"“{text}” is no individual: all are shown.")
    return None


def _day(text: str, faults: list[str]) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        faults.append(f"“{text}” is no day: write it as in 2024-05-31.")
        return ""


def _one_of(kind: type[E], name: str, words: Mapping[str, str], faults: list[str]) -> E | None:
    if words[name] in set(kind):
        return kind(words[name])
    if words[name]:
        faults.append(f"“{words[name]}” is no {name}: all are shown.")
    return None
