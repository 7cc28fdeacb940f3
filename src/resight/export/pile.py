"""A sorted pile as a page for any browser, without a network: the photos of each individual, the most first."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np

from resight.chip.cut import cut
from resight.errors import PhotoError
from resight.export.card import text
from resight.export.pictures import data_uri, jpeg
from resight.export.words import counted, percent
from resight.identify.pile import Pile
from resight.media.photo import read_photo
from resight.types import Record, Rejection, Side
from resight.work.written import write

LONGEST, QUALITY = 420, 72  # of a photo on the page
UNSURE = 0.5
FLANKS = (
    " The left and the right of an animal look different: they are two groups, and counted twice, unless photos of "
    "both are of one encounter."
)
WORTH_NAMING = 0.1


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a page tells: the records of a pile, in its order, the names of its individuals, and how it was sorted.

    `apart`: left was not compared with right.
    """

    records: Sequence[Record]
    pile: Pile
    names: Sequence[str]
    how: str
    apart: bool
    rejected: Sequence[Rejection]


def summary(pile: Pile) -> str:
    """How many animals there are, in one line."""
    photos, groups = counted(len(pile.individual), "photo"), counted(pile.many, "group")
    few = pile.fewest == pile.many
    animals = counted(pile.many, "animal") if few else f"some {pile.fewest:,} to {pile.many:,} animals"
    return f"{photos} in {groups}: {animals}."


def write_pile(path: Path, sorting: Sorting, progress: Callable[[int, int], None] | None = None) -> None:
    """Write the page in one step; a photo that cannot be read any more is told in its place."""
    pile, done = sorting.pile, 0
    groups: list[str] = []
    singles: list[str] = []
    rows = [np.flatnonzero(pile.individual == number) for number in range(pile.many)]
    for number in np.argsort([-len(of) for of in rows], kind="stable").tolist():
        photos = [_photo(sorting, row) for row in rows[number].tolist()]
        done += len(photos)
        if progress is not None:
            progress(done, len(pile.individual))
        if len(photos) == 1:
            told = f"<p>{text(sorting.names[number])}{_other(sorting, number)}</p>"
            singles.append(f'<div id="g{number}">{photos[0]}{told}</div>')
            continue
        heading = f"{text(sorting.names[number])}: {len(photos)} photos"
        groups.append(
            f'<section id="g{number}"><h2>{heading}</h2>{_other(sorting, number)}'
            f'<div class="photos">{"".join(photos)}</div></section>'
        )
    resources = files("resight.export")
    style = resources.joinpath("pile.css").read_text("utf-8")
    page = Template(resources.joinpath("pile.html").read_text("utf-8")).substitute(
        style=style,
        style_hash=f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode('ascii')}",
        summary=text(summary(pile)),
        how=text(sorting.how),
        sides=FLANKS if sorting.apart and len(_sides(sorting.records)) > 1 else "",
        groups="\n".join(groups),
        alone=f"{len(singles):,}",
        singles="\n".join(singles),
        rejected=_rejected(sorting.rejected),
    )
    write(path, page.encode())


def _sides(records: Sequence[Record]) -> set[Side]:
    return {one.side for one in records} - {Side.UNKNOWN}


def _photo(sorting: Sorting, row: int) -> str:
    record, sure = sorting.records[row], float(sorting.pile.sure[row])
    how_sure = "" if np.isnan(sure) else f" · {percent(sure)}"
    if sure < UNSURE:
        how_sure = f" · <b>{percent(sure)}, look again</b>"
    seen = " · ".join(word for word in (record.side.value, record.encounter) if word not in ("", "unknown"))
    caption = f"{text(record.path.name)}{how_sure}{f'<br>{text(seen)}' if seen else ''}"
    try:
        pixels = cut(read_photo(record.path), record.box, LONGEST).pixels
    except PhotoError as error:
        return f"<figure><p>{text(str(error))}</p><figcaption>{caption}</figcaption></figure>"
    height, width = pixels.shape[:2]
    address = data_uri(jpeg(pixels, LONGEST, QUALITY))
    picture = f'<img alt="" width="{width}" height="{height}" loading="lazy" src="{address}">'
    return f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"


def _other(sorting: Sorting, number: int) -> str:
    other, p = int(sorting.pile.other[number]), float(sorting.pile.p_other[number])
    if other == number or p < WORTH_NAMING:
        return ""
    name = text(sorting.names[other])
    return f' <span class="other">may also be <a href="#g{other}">{name}</a> ({percent(p)})</span>'


def _rejected(rejected: Sequence[Rejection]) -> str:
    if not rejected:
        return ""
    rows = "".join(f"<li>{text(str(one.path))}: {text(one.reason)}</li>" for one in rejected)
    return f"<h2>Could not be used: {len(rejected)}</h2><ul>{rows}</ul>"
