"""Which of many patterns of spots hold a constellation like one of the query's: quads of spots, hashed.

After Lang et al. (2010), who find where in the sky a photo was taken: of four spots two span a frame, and the places of
the other two in that frame do not change when the pattern is turned, resized or shifted. A mirrored pattern has other
codes. Here the two that span it are far apart, for the uncertainty of a place counts in parts of the span, and the
other two are of those nearest to their middle: a spot that is missed spoils only the quads that it is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from resight.types import Bools, Floats, Ints

ENOUGH = 300  # quads of a pattern: the fewer spots it has, the more are taken of those about each span's middle
LOOSE, FEW = 0.08, 16_000  # codes farther apart in one of their four numbers are not alike, among so few quads
SIZED = 0.25  # what two measurements of one spot's radius are apart by, as logarithms
UNLIKE = 3.0  # nor are quads alike whose four radii are farther apart than so many such deviations, all together
MIDDLE = 512  # added to the number of a cell, so that it is positive
SLICES, ZOOM = 7, 1.6  # of the logarithm of the change of scale, and how far it goes either way
TURNS = 12  # votes must agree on a turn, to a twelfth of a circle
TIED = 0.05  # codes so near to being read in the other order are read in both
UNIT, SIZE_UNIT = 8000.0, 256.0  # codes and sizes are kept as whole numbers of such parts

# The spots of a quad read from the other end of its span; and with its other two spots exchanged.
_TURNED, _CROSSED = np.array([1, 0, 3, 2]), np.array([0, 1, 3, 2])

Complexes = npt.NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class Quads:
    """Quads of spots of one pattern.

    `spots` (k, 4) are numbers of its spots, the two that span the frame first; `codes` (k, 4) are x and y of the third
    and of the fourth, where the first is at 0 and the second at 1; `sizes` (k, 4) logarithms of their radii in spans;
    `spans` (k,) lead from the first spot to the second.
    """

    spots: Ints
    codes: Floats
    sizes: Floats
    spans: Complexes

    def __len__(self) -> int:
        return len(self.spots)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Quads alike: `ours` (v,) rows of the query's quads, `theirs` (v,) of the index's, `owners` (v,) the patterns.

    `weights` (v,) are 1 where codes and sizes are the same, and 0 where they are just alike; `changes` (v,) are the
    scale and the turn that lay the span of the query's quad over the other.
    """

    ours: Ints
    theirs: Ints
    owners: Ints
    weights: Floats
    changes: Complexes

    def take(self, rows: Ints) -> Likeness:
        """These of them."""
        return Likeness(self.ours[rows], self.theirs[rows], self.owners[rows], self.weights[rows], self.changes[rows])


def quads(places: Floats, radii: Floats, ties: bool = False) -> Quads:
    """The quads of one pattern: places (s, 2) and logarithms of radii (s,), in one unit.

    With `ties` a quad that a little noise would read in another order is given in both.

    >>> some = quads(np.array([[0, 0], [4, 0], [1, 1], [2, 1]], np.float32), np.zeros(4, np.float32))
    >>> some.spots[0].tolist(), some.codes[0].tolist()
    ([0, 1, 2, 3], [0.25, 0.25, 0.5, 0.25])
    """
    n = len(places)
    if n < 4:
        none = np.zeros((0, 4), np.float32)
        return Quads(np.zeros((0, 4), np.int64), none, none, np.zeros(0, np.complex64))
    at = places.astype(np.float64) @ np.array([1, 1j])
    first, second = np.triu_indices(n, 1)
    lengths = np.abs(at[first] - at[second])
    # The longer half of the spans; of many spots, the longest.
    shortest = max(np.median(lengths), np.sort(lengths)[-ENOUGH:][0])
    long = (lengths >= shortest) & (lengths > 0)
    first, second, lengths = first[long], second[long], lengths[long]
    away = np.abs(at[None] - (at[first] + at[second])[:, None] / 2)
    away[np.arange(len(first)), first] = away[np.arange(len(first)), second] = np.inf
    near = away.argsort(axis=1, kind="stable")[:, : _among(n, len(first))]
    # Where there are too many, those of the longest spans, and of the spots nearest to the middle.
    two = np.array(sorted(combinations(range(near.shape[1]), 2), key=sum))
    longest = np.argsort(-lengths, kind="stable")
    rest = near[longest][:, two].transpose(1, 0, 2).reshape(-1, 2)[:ENOUGH]
    span = np.tile(np.stack([first, second], axis=1)[longest], (len(two), 1))[:ENOUGH]
    spots = np.concatenate([span, rest], axis=1)

    code = (at[rest] - at[span[:, :1]]) / (at[span[:, 1]] - at[span[:, 0]])[:, None]
    turned = (code.real.sum(axis=1) > 1)[:, None]
    spots, code = np.where(turned, spots[:, _TURNED], spots), np.where(turned, 1 - code[:, ::-1], code)
    crossed = (code[:, 0].real > code[:, 1].real)[:, None]
    spots, code = np.where(crossed, spots[:, _CROSSED], spots), np.where(crossed, code[:, ::-1], code)
    if ties:
        near = np.abs(code.real.sum(axis=1) - 1) < TIED
        spots = np.concatenate([spots, spots[near][:, _TURNED]])
        code = np.concatenate([code, 1 - code[near, ::-1]])
        near = np.abs(code[:, 0].real - code[:, 1].real) < TIED
        spots, code = np.concatenate([spots, spots[near][:, _CROSSED]]), np.concatenate([code, code[near, ::-1]])
    spans = (at[spots[:, 1]] - at[spots[:, 0]]).astype(np.complex64)
    codes = np.stack([code[:, 0].real, code[:, 0].imag, code[:, 1].real, code[:, 1].imag], axis=1)
    sizes = radii[spots] - np.log(np.abs(spans))[:, None]
    return Quads(spots, codes.astype(np.float32), sizes.astype(np.float32), spans)


class ConstellationIndex:
    """The quads of many patterns, sorted by the cell of their code.

    `patterns` are places (s, 2) and logarithms of radii (s,) of each, fewer than 256 spots in one. The more quads, the
    closer codes must be to be alike, so that a look-up takes about as long; a pattern has hundreds of quads, and a few
    that are alike will do.
    """

    def __init__(self, patterns: list[tuple[Floats, Floats]]) -> None:
        parts = [quads(places, radii) for places, radii in patterns]
        codes = np.concatenate([np.zeros((0, 4), np.float32), *(part.codes for part in parts)])
        self._n = len(parts)
        self._loose = round(UNIT * LOOSE * min(1.0, FEW / max(1, len(codes))) ** 0.25)
        whole = _whole(codes, UNIT)
        keys = _keys(np.floor_divide(whole[:3], 2 * self._loose).T, whole[3])
        order = np.argsort(keys, kind="stable")
        sizes = np.concatenate([np.zeros((0, 4), np.float32), *(part.sizes for part in parts)])
        spots = np.concatenate([np.zeros((0, 4), np.int64), *(part.spots for part in parts)])
        spans = np.concatenate([np.zeros(0, np.complex64), *(part.spans for part in parts)])
        owners = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
        self._keys, self._owners, self._spots = keys[order], owners[order], spots[order].astype(np.uint8)
        self._spans = spans[order]
        self._codes, self._sizes = whole[:, order], _whole(sizes[order], SIZE_UNIT)

    def __len__(self) -> int:
        return self._n

    @property
    def size(self) -> int:
        """Bytes held."""
        held = self._keys, self._codes, self._sizes, self._spots, self._spans, self._owners
        return sum(column.nbytes for column in held)

    def alike(self, asked: Quads, allowed: Bools) -> Likeness:
        """Every two quads, one of the query and one of an allowed pattern (n,), whose codes and sizes are alike."""
        # What is alike lies in the two nearest cells of each of three numbers; in a cell the fourth rises.
        codes = _whole(asked.codes, UNIT)
        low = np.floor_divide(codes[:3] - self._loose, 2 * self._loose).T
        cells = [low + np.array(step, np.int16) for step in product((0, 1), repeat=3)]
        keys = np.concatenate([_keys(cell, codes[3]) for cell in cells])
        # In their order: neighbouring look-ups then touch the same memory.
        order = np.argsort(keys)
        first = np.searchsorted(self._keys, keys[order] - self._loose)
        counts = np.searchsorted(self._keys, keys[order] + self._loose, "right") - first
        ours = np.repeat(order % max(1, len(asked)), counts)
        theirs = np.arange(len(ours)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        apart = np.zeros(len(ours), np.int16)
        for mine, other in zip(codes, self._codes, strict=True):
            apart = np.maximum(apart, np.abs(mine[ours] - other[theirs]))
            kept = np.flatnonzero(apart <= self._loose)
            ours, theirs, apart = ours[kept], theirs[kept], apart[kept]
        unlike = np.zeros(len(ours), np.float32)
        for mine, other in zip(_whole(asked.sizes, SIZE_UNIT), self._sizes, strict=True):
            unlike = unlike + ((mine[ours] - other[theirs]) / np.float32(SIZED * SIZE_UNIT)) ** 2
            kept = np.flatnonzero(unlike < UNLIKE**2)
            ours, theirs, apart, unlike = ours[kept], theirs[kept], apart[kept], unlike[kept]
        owners = self._owners[theirs].astype(np.int64)
        weights = ((1 - apart / self._loose) * np.exp(-0.5 * unlike)).astype(np.float32)
        changes = self._spans[theirs] / asked.spans[ours]
        return Likeness(ours, theirs, owners, weights, changes).take(np.flatnonzero(allowed[owners]))

    def spots(self, rows: Ints) -> Ints:
        """The spots of these quads of the index, (k, 4), those that span the frame first."""
        return self._spots[rows].astype(np.int64)


def votes(found: Likeness, patterns: int) -> tuple[Floats, Bools]:
    """The votes for each of so many patterns that agree on one scale and turn, (n,), and which those are, (v,)."""
    zoom = (np.log(np.maximum(np.abs(found.changes), 1e-9)) / ZOOM + 1) / 2 * SLICES
    rows = np.clip(np.floor(zoom), 0, SLICES - 1).astype(np.int64)
    columns = np.floor(np.angle(found.changes) / (2 * np.pi) * TURNS).astype(np.int64) % TURNS
    bins, place = np.unique((found.owners * SLICES + rows) * TURNS + columns, return_inverse=True)
    counted, best = np.zeros(patterns, np.float32), np.zeros(patterns, np.int64)
    if not len(bins):
        return counted, np.zeros(0, np.bool_)
    # Two neighbouring turns count together: what agrees may lie on the border between them.
    after = bins - bins % TURNS + (bins + 1) % TURNS
    beside = np.minimum(np.searchsorted(bins, after), len(bins) - 1)
    single = np.bincount(place.ravel(), found.weights).astype(np.float32)
    double = single + np.where(bins[beside] == after, single[beside], 0)
    owners, starts = np.unique(bins // (SLICES * TURNS), return_index=True)
    counted[owners] = np.maximum.reduceat(double, starts)
    top = np.flatnonzero(double == counted[bins // (SLICES * TURNS)])
    best[bins[top] // (SLICES * TURNS)] = bins[top] % (SLICES * TURNS)
    row, column = best[found.owners] // TURNS, best[found.owners] % TURNS
    return counted, (np.abs(rows - row) <= 1) & ((columns - column) % TURNS <= 1)


def _among(spots: int, spans: int) -> int:
    """How many of the spots about the middle of each span make quads with it, two at a time."""
    among = 2
    while among < spots - 2 and spans * among * (among - 1) / 2 < ENOUGH:
        among += 1
    return among


def _whole(numbers: Floats, unit: float) -> npt.NDArray[np.int16]:
    return np.ascontiguousarray(np.clip(np.rint(numbers * unit), -16000, 16000).astype(np.int16).T)


def _keys(cells: npt.NDArray[np.int16], fourth: npt.NDArray[np.int16]) -> Ints:
    """Cells (k, 3) of three numbers of a code and the fourth number itself, in one that sorts by them in turn."""
    shifted = np.clip(cells.astype(np.int64) + MIDDLE, 0, 2 * MIDDLE - 1)
    key = shifted[:, 0]
    for column in (shifted[:, 1], shifted[:, 2]):
        key = key * (2 * MIDDLE) + column
    return key * 2**16 + (fourth.astype(np.int64) + 2**15)
