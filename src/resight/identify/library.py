"""What of a catalogue can be searched: its described annotations, their labels, and the gallery over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import individuals, labels
from resight.catalogue.vectors import Described, described, folder_name, read_shards
from resight.errors import CatalogueError
from resight.index.keypoints import Batch, KeypointCache
from resight.match.local import LocalGallery, search_among
from resight.match.open import LOCAL, matcher_for
from resight.match.seam import Gallery, Matcher
from resight.types import Descriptors, Ints, Labels, LocalFeatures, Rejection
from resight.work.describe import joined

INDEXES = "indexes"


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
    progress: Callable[[int, int], None] | None = None,
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
        matcher = matcher_for(next(_read(catalogue, fingerprint, [next(iter(present))])).descriptors)
    if matcher.name == LOCAL:
        keys, known, found, gallery = _indexed(catalogue, fingerprint, present, progress)
    else:
        keys, known, found, gallery = _in_memory(catalogue, fingerprint, matcher)
    names = {individual.id: individual.name for individual in individuals(catalogue)}
    return Library(fingerprint, matcher.name, matcher.best_photo_only, names, keys, known, found, gallery)


def _in_memory(catalogue: Catalogue, fingerprint: str, matcher: Matcher) -> tuple[Ints, Labels, Descriptors, Gallery]:
    parts = list(_read(catalogue, fingerprint))
    keys = np.concatenate([part.annotations for part in parts])
    order = np.argsort(keys)
    found = joined([part.descriptors for part in parts]).take(order)
    _, known = labels(catalogue, keys[order])
    return keys[order], known, found, matcher.gallery(found, known)


def _indexed(
    catalogue: Catalogue, fingerprint: str, present: dict[int, int], progress: Callable[[int, int], None] | None
) -> tuple[Ints, Labels, Descriptors, Gallery]:
    cache = KeypointCache(catalogue.folder / INDEXES / folder_name(fingerprint))
    if _missing(cache, present):
        # One at a time may extend the cache; the writers' lock of the catalogue sees to it.
        with catalogue.writing():
            cache = KeypointCache(catalogue.folder / INDEXES / folder_name(fingerprint))
            held = set(zip(cache.annotations.tolist(), cache.shards.tolist(), strict=True))
            if not held <= set(present.items()):
                cache.clear()
                held = set()
            wanted = sorted(present.keys() - {key for key, _ in held})

            def told(done: int) -> None:
                if progress is not None:
                    progress(done - len(held), len(wanted))

            cache.extend(_batches(catalogue, fingerprint, wanted, present), told)
    keys = np.asarray(cache.annotations)
    _, known = labels(catalogue, keys)
    features = cache.features
    return keys, known, features, LocalGallery(features, cache.index, search_among(known.individual))


def _missing(cache: KeypointCache, present: dict[int, int]) -> bool:
    return dict(zip(cache.annotations.tolist(), cache.shards.tolist(), strict=True)) != present


def _batches(catalogue: Catalogue, fingerprint: str, wanted: list[int], present: dict[int, int]) -> Iterator[Batch]:
    for part in _read(catalogue, fingerprint, wanted):
        if isinstance(part.descriptors, LocalFeatures):
            shards = np.array([present[int(key)] for key in part.annotations], dtype=np.int64)
            yield Batch(part.annotations, shards, part.descriptors)


def _read(catalogue: Catalogue, fingerprint: str, wanted: list[int] | None = None) -> Iterator[Described]:
    for part in read_shards(catalogue, fingerprint, wanted):
        if isinstance(part, Rejection):
            raise CatalogueError(
                f"{part.path}: {part.reason}. Bring the file back from a backup, or run 'resight repair' "
                "and add its photos again"
            )
        yield part
