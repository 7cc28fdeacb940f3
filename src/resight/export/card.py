"""One query of the report as HTML: its photo, the answer, the candidates, and why."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from resight.export.album import COMPARED, QUERY, THUMBNAIL, Album, Grade, Shown
from resight.export.side_by_side import (
    MOST_LINES,
    RING_RADIUS,
    Placement,
    between_rings,
    ink,
    joins,
    side_by_side,
)
from resight.export.views import CandidateView, QueryView
from resight.export.words import counted, percent, verdict_words, visible
from resight.types import Evidence, Pixels, Verdict

COMPARED_CANDIDATES = 3
MATCH_WIDTH = 900

BADGES = {Verdict.KNOWN: "✓", Verdict.NEW: "+", Verdict.UNDECIDED: "?"}
CARD = Template(files("resight.export").joinpath("card.html").read_text("utf-8"))


def text(words: str) -> str:
    r"""Words for HTML: every special character escaped, every unseen one spelled out.

    >>> text('<script>"' + chr(0))
    '&lt;script&gt;&quot;\\x00'
    """
    return escape(visible(words))


def card(query: QueryView, number: int, album: Album) -> str:
    """The query as an `<article>`, numbered from 1; `album` keeps each chip from being written twice."""
    photo = album.show(query.chip, QUERY)
    shown = [album.show(candidate.chip, _grade(rank)) for rank, candidate in enumerate(query.candidates)]
    pairs = list(zip(query.candidates, shown, strict=True))
    others = len(query.answer.candidates) - len(query.candidates)
    return CARD.substitute(
        verdict=query.answer.verdict.value,
        number=number,
        photo=_photo(query.chip, photo, f"Photo {number}, {query.path.name}"),
        name=text(query.path.name),
        folder=text(str(query.path.parent)),
        caption=text(query.caption),
        badge=BADGES[query.answer.verdict],
        words=text(verdict_words(query.answer)),
        new=_new(query.answer.p_new),
        candidates="".join(_candidate(*pair, rank) for rank, pair in enumerate(pairs, 1)),
        others=f'<p class="others">{counted(others, "candidate")} less alike not shown.</p>' if others > 0 else "",
        compared="".join(_compared(query, photo, *pair, number) for pair in pairs[:COMPARED_CANDIDATES]),
    )


def _grade(rank: int) -> Grade:
    return COMPARED if rank < COMPARED_CANDIDATES else THUMBNAIL


def _photo(chip: Pixels, shown: Shown, label: str) -> str:
    height, width = chip.shape[:2]
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{text(label)}">{shown.svg}</svg>'


def _new(p_new: float | None) -> str:
    if p_new is None:
        return ""
    return f'<p class="new-animal"><span>A new animal</span>{_bar(p_new)}<span>{percent(p_new)}</span></p>'


def _bar(p: float) -> str:
    return (
        '<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="1"/><rect class="part" width="{100 * p:.1f}" height="1"/></svg>'
    )


def _candidate(candidate: CandidateView, shown: Shown, rank: int) -> str:
    name = text(candidate.individual)
    if candidate.p is None:
        sure = f"<p>rank {rank}, score {candidate.score:.3g}</p>"
    else:
        sure = f'<p title="score {candidate.score:.3g}">{percent(candidate.p)}</p>{_bar(candidate.p)}'
    return (
        f"<li>{_photo(candidate.chip, shown, f'{candidate.individual}, from the catalogue')}"
        f'<div><h3>{name}</h3>{sure}<p class="caption">{text(candidate.caption)}</p></div></li>'
    )


def _compared(query: QueryView, photo: Shown, candidate: CandidateView, shown: Shown, number: int) -> str:
    layout = side_by_side(query.chip, candidate.chip, MATCH_WIDTH)
    name = text(candidate.individual)
    return (
        f'<details name="compare-{number}">'
        f"<summary>Compare with <b>{name}</b> <small>{_spots(candidate.evidence)}</small></summary>"
        f'<svg class="match" viewBox="0 0 {layout.width} {layout.height}" role="img" '
        f'aria-label="This animal and {name}, side by side">'
        f"{_placed(photo, layout.query)}{_placed(shown, layout.gallery)}"
        f"<g>{''.join(_lines(candidate.evidence, query.chip, candidate.chip))}</g></svg></details>"
    )


def _spots(evidence: Evidence) -> str:
    if not len(evidence):
        return "whole photos, no spots"
    drawn = f", best {MOST_LINES}" if len(evidence) > MOST_LINES else ""
    return counted(len(evidence), "spot") + drawn


def _placed(shown: Shown, place: Placement) -> str:
    x, y = place.scale
    return f'<use href="#{shown.id}" transform="translate({place.left}) scale({x:.5f} {y:.5f})"/>'


def _lines(evidence: Evidence, query: Pixels, gallery: Pixels) -> list[str]:
    drawn = joins(evidence, side_by_side(query, gallery, MATCH_WIDTH))
    lines = []
    for start, end, strength in zip(drawn.starts, drawn.ends, drawn.strengths, strict=True):
        (r, g, b), opacity = ink(float(strength))
        tail, head = between_rings(start, end)
        rings = "".join(_ring(x, y) for x, y in (start, end))
        line = f"M{tail[0]:.1f} {tail[1]:.1f}L{head[0]:.1f} {head[1]:.1f}{rings}"
        lines.append(f'<path stroke="#{r:02x}{g:02x}{b:02x}" opacity="{opacity}" d="{line}"/>')
    return lines


def _ring(x: float, y: float) -> str:
    half = f"a{RING_RADIUS:g} {RING_RADIUS:g} 0 1 0"
    return f"M{x - RING_RADIUS:.1f} {y:.1f}{half} {2 * RING_RADIUS:g} 0{half}-{2 * RING_RADIUS:g} 0"
