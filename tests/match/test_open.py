"""What is opened for which descriptors."""

from collections.abc import Callable

import numpy as np

from resight.match.local import LocalGallery
from resight.match.open import best_photo_only, open_gallery
from resight.match.whole import CosineGallery
from resight.types import Embeddings, LocalFeatures


def test_the_gallery_and_the_way_to_add_up_follow_the_descriptors(animals: Callable[..., LocalFeatures]) -> None:
    local, vectors = animals(2), Embeddings(np.ones((2, 4), np.float32))
    nobody = np.array(["", ""])
    assert isinstance(open_gallery(local, nobody), LocalGallery)
    assert isinstance(open_gallery(vectors, nobody), CosineGallery)
    assert not best_photo_only(local)
    assert best_photo_only(vectors)
