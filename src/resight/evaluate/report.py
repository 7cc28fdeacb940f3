"""The report of an evaluation: one page that needs nothing else, figures, and a table of thresholds."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from resight.evaluate import figures
from resight.evaluate.calibration import Reliability
from resight.evaluate.projection import projection_figure
from resight.evaluate.result import Evaluation, Figures, Missing
from resight.evaluate.roc import RocCurve
from resight.evaluate.thesis import ThesisFigures, thesis_figures
from resight.types import Doubles, Floats, Ints, Strings

MEANING = {
    "top1": "How often the first individual proposed is the right one, for animals that the gallery holds.",
    "top5": "How often the right individual is among the first five, for animals that the gallery holds.",
    "map5": "One over the rank of the right individual, 0 beyond five; averaged over known animals.",
    "map5_new": "The same with 'new individual' as an entry of the list, averaged over all queries.",
    "baks": "Share of photos given the right name, averaged over known individuals; undecided is wrong.",
    "baus": "Share of photos called new, averaged over individuals the gallery lacks; undecided is wrong.",
    "auroc_new": "The chance that a known animal is thought known more than a new one is. A coin gives 0.5.",
    "auc": "The chance that photos of one individual score more than photos of two do. A coin gives 0.5.",
    "tpr_at_fpr_1pct": "Share of same pairs recognised when 1% of different pairs are let in.",
    "tpr_at_fpr_01pct": "Share of same pairs recognised when 0.1% of different pairs are let in.",
    "eer": "The error rate where same pairs are missed as often as different ones let in. Less is better.",
    "ece": "How far stated probabilities are from the truth, on average. Less is better.",
    "baks_baus_geometric_mean": "BAKS and BAUS in one figure: the square root of their product.",
    "undecided": "Share of queries for which the program asks a person.",
    "review_effort_1pct_wrong": "Share of queries a person must decide, if 1% of the rest may be wrong.",
    "review_effort_5pct_wrong": "Share of queries a person must decide, if 5% of the rest may be wrong.",
    "best_mean_accuracy": "Mean of same- and different-accuracy at the threshold where it is best.",
}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b }
body { max-width: 66rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.2rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100%; margin: .8rem 0 } caption { text-align: left; color: #555 }
th, td { text-align: left; padding: .35rem .7rem .35rem 0 }
th, td { border-bottom: 1px solid #ddd; vertical-align: top }
th { font-weight: 600 } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td code { overflow-wrap: anywhere } th code { white-space: nowrap }
img { max-width: 100%; height: auto } figure { margin: 1.2rem 0 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 0 1.5rem }
.note { color: #555 }
"""


@dataclass(frozen=True, slots=True)
class Curves:
    """What the figures are drawn from; None where the evaluation has none.

    `cumulative_match` (k,) is of `n_known` queries. `score` names what pairs are compared by, with its unit. `embedded`
    are the vectors of one table that was compared with itself, and who is on each.
    """

    roc: RocCurve | None = None
    cumulative_match: Doubles | None = None
    n_known: int = 0
    reliability: Reliability | None = None
    score: str = "score"
    embedded: tuple[Floats, Strings] | None = None


def write_report(evaluation: Evaluation, curves: Curves, folder: Path) -> Path:
    """Write report.html, figures as PNG, thresholds.csv and evaluation.json; return the page.

    The folder is made where it is missing; files of these names in it are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, caption, figure in _figures(curves):
        stream = BytesIO()
        figure.savefig(stream, format="png")
        (folder / f"{name}.png").write_bytes(stream.getvalue())
        drawn.append(_inline(caption, stream.getvalue()))
    roc = _usable(curves.roc)
    if roc is not None:
        _write_thresholds(roc, folder / "thresholds.csv")
    (folder / "evaluation.json").write_text(evaluation.to_json(), encoding="utf-8")
    thesis = thesis_figures(*curves.embedded, evaluation.seed) if curves.embedded else None
    thesis_parts: list[str] = []
    if thesis is not None:
        stream = BytesIO()
        figures.thesis_figure(thesis).savefig(stream, format="png")
        (folder / "thesis.png").write_bytes(stream.getvalue())
        drawn_so = _inline("The ROC on two logarithmic axes, as counted by the thesis and cleanly.", stream.getvalue())
        thesis_parts = ["<h2>As the thesis FishNet counted</h2>", _thesis_table(thesis), drawn_so]
    page = folder / "report.html"
    page.write_text(_page(evaluation, roc, curves.score, drawn, thesis_parts), encoding="utf-8")
    return page


def operating_points(roc: RocCurve) -> Ints:
    """Thresholds worth a row of a table: each FPR from 0.01% to 10% just kept, and the best mean accuracy."""
    kept = np.searchsorted(roc.fpr, (1e-4, 1e-3, 1e-2, 5e-2, 1e-1), side="right") - 1
    return np.unique(np.append(kept[kept >= 0], roc.best())).astype(np.int64)


def _figures(curves: Curves) -> Iterator[tuple[str, str, Figure]]:
    if curves.cumulative_match is not None:
        caption = "How often the right individual is among the first so many, for animals that the gallery holds."
        yield "cmc", caption, figures.cmc_figure(curves.cumulative_match, curves.n_known)
    if curves.reliability is not None:
        caption = "On the dotted line, answers are right as often as the program says."
        yield "reliability", caption, figures.reliability_figure(curves.reliability)
    roc = _usable(curves.roc)
    if roc is not None:
        caption = "The higher at the left, the more animals are recognised with few false matches."
        yield "roc", caption, figures.roc_figure(roc)
        caption = "The less the two kinds overlap, the better a threshold can tell them apart."
        yield "scores", caption, figures.score_figure(roc, curves.score)
        caption = "Total accuracy is not shown: most pairs differ, so that always saying 'different' would win."
        yield "thresholds", caption, figures.threshold_figure(roc, curves.score)
    if curves.embedded is not None and (seen := projection_figure(*curves.embedded)) is not None:
        yield "projection", "Photos as points, coloured by individual: the better, the more separate they lie.", seen


def _thesis_table(thesis: ThesisFigures) -> str:
    """Both ways to count side by side."""
    clean = thesis.clean
    rows = (
        ("pairs of one individual", f"{thesis.images + 2 * clean.n_same:,}", f"{clean.n_same:,}"),
        ("pairs of different ones", f"{2 * clean.n_different:,}", f"{clean.n_different:,}"),
        ("AUC", f"{thesis.auc:.4f}", f"{clean.auc():.4f}"),
        ("TPR", f"{thesis.tpr_at:.4f} at FPR {thesis.fpr_at:.4f}", f"{clean.tpr_at_fpr(0.01):.4f} at FPR 0.01"),
    )
    cells = "".join(
        f"<tr><th>{name}</th><td class=number>{told}</td><td class=number>{true}</td></tr>" for name, told, true in rows
    )
    caption = (
        f"Of {thesis.images:,} images, 100 of an individual at most. The thesis' notebook counts every pair twice and "
        "each image with itself, and reads the TPR at the step of 0.02 whose FPR is nearest to 0.01; cleanly counted, "
        "each pair of different images counts once, at every threshold."
    )
    head = "<tr><th></th><th class=number>as the thesis</th><th class=number>cleanly</th></tr>"
    return f"<table><caption>{caption}</caption>{head}{cells}</table>"


def _usable(roc: RocCurve | None) -> RocCurve | None:
    return None if roc is None or roc.why_empty else roc


def _write_thresholds(roc: RocCurve, path: Path) -> None:
    rows = np.unique(np.append(np.linspace(0, len(roc.thresholds) - 1, 1000).astype(np.int64), operating_points(roc)))
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["threshold", "same_accuracy", "different_accuracy", "mean_accuracy", "fpr"])
        for row in rows:
            fpr = float(roc.fpr[row])
            values = (roc.thresholds[row], roc.tpr[row], 1 - fpr, roc.mean_accuracy[row], fpr)
            table.writerow([float(value) for value in values])


def _page(evaluation: Evaluation, roc: RocCurve | None, score: str, drawn: list[str], thesis: list[str]) -> str:
    about = {
        "Method": evaluation.method,
        "Fingerprint": evaluation.fingerprint,
        "Split": evaluation.split,
        "Seed": str(evaluation.seed),
        "Queries": f"{evaluation.n_query:,}",
        "of individuals the gallery lacks": f"{evaluation.n_new:,}",
        "with nothing comparable in the gallery": f"{evaluation.n_unanswerable:,} (they count as wrong)",
        "Gallery": f"{evaluation.n_gallery:,} annotations",
        "Seconds per query": f"{evaluation.seconds_per_query:.3g}",
    }
    facts = "".join(f"<tr><th>{escape(k)}</th><td><code>{escape(v)}</code></td></tr>" for k, v in about.items())
    parts = [
        f"<h1>Evaluation of {escape(evaluation.method)}</h1>",
        "<p class=note>Intervals are 95% bootstrap intervals over individuals: how far each figure would "
        "move, had other animals of the same kind been photographed.</p>",
        f"<table>{facts}</table>",
        "<h2>Measures</h2>",
        _figure_table(evaluation.measures),
    ]
    if evaluation.further:
        parts += ["<h2>Beside them</h2>", _figure_table(evaluation.further)]
    if drawn:
        parts += ["<h2>Figures</h2>", "<div class=figures>", *drawn, "</div>"]
    if roc is not None:
        parts += ["<h2>Thresholds</h2>", _threshold_table(roc, score)]
    parts += thesis
    title = f"<title>Evaluation of {escape(evaluation.method)}</title>"
    head = f'<meta charset="utf-8">{title}<style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(parts) + "\n</body></html>\n"


def _figure_table(named: Figures) -> str:
    rows = []
    for name, figure in named.items():
        meaning = escape(MEANING.get(name, ""))
        if isinstance(figure, Missing):
            value, interval, meaning = (
                "–",
                "",
                f"{meaning} <span class=note>Not measured: {escape(figure.reason)}.</span>",
            )
        else:
            value = f"{figure.value:.4f}"
            interval = f"{figure.low:.4f} to {figure.high:.4f}" if figure.low is not None else escape(figure.reason)
        cells = f"<td class=number>{value}</td><td class=number>{interval}</td><td>{meaning}</td>"
        rows.append(f"<tr><th><code>{escape(name)}</code></th>{cells}</tr>")
    head = "<tr><th>Name</th><th class=number>Value</th><th class=number>95% interval</th><th>Meaning</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _threshold_table(roc: RocCurve, score: str) -> str:
    rows = []
    for place in operating_points(roc):
        shares = (roc.tpr[place], 1 - roc.fpr[place], roc.mean_accuracy[place], roc.fpr[place])
        cells = [f"{roc.thresholds[place]:.5g}", *(f"{share:.3%}" for share in shares)]
        note = "best mean" if place == roc.best() else ""
        numbers = "".join(f"<td class=number>{cell}</td>" for cell in cells)
        rows.append(f"<tr>{numbers}<td class=note>{note}</td></tr>")
    names = ("Threshold", "Same-accuracy", "Different-accuracy", "Their mean", "FPR")
    head = "".join(f"<th class=number>{name}</th>" for name in names)
    caption = (
        f"Pairs whose {escape(score)} is at least the threshold are called the same; {roc.n_same:,} same and "
        f"{roc.n_different:,} different pairs. More thresholds are in thresholds.csv."
    )
    return f"<table><caption>{caption}</caption><tr>{head}<th></th></tr>{''.join(rows)}</table>"


def _inline(caption: str, png: bytes) -> str:
    data = base64.b64encode(png).decode("ascii")
    text = escape(caption)
    image = f'<img alt="{text}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption class=note>{text}</figcaption></figure>"
