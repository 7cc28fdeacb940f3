"""Suppression of boxes, against ours in NumPy."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from resight.detect.seam import Found, best_of_overlapping
from resight.learn.operators import import_torchvision, non_maximum_suppression

boxes = st.lists(st.tuples(*(st.integers(1, 40) for _ in range(4)), st.floats(0, 1)), max_size=12)


@given(boxes)
def test_it_keeps_the_same_boxes(given_: list[tuple[int, int, int, int, float]]) -> None:
    told = np.array(given_, np.float64).reshape(-1, 5)
    corners = np.concatenate([told[:, :2], told[:, :2] + told[:, 2:4]], axis=1)
    scores = told[:, 4].astype(np.float32)
    kept = non_maximum_suppression(torch.tensor(corners), torch.tensor(scores), 0.5).numpy()
    assert np.array_equal(told[kept, :4], best_of_overlapping(Found(told[:, :4], scores)).boxes)


def test_torchvision_can_be_imported_and_suppresses() -> None:
    import_torchvision()
    from torchvision.ops import nms

    corners = torch.tensor([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]])
    assert nms(corners, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]
