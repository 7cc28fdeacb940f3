"""What is opened for which descriptors, and what refuses them."""

from collections.abc import Callable

import numpy as np
import pytest

from resight.errors import ResightError
from resight.match.local import LocalGallery
from resight.match.open import cosine, euclidean, local, matcher_for, open_gallery
from resight.match.whole import CosineGallery
from resight.types import Embeddings, Labels, LocalFeatures


def test_the_gallery_and_the_way_to_add_up_follow_the_descriptors(animals: Callable[..., LocalFeatures]) -> None:
    local, vectors = animals(2), Embeddings(np.ones((2, 4), np.float32))
    nobody = np.array(["", ""])
    assert isinstance(open_gallery(local, nobody), LocalGallery)
    assert isinstance(open_gallery(vectors, nobody), CosineGallery)
    assert not matcher_for(local).best_photo_only
    assert matcher_for(vectors).best_photo_only


def test_a_matcher_refuses_what_it_cannot_compare(animals: Callable[..., LocalFeatures]) -> None:
    spots, vectors = animals(2), Embeddings(np.ones((2, 4), np.float32))
    nobody = np.array(["", ""])
    for matcher, other in ((local, vectors), (cosine, spots), (euclidean, spots)):
        with pytest.raises(ResightError, match="this method gives"):
            matcher("").gallery(other, Labels.named(nobody))
        with pytest.raises(ResightError, match="nothing after a colon"):
            matcher("many")
