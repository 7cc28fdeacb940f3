"""The matcher `chi2:FILE.npz`: DeepFace's weighted chi-squared similarity of embeddings (Taigman et al. 2014, 4.1).

The distance is sum_i w_i (a_i - b_i)^2 / (a_i + b_i), with weights from a linear support vector machine as
`learn.verifications` fits them. It is one of features that are nowhere negative, as after a ReLU; so of vectors with
numbers of either sign the positive and the negative parts count as features of their own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from resight.errors import ResightError
from resight.match.head import check_dimensions, file_after, file_hash
from resight.match.open import embeddings
from resight.match.seam import Matcher
from resight.match.whole import no_evidence, vectors_of
from resight.types import Bools, Descriptors, Embeddings, Evidence, Floats

TILE = 256
LEAST = np.float32(1e-15)  # is added to every feature, so that two zeros have a sum to divide by


@dataclass(frozen=True, slots=True)
class Chi2:
    """`weights` (2 d,) of the features' terms, of either sign, and `offset`: the margin is offset - sum w_i term_i."""

    weights: Floats
    offset: float

    @property
    def dimensions(self) -> int:
        """Numbers of a vector, before it is parted."""
        return len(self.weights) // 2


class Chi2Gallery:
    """Gallery of embeddings; a score is the logistic of the margin, so that 0.5 is where the machine divides."""

    def __init__(self, chi2: Chi2, gallery: Embeddings) -> None:
        check_dimensions(chi2.dimensions, gallery.vectors)
        self._chi2, self._vectors = chi2, gallery.vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """The logistic of the margin for every pair, 0 where not allowed."""
        answers = margins(self._chi2, vectors_of(queries), self._vectors)
        expit(answers, out=answers)
        answers[~allowed] = 0
        return answers

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """None: a whole vector cannot say which spots it means."""
        del query, row, allowed
        return no_evidence()


def chi2(argument: str) -> Matcher:
    """A fitted chi-squared similarity by its file's name."""
    path = file_after("chi2", argument)
    fitted = read_chi2(path)
    return Matcher(f"chi2-{file_hash(path)}", True, lambda found, _w: Chi2Gallery(fitted, embeddings(found, "chi2")))


def non_negative(vectors: Floats) -> Floats:
    """Vectors (n, d) as their positive parts, then the sizes of their negative ones, (n, 2 d).

    >>> non_negative(np.array([[3, -4]], np.float32)).tolist()
    [[3.0, 0.0, 0.0, 4.0]]
    """
    return np.concatenate([np.maximum(vectors, 0), np.maximum(-vectors, 0)], axis=1)


def terms(one: Floats, other: Floats) -> Floats:
    """(a - b)^2 / (a + b) of features that are not negative, one by one; 0 where both are."""
    return np.asarray((one - other) ** 2 / (one + other + LEAST), np.float32)


def margins(chi2: Chi2, queries: Floats, gallery: Floats) -> Floats:
    """How far on the side of "one animal" each pair lies, (q, g): tile by tile, feature by feature.

    As (a - b)^2 / (a + b) = a + b - 4 a b / (a + b), all but the last term is a sum of one part from each vector.
    """
    ours, theirs = non_negative(queries), non_negative(gallery)
    # Where one side is zero throughout, the last term is.
    used = np.flatnonzero((chi2.weights != 0) & ours.any(axis=0) & theirs.any(axis=0))
    x, y = (np.ascontiguousarray(rows[:, used].T) + LEAST for rows in (ours, theirs))
    weighted = x * (4 * chi2.weights[used, None])
    answers = chi2.offset - (ours @ chi2.weights)[:, None] - (theirs @ chi2.weights)[None]
    for top in range(0, len(queries), TILE):
        for left in range(0, len(gallery), TILE):
            rows, columns = slice(top, top + TILE), slice(left, left + TILE)
            tile = answers[rows, columns]
            both, product = np.empty_like(tile), np.empty_like(tile)
            for feature in range(len(used)):
                np.add(x[feature, rows, None], y[feature, columns], out=both)
                np.multiply(weighted[feature, rows, None], y[feature, columns], out=product)
                product /= both
                tile += product
    return answers.astype(np.float32, copy=False)


def chi2_bytes(fitted: Chi2) -> bytes:
    """The content of the file, as numpy's npz."""
    buffer = io.BytesIO()
    np.savez(buffer, kind=np.array("chi2"), weights=fitted.weights, offset=fitted.offset)
    return buffer.getvalue()


def read_chi2(path: Path) -> Chi2:
    """A fitted similarity from its file; ResightError where the file holds none."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["kind"]) != "chi2":
                raise ValueError(f"its kind is {file['kind']}")
            read = Chi2(np.asarray(file["weights"], np.float32), float(file["offset"]))
        if read.weights.ndim != 1 or len(read.weights) % 2 or not np.isfinite(read.weights).all():
            raise ValueError("its weights are not finite, or not two for each number of a vector")
    except Exception as error:  # numpy and zipfile raise a dozen kinds for a file that is something else
        raise ResightError(f"{path} holds no chi-squared similarity ({error}): fit it again") from error
    return read
