"""What of a catalogue can be searched: its described annotations, their labels, and the gallery over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import individuals, labels
from resight.catalogue.vectors import Described, described, folder_name, read_shards
from resight.errors import CatalogueError
from resight.identify.remembered import remember, remembered
from resight.index.keypoints import Batch, KeypointCache
from resight.match.fused import together
from resight.match.joint import JOINT, JointGallery, Weights, taught, which_are_spots
from resight.match.local import LocalGallery
from resight.match.open import LOCAL, embeddings, features, matcher_for
from resight.match.seam import Gallery, Matcher
from resight.match.whole import CosineGallery
from resight.types import Descriptors, Ints, Labels, LocalFeatures, Rejection, Together
from resight.work.describe import joined

INDEXES = "indexes"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Library:
    """Row i of `annotations`, `labels`, `descriptors` and the gallery is one annotation of the catalogue.

    `individuals` are the names of the live individuals by their ids. `matcher` names what compares, and
    `best_photo_only` tells whether an individual is as alike as its best photo.
    """

    fingerprint: str
    matcher: str
    best_photo_only: bool
    individuals: dict[int, str]
    annotations: Ints
    labels: Labels
    descriptors: Descriptors
    gallery: Gallery

    def rows(self, annotations: list[int]) -> Ints:
        """The rows of these annotations; KeyError where one is not described."""
        place = {int(key): row for row, key in enumerate(self.annotations)}
        return np.array([place[key] for key in annotations], dtype=np.int64)


def open_library(
    catalogue: Catalogue,
    fingerprint: str,
    progress: Progress | None = None,
    matcher: Matcher | None = None,
) -> Library:
    """Everything described with this fingerprint; the index is brought up to date with what was added since.

    Without a `matcher` that of this kind of descriptors is used. CatalogueError where nothing is described, or a file
    of descriptors is damaged.
    """
    present = described(catalogue, fingerprint)
    if not present:
        raise CatalogueError(f"{catalogue.folder} has no photos yet: add some with 'resight add'")
    if matcher is None:
        matcher = matcher_for(_one(catalogue, fingerprint, present))
    tell = progress or (lambda *_: None)
    # A complete cache needs no shard, but for one that tells in which order the parts of a description are.
    alike = _one(catalogue, fingerprint, present) if matcher.name == JOINT else None
    found: Descriptors
    gallery: Gallery
    if matcher.name == LOCAL or (alike is not None and _in_cache(alike)):
        cache = _current(catalogue, fingerprint, present, tell)
        keys = np.asarray(cache.annotations)
        _, known = labels(catalogue, keys)
        if alike is None:
            found, gallery = cache.features, _spots(cache, known)
        else:
            found, gallery = _weighed(catalogue, fingerprint, cache, known, together(alike), tell)
    else:
        keys, known, found, gallery = _in_memory(catalogue, fingerprint, matcher)
    names = {individual.id: individual.name for individual in individuals(catalogue)}
    return Library(fingerprint, matcher.name, matcher.best_photo_only, names, keys, known, found, gallery)


def _one(catalogue: Catalogue, fingerprint: str, present: dict[int, int]) -> Descriptors:
    """The descriptors of one annotation."""
    return next(_read(catalogue, fingerprint, [next(iter(present))])).descriptors


def _in_memory(catalogue: Catalogue, fingerprint: str, matcher: Matcher) -> tuple[Ints, Labels, Descriptors, Gallery]:
    parts = list(_read(catalogue, fingerprint))
    keys = np.concatenate([part.annotations for part in parts])
    order = np.argsort(keys)
    found = joined([part.descriptors for part in parts]).take(order)
    _, known = labels(catalogue, keys[order])
    return keys[order], known, found, matcher.gallery(found, known)


def _in_cache(descriptors: Descriptors) -> TypeGuard[Together]:
    """Whether a cache holds them: spots of one kind, and one whole vector."""
    return isinstance(descriptors, Together) and sorted(which_are_spots(descriptors)) == [False, True]


def _spots(cache: KeypointCache, known: Labels) -> LocalGallery:
    return LocalGallery(cache.features, cache.index, known.individual)


def _weighed(
    catalogue: Catalogue, fingerprint: str, cache: KeypointCache, known: Labels, alike: Together, tell: Progress
) -> tuple[Together, JointGallery]:
    """Both kinds of descriptors in the order of those that are `alike`, and their gallery; its weights are kept."""
    spots = which_are_spots(alike)
    found = Together(tuple(cache.features if spot else cache.wholes for spot in spots))
    parts = [_spots(cache, known) if spot else CosineGallery(cache.wholes) for spot in spots]
    named = int((known.individual != "").sum())
    path = catalogue.folder / INDEXES / f"weights-{folder_name(fingerprint)}.json"
    weights = remembered(path, named, Weights)
    if weights is None:
        weights = taught(parts, found, known, lambda done, total: tell("Weighing vectors against spots", done, total))
        if weights.taught:
            # What scores mean was learned by other weights.
            for stale in path.parent.glob(f"calibration-{folder_name(fingerprint)}-{JOINT}-*.json"):
                stale.unlink(missing_ok=True)
            remember(path, named, weights)
    return found, JointGallery(parts, spots, weights)


def _current(catalogue: Catalogue, fingerprint: str, present: dict[int, int], tell: Progress) -> KeypointCache:
    """The cache with all that is present, and nothing else."""
    cache = KeypointCache(catalogue.folder / INDEXES / folder_name(fingerprint))
    if not _missing(cache, present):
        return cache
    # One at a time may extend the cache; the writers' lock of the catalogue sees to it.
    with catalogue.writing():
        cache = KeypointCache(catalogue.folder / INDEXES / folder_name(fingerprint))
        held = set(zip(cache.annotations.tolist(), cache.shards.tolist(), strict=True))
        if not held <= set(present.items()):
            cache.clear()
            held = set()
        wanted = sorted(present.keys() - {key for key, _ in held})
        cache.extend(
            _batches(catalogue, fingerprint, wanted, present),
            lambda done: tell("Bringing the index up to date", done - len(held), len(wanted)),
        )
    return cache


def _missing(cache: KeypointCache, present: dict[int, int]) -> bool:
    return dict(zip(cache.annotations.tolist(), cache.shards.tolist(), strict=True)) != present


def _batches(catalogue: Catalogue, fingerprint: str, wanted: list[int], present: dict[int, int]) -> Iterator[Batch]:
    for part in _read(catalogue, fingerprint, wanted):
        shards = np.array([present[int(key)] for key in part.annotations], dtype=np.int64)
        if _in_cache(part.descriptors):
            first, second = part.descriptors.parts
            spots, vectors = (first, second) if isinstance(first, LocalFeatures) else (second, first)
            yield Batch(part.annotations, shards, features(spots, LOCAL), embeddings(vectors, JOINT))
        else:
            yield Batch(part.annotations, shards, features(part.descriptors, LOCAL))


def _read(catalogue: Catalogue, fingerprint: str, wanted: list[int] | None = None) -> Iterator[Described]:
    for part in read_shards(catalogue, fingerprint, wanted):
        if isinstance(part, Rejection):
            raise CatalogueError(
                f"{part.path}: {part.reason}. Bring the file back from a backup, or run 'resight repair' "
                "and add its photos again"
            )
        yield part
