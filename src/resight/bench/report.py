"""The benchmark as one page that needs nothing else: for each set, every method with its figures drawn to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from resight.bench.cell import Cell
from resight.bench.contenders import CONTENDERS
from resight.bench.table import WHY_QUICK, Value, in_time, seconds_of_query, value_of
from resight.bench.tables import Preset
from resight.evaluate.report import MEANING

# A method is drawn by the first; the others stand beside it.
DRAWN = "top1"
BESIDE = ("top5", "map5", "auroc_new", "baks", "baus", "ece", "tpr_at_fpr_1pct", "review_effort_1pct_wrong")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 92rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.25rem; margin: 2.4rem 0 .2rem }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 } .scroll { overflow-x: auto }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd; vertical-align: middle }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } .note { color: #555 }
svg, small { display: block } small { min-width: 15rem; font-weight: 400 }
.best td, .best th { background: #eef6f0 }
"""
WIDTH, HEIGHT = 220, 18


def page(cells: Sequence[Cell], sets: Sequence[str], preset: Preset) -> str:
    """The whole page, the methods of each set by their top-1."""
    about = WHY_QUICK if preset is Preset.QUICK else "Every method saw the same photos of every set."
    parts = [
        "<h1>Methods side by side</h1>",
        f"<p class=note>{escape(about)} Bars are top-1 with its 95% interval over individuals.</p>",
    ]
    for name in sets:
        parts += [f"<h2>{escape(name)}</h2>", _set([cell for cell in cells if cell.set == name])]
    meanings = "".join(
        f"<tr><th><code>{name}</code></th><td>{escape(MEANING[name])}</td></tr>" for name in (DRAWN, *BESIDE)
    )
    parts += ["<h2>What the columns mean</h2>", f"<table>{meanings}</table>"]
    head = f'<meta charset="utf-8"><title>Methods side by side</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(parts) + "\n</body></html>\n"


def _set(cells: Sequence[Cell]) -> str:
    done = sorted((cell for cell in cells if cell.evaluation), key=lambda cell: -_drawn(cell))
    names = [f"<th class=number><code>{name}</code></th>" for name in BESIDE]
    columns = "".join(f"<th class=number>{name}</th>" for name in ("Learned", "A photo", "A query", "Memory"))
    head = f"<tr><th>Method</th><th>top-1</th><th></th>{''.join(names)}{columns}</tr>"
    rows = "".join(_row(cell, best=place == 0) for place, cell in enumerate(done))
    table = f"<div class=scroll><table>{head}{rows}</table></div>" if done else ""
    refused = "".join(
        f"<li><b>{escape(cell.method)}</b>: {escape(cell.refused)}.</li>" for cell in cells if cell.refused
    )
    return table + (f"<p class=note>Not possible here:</p><ul class=note>{refused}</ul>" if refused else "")


def _row(cell: Cell, best: bool) -> str:
    found = value_of(cell, DRAWN)
    figures = "".join(f"<td class=number>{_number(value_of(cell, name))}</td>" for name in BESIDE)
    costs = (
        in_time(cell.seconds_learned) if cell.seconds_learned else "–",
        in_time(cell.seconds_photo),
        in_time(seconds_of_query(cell)),
        f"{cell.megabytes:,.0f} MB",
    )
    said = CONTENDERS[cell.method].says if cell.method in CONTENDERS else ""
    bar = _bar(found) if found else ""
    cost = "".join(f"<td class=number>{one}</td>" for one in costs)
    mark = " class=best" if best else ""
    name = f"<th>{escape(cell.method)}<small class=note>{escape(said)}</small></th>"
    return f"<tr{mark}>{name}<td class=number>{found or '–'}</td><td>{bar}</td>{figures}{cost}</tr>"


def _bar(found: Value) -> str:
    """A bar to the figure, and a line over its interval."""
    line = ""
    if found.low is not None and found.high is not None:
        middle = HEIGHT / 2
        line = (
            f'<line x1="{found.low * WIDTH:.1f}" x2="{found.high * WIDTH:.1f}" y1="{middle}" y2="{middle}" '
            'stroke="#12351f" stroke-width="2"/>'
        )
    bar = f'<rect width="{found.value * WIDTH:.1f}" height="{HEIGHT}" rx="2" fill="#7fb796"/>'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" rx="2" fill="#ececec"/>'
    return f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{found}">{ground}{bar}{line}</svg>'


def _number(found: Value | None) -> str:
    return "–" if found is None else f"{found.value:.3f}"


def _drawn(cell: Cell) -> float:
    found = value_of(cell, DRAWN)
    return -1.0 if found is None else found.value
