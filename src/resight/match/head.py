"""The matcher `head:FILE.npz`: embeddings compared by a head that was trained to, as `learn.train_head` leaves it."""

from __future__ import annotations

import hashlib
import io
from dataclasses import fields
from pathlib import Path

import numpy as np
from scipy.special import expit

from resight.errors import ResightError
from resight.match.comparison import Even, Head, L1Head, NeuralHead, SharedHead, in_blocks, logits
from resight.match.low_rank import low_rank
from resight.match.open import embeddings
from resight.match.seam import Matcher
from resight.match.whole import no_evidence, vectors_of
from resight.types import Bools, Descriptors, Embeddings, Evidence, Floats

KINDS: dict[str, type[NeuralHead] | type[L1Head] | type[SharedHead]] = {
    "neural": NeuralHead,
    "l1": L1Head,
    "shared": SharedHead,
}
EXACT = ",exact"


class HeadGallery:
    """Gallery of embeddings compared by a head; a score is the logistic of its answer, so that 0.5 means undecided.

    With `exact` a shared head's map is evaluated for every pair; else by its form of low rank, which takes matrix
    products alone, and twelve times the gallery's memory.
    """

    def __init__(self, head: Head, gallery: Embeddings, exact: bool = False) -> None:
        check_dimensions(head.dimensions, gallery.vectors)
        self._head, self._vectors = head, gallery.vectors
        self._low = None if exact or not isinstance(head, SharedHead) else low_rank(head)
        self._longer = self._low.longer(gallery.vectors) if self._low else None

    def __len__(self) -> int:
        return len(self._vectors)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """The logistic of the head's answer for every pair, 0 where not allowed."""
        vectors = vectors_of(queries)
        check_dimensions(self._head.dimensions, vectors)
        low, longer = self._low, self._longer
        if low is None or longer is None:
            answers = logits(self._head, vectors, self._vectors)
        else:
            answers = in_blocks(lambda rows: low.logits(rows, longer), vectors, len(self))
        expit(answers, out=answers)
        answers[~allowed] = 0
        return answers

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """None: a whole vector cannot say which spots it means."""
        del query, row, allowed
        return no_evidence()


def head(argument: str) -> Matcher:
    """A trained head by its file's name; `head:FILE.npz,exact` evaluates a shared map for every pair."""
    path = file_after("head", argument.removesuffix(EXACT))
    trained = read_head(path)
    # Calibrations are kept under the name, and hold for these weights only.
    name = f"head-{file_hash(path)}{'-exact' * argument.endswith(EXACT)}"
    exact = argument.endswith(EXACT)
    return Matcher(name, True, lambda found, _known: HeadGallery(trained, embeddings(found, "head"), exact))


def head_bytes(trained: Head) -> bytes:
    """The content of a head's file, as numpy's npz: its kind, and every number of it."""
    buffer = io.BytesIO()
    kind = next(name for name, made in KINDS.items() if isinstance(trained, made))
    # savez marks its entries with a fixed time, so that equal heads have equal files.
    parts = {one.name: getattr(trained, one.name) for one in fields(trained) if one.name != "even"}
    np.savez(buffer, kind=np.array(kind), center=trained.even.center, scale=trained.even.scale, **parts)
    return buffer.getvalue()


def read_head(path: Path) -> Head:
    """A head from its file; ResightError where the file holds none, or one whose parts do not fit together."""
    try:
        with np.load(path, allow_pickle=False) as file:
            made = KINDS[str(file["kind"])]
            even = Even(*(np.asarray(file[name], np.float32) for name in ("center", "scale")))
            held = {one.name: np.asarray(file[one.name], np.float32) for one in fields(made) if one.name != "even"}
        read = made(even, **{name: float(value) if value.ndim == 0 else value for name, value in held.items()})  # type: ignore[arg-type]
        told = logits(read, np.zeros((1, read.dimensions), np.float32), np.zeros((1, read.dimensions), np.float32))
    except Exception as error:  # numpy and zipfile raise a dozen kinds for a file that is something else
        raise ResightError(f"{path} holds no trained head ({error}): give the head.npz that a training left") from error
    if not np.isfinite(told).all() or not all(np.isfinite(value).all() for value in held.values()):
        raise ResightError(f"{path} holds numbers that are not finite: train the head again")
    return read


def file_after(matcher: str, argument: str) -> Path:
    """The file named after the colon; ResightError where there is none."""
    path = Path(argument).expanduser()
    if not argument or not path.is_file():
        said = f"there is no file {path}" if argument else "nothing stands after the colon"
        raise ResightError(f"{matcher} needs the file of what was trained, {matcher}:FILE.npz, and {said}")
    return path


def file_hash(path: Path) -> str:
    """The first eight digits of a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:8]


def check_dimensions(wanted: int, vectors: Floats) -> None:
    """ResightError where vectors have another length than those that the comparison was learned on."""
    if vectors.shape[1] != wanted:
        raise ResightError(
            f"this comparison was learned on vectors of {wanted} numbers, and the model gives {vectors.shape[1]}: name "
            "the model that it was trained with before the @"
        )
