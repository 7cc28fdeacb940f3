"""The gallery for a kind of descriptor."""

from __future__ import annotations

from resight.match.local import local_gallery
from resight.match.seam import Gallery
from resight.match.whole import CosineGallery
from resight.types import Descriptors, LocalFeatures


def open_gallery(descriptors: Descriptors) -> Gallery:
    """Descriptors held in memory, ready to be asked."""
    if isinstance(descriptors, LocalFeatures):
        return local_gallery(descriptors)
    return CosineGallery(descriptors)


def best_photo_only(descriptors: Descriptors) -> bool:
    """Whether an individual is as alike as its best photo, rather than all its photos together.

    Unrelated embeddings do not score 0, so summing them would favour individuals with many photos.
    """
    return not isinstance(descriptors, LocalFeatures)
