"""The gallery for a kind of descriptor."""

from __future__ import annotations

from resight.match.local import local_gallery, search_among
from resight.match.seam import Gallery
from resight.match.whole import CosineGallery
from resight.types import Descriptors, LocalFeatures, Strings


def open_gallery(descriptors: Descriptors, individuals: Strings) -> Gallery:
    """Descriptors held in memory, ready to be asked; `individuals` (n,) name whose they are, '' for nobody's."""
    if isinstance(descriptors, LocalFeatures):
        return local_gallery(descriptors, search_among(individuals))
    return CosineGallery(descriptors)


def best_photo_only(descriptors: Descriptors) -> bool:
    """Whether an individual is as alike as its best photo, rather than all its photos together.

    Unrelated embeddings do not score 0, so summing them would favour individuals with many photos.
    """
    return not isinstance(descriptors, LocalFeatures)
