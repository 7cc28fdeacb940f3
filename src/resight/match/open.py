"""The matchers that come with resight, registered as any third party's are, and which is used where none is named."""

from __future__ import annotations

from resight.errors import ResightError
from resight.match.local import local_gallery
from resight.match.seam import Gallery, Matcher
from resight.match.whole import CosineGallery, EuclideanGallery
from resight.types import Descriptors, Embeddings, Labels, LocalFeatures, Strings, Together

LOCAL = "local"  # the matcher of spots; a catalogue keeps its index on disk


def matcher_for(descriptors: Descriptors) -> Matcher:
    """What compares descriptors of this kind, where the method names nothing else."""
    if isinstance(descriptors, Together):
        # It opens the matchers of its parts by this function.
        from resight.match.fused import fused

        return fused("")
    return local("") if isinstance(descriptors, LocalFeatures) else cosine("")


def open_gallery(descriptors: Descriptors, individuals: Strings) -> Gallery:
    """Descriptors held in memory, ready to be asked; `individuals` (n,) name whose they are, '' for nobody's."""
    return matcher_for(descriptors).gallery(descriptors, Labels.named(individuals))


def local(argument: str) -> Matcher:
    """Local features: votes for a shortlist, then geometry."""
    _nothing(LOCAL, argument)
    return Matcher(LOCAL, False, lambda found, known: local_gallery(features(found, LOCAL), known.individual))


def cosine(argument: str) -> Matcher:
    """The angle between embeddings."""
    _nothing("cosine", argument)
    return Matcher("cosine", True, lambda found, _known: CosineGallery(embeddings(found, "cosine")))


def euclidean(argument: str) -> Matcher:
    """The distance between embeddings as they are, not brought to one length."""
    _nothing("euclidean", argument)
    return Matcher("euclidean", True, lambda found, _known: EuclideanGallery(embeddings(found, "euclidean")))


def features(descriptors: Descriptors, matcher: str) -> LocalFeatures:
    """These local features; ResightError for another kind."""
    if not isinstance(descriptors, LocalFeatures):
        raise ResightError(f"{matcher} compares spots and other local features, and this method gives whole vectors")
    return descriptors


def embeddings(descriptors: Descriptors, matcher: str) -> Embeddings:
    """These embeddings; ResightError for another kind."""
    if not isinstance(descriptors, Embeddings):
        raise ResightError(f"{matcher} compares whole vectors, and this method gives local features")
    return descriptors


def _nothing(name: str, argument: str) -> None:
    if argument:
        raise ResightError(f"{name} takes nothing after a colon, not {argument!r}")
