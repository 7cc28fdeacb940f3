"""Ways to lay vectors out on a plane: t-SNE, UMAP as it is, and UMAP that is told the names that are known."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from sklearn.manifold import TSNE

from resight.errors import ResightError
from resight.types import Doubles, Floats, Strings

NEIGHBOURS = 15  # that UMAP asks, and
PERPLEXITY = 30.0  # about a third of those that t-SNE asks


class Way(StrEnum):
    """By which method a plane is made."""

    TSNE = "tsne"
    OPEN_TSNE = "opentsne"
    UMAP = "umap"
    UMAP_SUPERVISED = "umap-supervised"


def laid_out(vectors: Floats, way: Way, individuals: Strings, seed: int) -> Doubles:
    """Vectors (n, d) as points (n, 2), the farthest coordinate 1; `individuals` (n,) are asked by one way only.

    t-SNE (van der Maaten and Hinton 2008) by scikit-learn or by openTSNE (Policar et al. 2019), UMAP (McInnes et al.
    2018) by umap-learn. Supervised UMAP draws animals of one name together, so the picture shows what is known, and
    is no evidence for it. ResightError where the package is not installed, or nobody is named.
    """
    if way is Way.TSNE:
        points = TSNE(2, perplexity=_perplexity(vectors), init="pca", random_state=seed).fit_transform(vectors)
    elif way is Way.OPEN_TSNE:
        points = _open_tsne(vectors, seed)
    else:
        points = _umap(vectors, _numbers(individuals) if way is Way.UMAP_SUPERVISED else None, seed)
    points = np.asarray(points, np.float64)
    return points / max(float(np.abs(points).max()), 1e-9)


def _open_tsne(vectors: Floats, seed: int) -> Doubles:
    try:
        import openTSNE  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError as error:
        raise _missing("openTSNE", Way.OPEN_TSNE) from error
    return np.asarray(openTSNE.TSNE(2, perplexity=_perplexity(vectors), random_state=seed).fit(np.asarray(vectors)))


def _umap(vectors: Floats, numbers: Doubles | None, seed: int) -> Doubles:
    try:
        from umap import UMAP  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError as error:
        raise _missing("umap-learn", Way.UMAP) from error
    near = min(NEIGHBOURS, len(vectors) - 1)
    # Given a seed, UMAP runs on one thread and says so; told as much beforehand, it does not.
    return np.asarray(UMAP(n_neighbors=near, random_state=seed, n_jobs=1).fit_transform(vectors, y=numbers))


def _numbers(individuals: Strings) -> Doubles:
    """A number for each name; -1, which UMAP takes for not known, where there is none."""
    names, numbers = np.unique(individuals, return_inverse=True)
    if not (names != "").any():
        raise ResightError("supervised UMAP draws together what has one name, and nobody is named here: use umap")
    return np.where(individuals == "", -1, numbers).astype(np.float64)


def _perplexity(vectors: Floats) -> float:
    return min(PERPLEXITY, (len(vectors) - 1) / 3)


def _missing(package: str, way: Way) -> ResightError:
    return ResightError(f"--way {way} needs {package}, which is not installed: pip install 'resight[tsne]'")
