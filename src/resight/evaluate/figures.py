"""Figures of an evaluation: ROC, CMC, score histograms, reliability, accuracy against threshold.

Drawn with matplotlib's objects alone, without a screen and without shared state. Colours are told apart by
colour-blind readers (Okabe and Ito, 2008), and lines by their dashes too.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from resight.evaluate.calibration import BINS, Reliability
from resight.evaluate.roc import RocCurve
from resight.evaluate.thesis import ThesisFigures
from resight.types import Doubles

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6E6E6E"
_POINTS = 2000


def roc_figure(roc: RocCurve) -> Figure:
    """TPR against FPR on a logarithmic axis, with the two operating points and the equal error rate."""
    fpr, tpr = roc.vertices()
    keep = _thinned(len(fpr))
    left = max(1e-5, 0.5 / roc.n_different)
    figure, axes = _panel("Same or different? Pairs let in at every threshold")
    axes.plot(np.maximum(fpr[keep], left), tpr[keep], color=BLUE, lw=2, label=f"AUC {roc.auc():.4f}")
    chance = np.geomspace(left, 1, 200)
    axes.plot(chance, chance, color=GREY, lw=1, ls=":", label="chance")
    for limit, mark in ((0.01, "o"), (0.001, "s")):
        if limit >= left:
            at = roc.tpr_at_fpr(limit)
            label = f"TPR {at:.1%} at FPR {100 * limit:.2g}%"
            axes.plot(limit, at, mark, color=ORANGE, ms=7, clip_on=False, label=label)
    eer = roc.eer()
    if eer >= left:
        axes.plot(eer, 1 - eer, "D", color=BLUE, mfc="white", mew=1.5, ms=7, label=f"equal error rate {eer:.1%}")
    axes.set_xscale("log")
    axes.set_xlim(left, 1)
    axes.set_ylim(0, 1.02)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.6%}".rstrip("0%").rstrip(".") + "%"))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel(f"different pairs let in (FPR; n = {roc.n_different:,})")
    axes.set_ylabel(f"same pairs let in (TPR; n = {roc.n_same:,})")
    _legend(axes, "lower right" if roc.tpr_at_fpr(0.01) > 0.5 else "upper left")
    return figure


def thesis_figure(thesis: ThesisFigures) -> Figure:
    """Misses against false matches on two logarithmic axes, as the thesis FishNet counted and cleanly."""
    figure, axes = _panel("As the thesis draws it: TPR against FPR, both logarithmic")
    clean = thesis.clean
    left = max(1e-5, 0.5 / clean.n_different)
    fpr, tpr = clean.vertices()
    keep = _thinned(len(fpr))
    axes.plot(np.maximum(fpr[keep], left), tpr[keep], color=BLUE, lw=2, label=f"cleanly: AUC {clean.auc():.4f}")
    told = f"as the thesis: AUC {thesis.auc:.4f}, TPR {thesis.tpr_at:.3f} at FPR {thesis.fpr_at:.3f}"
    axes.plot(np.maximum(thesis.fpr, left), thesis.tpr, ".--", color=ORANGE, lw=1, ms=5, label=told)
    axes.axvline(0.01, color=GREY, lw=1, ls=":")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(left, 1)
    axes.set_ylim(max(1e-2, float(tpr[tpr > 0].min(initial=1.0))), 1.05)
    axes.set_xlabel(f"different pairs let in (FPR; n = {clean.n_different:,})")
    axes.set_ylabel(f"same pairs let in (TPR; n = {clean.n_same:,})")
    _legend(axes, "lower right")
    return figure


def cmc_figure(shares: Doubles, n: int) -> Figure:
    """The share of known animals among the first 1, 2, ... candidates; `shares` (k,) of n queries."""
    figure, axes = _panel("How far down the list must one look?")
    ranks = np.arange(1, len(shares) + 1)
    axes.plot(ranks, shares, color=BLUE, lw=2, marker="o", ms=5, clip_on=False)
    for rank in (1, 5):
        if rank <= len(shares):
            share = shares[rank - 1]
            axes.annotate(
                f"top-{rank}: {share:.1%}",
                (rank, share),
                xytext=(8, -16),
                textcoords="offset points",
                fontsize=10,
            )
    axes.set_xlim(0.5, len(shares) + 0.5)
    axes.set_ylim(0, 1.02)
    axes.set_xticks([1, *range(5, len(shares) + 1, 5)] if len(shares) > 6 else ranks)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel("candidates looked at, best first (individuals)")
    axes.set_ylabel(f"queries whose animal is among them (n = {n:,})")
    return figure


def score_figure(roc: RocCurve, unit: str = "score", bins: int = 60) -> Figure:
    """How same and different pairs spread over the scores, as shares of each kind; `unit` names the score.

    Drawn from the thresholds that were counted, straight between them. Different pairs below the lowest of
    them are counted in words; thresholds counted beside the same scores (`at`) widen the figure.
    """
    rising = slice(None, None, -1)
    edges = np.linspace(roc.thresholds[-1], roc.thresholds[0], bins + 1)
    figure, axes = _panel("Scores of same and of different pairs")
    for at_least, n, colour, dashes, kind in (
        (roc.same_at, roc.n_same, BLUE, "-", "same individual"),
        (roc.different_at, roc.n_different, ORANGE, "--", "different individuals"),
    ):
        counts = np.interp(edges, roc.thresholds[rising], at_least[rising].astype(np.float64))
        shares = (counts[:-1] - np.append(counts[1:-1], 0)) / n
        label = f"{kind} (n = {n:,})"
        axes.stairs(shares, edges, color=colour, fill=True, alpha=0.18)
        axes.stairs(shares, edges, color=colour, lw=1.8, ls=dashes, label=label)
    best = roc.best()
    label = f"best threshold {roc.thresholds[best]:.4g}: mean accuracy {roc.mean_accuracy[best]:.1%}"
    axes.axvline(float(roc.thresholds[best]), color=GREY, lw=1.2, ls=":", label=label)
    below = 1 - roc.fpr[-1]
    if below >= 5e-4:
        note = f"not shown: {below:.1%} of different pairs score lower"
        axes.text(0.01, -0.2, note, transform=axes.transAxes, color=GREY, fontsize=9)
    axes.set_xlim(float(edges[0]), float(edges[-1]))
    axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel(unit)
    axes.set_ylabel(f"share of pairs, per {edges[1] - edges[0]:.2g}")
    _legend(axes, "upper right")
    return figure


def reliability_figure(table: Reliability) -> Figure:
    """Stated probability against the share that was right, with the number of queries in each bin below."""
    figure = _figure(5.2)
    axes, counts = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    _styled(axes)
    _styled(counts)
    axes.set_title("Are stated probabilities true?", loc="left", fontsize=12)
    axes.plot((0, 1), (0, 1), color=GREY, lw=1, ls=":", label="as often right as stated")
    # The Wilson interval of each bin at 95%: what chance alone does with so few queries.
    z, n, share = 1.96, table.count, table.right
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    axes.vlines(table.stated, middle - half, middle + half, color=BLUE, lw=1.2, alpha=0.6)
    label = "first candidate, with 95% interval"
    axes.plot(table.stated, table.right, "o-", color=BLUE, lw=1.5, ms=6, clip_on=False, label=label)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel("share that was right")
    _legend(axes, "upper left")
    counts.bar(table.stated, table.count, width=0.6 / BINS, color=GREY)
    counts.set_xlim(0, 1)
    counts.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    counts.set_xlabel(f"stated probability (n = {int(table.count.sum()):,} queries)")
    counts.set_ylabel("queries")
    return figure


def threshold_figure(roc: RocCurve, unit: str = "score") -> Figure:
    """Same-accuracy, different-accuracy and their mean at every threshold; `unit` names the score."""
    keep = _thinned(len(roc.thresholds))
    thresholds = roc.thresholds[keep]
    figure, axes = _panel("What each threshold gets right")
    axes.plot(thresholds, roc.tpr[keep], color=BLUE, lw=1.8, label=f"same pairs (n = {roc.n_same:,})")
    different = f"different pairs (n = {roc.n_different:,})"
    axes.plot(thresholds, 1 - roc.fpr[keep], color=ORANGE, lw=1.8, ls="--", label=different)
    axes.plot(thresholds, roc.mean_accuracy[keep], color=GREY, lw=1.8, ls="-.", label="their mean")
    best = roc.best()
    label = f"best mean: {roc.mean_accuracy[best]:.1%} at {roc.thresholds[best]:.4g}"
    axes.plot(roc.thresholds[best], roc.mean_accuracy[best], "o", color="black", ms=6, label=label)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel(f"threshold ({unit})")
    axes.set_ylabel("share judged rightly")
    figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    return figure


def _panel(title: str) -> tuple[Figure, Axes]:
    figure = _figure(4.4)
    axes = figure.subplots()
    _styled(axes)
    axes.set_title(title, loc="left", fontsize=12)
    return figure, axes


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(6.8, height), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _styled(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#E4E4E4", lw=0.7)
    axes.set_axisbelow(True)


def _legend(axes: Axes, place: Literal["upper left", "upper right", "lower right"]) -> None:
    axes.legend(loc=place, fontsize=9, facecolor="white", edgecolor="none", framealpha=0.9)


def _thinned(n: int) -> slice | list[int]:
    """Every point of a short curve, some 2000 of a long one."""
    if n <= _POINTS:
        return slice(None)
    return [int(place) for place in np.linspace(0, n - 1, _POINTS)]
