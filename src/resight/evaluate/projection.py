"""Vectors of many photos in two dimensions, to be looked at: by PCA, and by t-SNE."""

from __future__ import annotations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import hsv_to_rgb
from matplotlib.figure import Figure

from resight.types import Doubles, Floats, Strings

INDIVIDUALS, PHOTOS = 20, 1500  # more than these cannot be told apart by colour, or take too long


def projection_figure(vectors: Floats, individuals: Strings, seed: int = 0) -> Figure | None:
    """Two panels of the individuals with most photos, a colour for each; None for fewer than 10 photos."""
    names, counts = np.unique(individuals[individuals != ""], return_counts=True)
    shown = names[np.argsort(-counts, kind="stable")[:INDIVIDUALS]]
    rows = np.flatnonzero(np.isin(individuals, shown))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:PHOTOS])
    if len(rows) < 10:
        return None
    figure = Figure((11, 5), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    chosen, of = vectors[rows].astype(np.float64), individuals[rows]
    for panel, title, points in zip(
        figure.subplots(1, 2),
        ("PCA: the two directions in which photos differ most", "t-SNE: which photos are neighbours"),
        (pca(chosen), tsne(chosen, seed)),
        strict=True,
    ):
        for place, name in enumerate(shown.tolist()):
            x, y = points[of == name].T
            # Hues a golden angle apart, and three marks: neighbours in the list are told apart.
            colour = hsv_to_rgb([(place * 0.618034) % 1, 0.8, 0.75])
            panel.scatter(x, y, s=14, color=colour, marker="os^"[place % 3], linewidths=0, alpha=0.8)
        panel.set_title(title, fontsize=11)
        panel.set_xticks([])
        panel.set_yticks([])
    return figure


def pca(vectors: Doubles) -> Doubles:
    """The first two principal components of vectors (n, d), (n, 2)."""
    centred = vectors - vectors.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(left[:, :2] * scale[:2])


def tsne(vectors: Doubles, seed: int) -> Doubles:
    """Vectors (n, d) in the plane so that neighbours stay so (van der Maaten and Hinton 2008), (n, 2)."""
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    return np.asarray(TSNE(init="pca", perplexity=perplexity, random_state=seed).fit_transform(vectors), np.float64)
