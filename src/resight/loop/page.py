"""Questions as a page for any browser, without a network; and the answers that it saves."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np

from resight.chip.cut import cut
from resight.errors import PhotoError, ResightError
from resight.export.pictures import data_uri, jpeg
from resight.loop.answers import SAYS
from resight.loop.questions import Question, Why
from resight.loop.tracks import Tracks
from resight.media.photo import read_photo
from resight.types import Record
from resight.work.written import write

PICTURES = 3  # of a track
SIZE = 420  # pixels of a picture, the longer side
WHY = {
    Why.NEAR: "",
    Why.SURPRISE: "Asked again: the answer before is against what the pictures look like.",
    Why.UNSURE: "Asked again: nobody could tell.",
    Why.DIVIDED: "Asked again: as many said one animal as two.",
    Why.CONTRADICTION: "Asked again: the answer before goes against what was said of other pairs.",
}


def batch_of(tracks: Tracks, asked: Sequence[Question], before: int) -> str:
    """A mark of these questions, after so many answers: what was answered once is not taken twice."""
    digest = hashlib.sha256(str(before).encode())
    for one in asked:
        digest.update(f"\n{tracks.name[one.first]}\t{tracks.name[one.second]}".encode())
    return digest.hexdigest()[:10]


def write_page(path: Path, tracks: Tracks, asked: Sequence[Question], batch: str, command: str) -> None:
    """One pair after another, the tracks' pictures one above the other; keys answer, a button saves."""
    style, script = (files("resight.loop").joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    page = Template(files("resight.loop").joinpath("page.html").read_text("utf-8"))
    text = page.substitute(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        batch=batch,
        many=len(asked),
        command=html.escape(command.replace("ANSWERS", f"answers-{batch}.csv"), quote=True),
        questions="\n".join(_pair(tracks, one) for one in asked),
    )
    write(path, text.encode())


def read_replies(path: Path, batch: str, many: int) -> Mapping[int, bool | None]:
    """What the page saved, by the question's place, from 0; ResightError where it is of other questions."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ResightError(f"{path} cannot be read as answers: {error}") from error
    if any(row.get("batch") != batch for row in rows):
        raise ResightError(
            f"{path} does not answer the questions that wait now. They may have been taken already: start the command "
            "without --answers to see what is asked"
        )
    try:
        replies = {int(row["question"]) - 1: SAYS[row["answer"].strip().lower()] for row in rows}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResightError(f"{path}: columns are batch, question, answer; an answer is same, different, unsure") from (
            error
        )
    if any(not 0 <= place < many for place in replies):
        raise ResightError(f"{path}: questions are numbered from 1 to {many}")
    return replies


def _pair(tracks: Tracks, asked: Question) -> str:
    shown = "".join(
        f'<figure class="track">{_pictures(tracks.pictures(track))}'
        f"<figcaption>{html.escape(str(tracks.name[track]))}</figcaption></figure>"
        for track in (asked.first, asked.second)
    )
    return f'<section class="pair" hidden><p>{WHY[asked.why]}</p>{shown}</section>'


def _pictures(records: Sequence[Record]) -> str:
    """A few pictures from all of the track; what cannot be read is said in its place."""
    places = np.unique(np.linspace(0, len(records) - 1, PICTURES).round().astype(int))
    return "".join(_picture(records[place]) for place in places.tolist())


def _picture(record: Record) -> str:
    name = html.escape(record.path.name, quote=True)
    try:
        pixels = cut(read_photo(record.path), record.box, SIZE).pixels
    except PhotoError as error:
        return f"<p>{html.escape(str(error))}</p>"
    return f'<img alt="{name}" src="{data_uri(jpeg(pixels, SIZE, 82))}">'


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
