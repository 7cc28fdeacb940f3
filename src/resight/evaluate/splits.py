"""Splits of annotations into those that teach and those that test: by individual, encounter or time.

Photos of one encounter are nearly alike, and annotations of one photo share it. They are never parted: a
*group* is everything that is linked by an encounter or by a photo.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from resight.errors import ResightError
from resight.types import Ints, Labels, Strings


class SplitError(ResightError):
    """These annotations cannot be split as asked."""


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to fit on, and rows to test on; together all rows, none twice."""

    fit: Ints
    test: Ints


def groups(labels: Labels) -> Ints:
    """The group of each annotation (n,): linked by an encounter or a photo; an empty label links nothing."""
    n = len(labels)
    links = []
    for column in (labels.encounter, labels.photo):
        order = np.argsort(column, kind="stable")
        alike = (column[order][1:] == column[order][:-1]) & (column[order][1:] != "")
        links.append(np.stack([order[:-1][alike], order[1:][alike]]))
    first, second = np.concatenate(links, axis=1)
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def by_identity(individual: Strings, share: float, seed: int) -> Split:
    """Test on this share of the individuals, fit on the others; annotations without a name are fitted on."""
    return _split(np.isin(individual, withheld_individuals(individual, share, seed)))


def withheld_individuals(individual: Strings, share: float = 1 / 3, seed: int = 0) -> Strings:
    """A seeded share of the individuals, rounded, at least one: those taken out of a gallery to be unknown.

    SplitError where that would leave none.
    """
    names = np.unique(individual[individual != ""])
    n_taken = max(1, round(len(names) * _checked(share)))
    if n_taken >= len(names):
        raise SplitError(f"{len(names)} individuals are too few to take a share of {share:.2f} of them out")
    return np.sort(np.random.default_rng(seed).permutation(names)[:n_taken])


def by_encounter(labels: Labels, share: float, seed: int) -> Split:
    """Test on whole groups, drawn at random until they hold this share of the annotations."""
    group = groups(labels)
    n_groups = int(group.max(initial=-1)) + 1
    return _split(_until(group, np.random.default_rng(seed).permutation(n_groups), share))


def by_time(labels: Labels, taken_at: npt.NDArray[np.datetime64], share: float) -> Split:
    """Test on the groups that start latest, as many as hold this share of the annotations.

    `taken_at` (n,). SplitError where an annotation has no date.
    """
    undated = int(np.isnat(taken_at).sum())
    if undated:
        raise SplitError(f"{undated} annotations have no date: leave them out, or split by encounter")
    group = groups(labels)
    starts = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(starts, group, taken_at.astype("datetime64[us]").astype(np.int64))
    return _split(_until(group, np.argsort(-starts, kind="stable"), share))


def leave_one_encounter_out(labels: Labels) -> Iterator[Split]:
    """One split for each group, with that group as the test."""
    group = groups(labels)
    return (_split(group == left_out) for left_out in range(int(group.max(initial=-1)) + 1))


def folds(labels: Labels, k: int, seed: int) -> list[Split]:
    """K-fold within individuals: each individual's groups are dealt evenly to k test parts, whole.

    Each annotation is tested once. Groups go in random order to the part that holds fewest annotations of
    their individuals, then fewest at all. SplitError where there are fewer groups than parts.
    """
    group = groups(labels)
    n_groups = int(group.max(initial=-1)) + 1
    if k < 2 or n_groups < k:
        raise SplitError(f"{n_groups} encounters or photos cannot be dealt to {k} parts")
    names, individual = np.unique(labels.individual, return_inverse=True)
    held = np.zeros((len(names), k), np.int64)
    part_of_group = np.empty(n_groups, np.int64)
    rows_of_group = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    for member in np.random.default_rng(seed).permutation(n_groups):
        who, counts = np.unique(individual[rows_of_group[member]], return_counts=True)
        part = int(np.lexsort([held.sum(axis=0), held[who].sum(axis=0)])[0])
        held[who, part] += counts
        part_of_group[member] = part
    return [_split(part_of_group[group] == part) for part in range(k)]


def _until(group: Ints, order: Ints, share: float) -> npt.NDArray[np.bool_]:
    """True for the annotations of the first groups of this order that hold the share asked for."""
    held = np.cumsum(np.bincount(group, minlength=len(order))[order])
    n_taken = int(np.searchsorted(held, _checked(share) * len(group))) + 1
    if n_taken >= len(order):
        raise SplitError(f"{len(order)} encounters or photos are too few for a test share of {share:.2f}")
    return np.isin(group, order[:n_taken])


def _checked(share: float) -> float:
    if not 0 < share < 1:
        raise SplitError(f"a share lies between 0 and 1, not {share}")
    return share


def _split(test: npt.NDArray[np.bool_]) -> Split:
    return Split(fit=np.flatnonzero(~test), test=np.flatnonzero(test))
