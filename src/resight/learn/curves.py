"""The picture of a training: loss, usable triplets, and how well unseen individuals were told apart."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from resight.evaluate.figures import BLUE, GREY, ORANGE
from resight.learn.folder import Epoch


def curves_figure(history: Sequence[Epoch]) -> Figure:
    """Panels over the epochs; that of the triplets only where they were mined from a pool, as in the thesis."""
    mined = any(epoch.triplets for epoch in history)
    figure = Figure((5 * (2 + mined), 4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2 + mined)
    epochs = [epoch.epoch + 1 for epoch in history]
    panels[0].plot(epochs, [epoch.loss for epoch in history], color=BLUE, label="learning")
    other = panels[0].twinx()
    other.plot(epochs, [epoch.validation_loss for epoch in history], color=ORANGE, ls="--", label="validating")
    panels[0].set_ylabel("mean loss of a batch (blue)")
    other.set_ylabel("mean loss of a triplet, unseen individuals (orange)")
    panels[0].set_title("Loss")
    panels[1].plot(epochs, [epoch.tpr for epoch in history], color=BLUE, label="TPR at FPR 1%")
    panels[1].plot(epochs, [epoch.auc for epoch in history], color=GREY, ls=":", label="AUC")
    panels[1].set_ylim(0, 1.02)
    panels[1].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panels[1].legend(loc="lower right")
    panels[1].set_title("Pairs of unseen individuals")
    if mined:
        panels[2].plot(epochs, [epoch.triplets for epoch in history], color=BLUE)
        panels[2].set_yscale("log")
        panels[2].set_title("Usable triplets")
    for panel in panels:
        panel.set_xlabel("epoch")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
