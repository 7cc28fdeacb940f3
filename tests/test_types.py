"""The shared types check what they are given, and keep rows together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.types import (
    Answer,
    Box,
    Candidate,
    Chip,
    Embeddings,
    Labels,
    LocalFeatures,
    Place,
    Verdict,
)

numbers = st.floats(-1000, 1000)
lengths = st.floats(0.01, 2000)


def features(counts: list[int], seed: int = 0) -> LocalFeatures:
    rng, m = np.random.default_rng(seed), sum(counts)
    return LocalFeatures(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        sizes=rng.uniform(10, 20, (len(counts), 2)).astype(np.float32),
        positions=rng.uniform(0, 10, (m, 2)).astype(np.float32),
        scales=rng.uniform(1, 2, m).astype(np.float32),
        angles=rng.uniform(0, 360, m).astype(np.float32),
        vectors=rng.integers(0, 256, (m, 4), dtype=np.uint8),
    )


def rows(found: LocalFeatures) -> list[tuple[bytes, ...]]:
    """Everything that is known of each annotation, apart from its place among the others."""
    spans = [slice(a, b) for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]
    columns = (found.positions, found.scales, found.angles, found.vectors)
    return [
        (found.sizes[row].tobytes(), *(column[span].tobytes() for column in columns)) for row, span in enumerate(spans)
    ]


@given(numbers, numbers, lengths, lengths)
def test_a_clipped_box_is_what_lies_in_both(x: float, y: float, w: float, h: float) -> None:
    left, right, top, bottom = max(x, 0), min(x + w, 640), max(y, 0), min(y + h, 480)
    if left < right and top < bottom:
        box = Box(x, y, w, h).clipped(640, 480)
        assert (box.x, box.y) == (left, top)
        assert (box.x + box.w, box.y + box.h) == pytest.approx((right, bottom))
    else:
        with pytest.raises(ValueError, match="a box needs"):
            Box(x, y, w, h).clipped(640, 480)


@pytest.mark.parametrize("w", [0, -3, float("nan"), float("inf")])
def test_a_box_without_an_area_is_refused(w: float) -> None:
    with pytest.raises(ValueError, match="positive width and height"):
        Box(0, 0, w, 5)


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (-90.1, 0), (float("nan"), 0)])
def test_a_place_is_on_earth(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="is not a place on Earth"):
        Place(lat, lon)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.data())
def test_taking_annotations_takes_all_that_is_known_of_them(counts: list[int], data: st.DataObject) -> None:
    found = features(counts)
    assert found.counts.tolist() == counts
    assert len(found) == len(counts)
    assert found.owners.tolist() == [row for row, count in enumerate(counts) for _ in range(count)]
    chosen = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=10))
    taken = found.take(chosen)
    assert rows(taken) == [rows(found)[row] for row in chosen]
    assert taken.vectors.dtype == np.uint8


@given(st.lists(st.lists(st.integers(0, 4), max_size=4), min_size=1, max_size=4))
def test_joining_puts_annotations_one_after_another(parts: list[list[int]]) -> None:
    split = [features(counts, seed) for seed, counts in enumerate(parts)]
    assert rows(LocalFeatures.joined(split)) == [row for part in split for row in rows(part)]


def test_embeddings_are_taken_and_joined_by_rows() -> None:
    held = Embeddings(np.arange(12, dtype=np.float32).reshape(4, 3))
    assert held.take([3, 0, 3]).vectors[:, 0].tolist() == [9, 0, 9]
    assert len(held.take([])) == 0
    assert Embeddings.joined([held, held.take([1])]).vectors[:, 0].tolist() == [0, 3, 6, 9, 3]


@pytest.mark.parametrize(
    "changed",
    [
        {"offsets": np.array([1, 3, 5])},
        {"offsets": np.array([0, 4, 3, 5])},
        {"offsets": np.array([0, 2, 4])},
        {"sizes": np.zeros((3, 2), np.float32)},
        {"positions": np.zeros((4, 2), np.float32)},
        {"scales": np.zeros(6, np.float32)},
        {"angles": np.zeros((5, 1), np.float32)},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_features_that_do_not_fit_together_are_refused(changed: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match=r"offsets must rise|must hold one|must have one row"):
        replace(features([2, 3]), **changed)


@pytest.mark.parametrize("vectors", [np.zeros(3, np.float32), np.zeros((2, 3), np.float64)], ids=["flat", "double"])
def test_embeddings_of_another_shape_or_kind_are_refused(vectors: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"embeddings are \(n, d\) float32"):
        Embeddings(vectors)


def test_chips_check_pixels_mask_and_matrix() -> None:
    pixels, matrix = np.zeros((4, 6, 3), np.uint8), np.eye(2, 3)
    Chip(pixels, matrix, np.zeros((4, 6), np.uint8))
    with pytest.raises(ValueError, match="pixels are"):
        Chip(pixels[..., 0], matrix)
    with pytest.raises(ValueError, match="pixels are"):
        Chip(np.zeros((4, 6, 4), np.uint8), matrix)
    with pytest.raises(ValueError, match=r"a mask is \(4, 6\) uint8"):
        Chip(pixels, matrix, np.zeros((6, 4), np.uint8))
    with pytest.raises(ValueError, match="a 2 x 3 matrix"):
        Chip(pixels, np.eye(3))


def test_labels_need_as_many_rows_in_every_column() -> None:
    held = Labels(*(np.array([f"{column}{row}" for row in range(3)]) for column in "isiep"))
    assert held.take(np.array([True, False, True])).photo.tolist() == ["p0", "p2"]
    assert held.take([2, 2]).encounter.tolist() == ["e2", "e2"]
    with pytest.raises(ValueError, match="every column of labels"):
        replace(held, side=held.side[:2])


@pytest.mark.parametrize(("verdict", "name"), [(Verdict.KNOWN, "Ada"), (Verdict.NEW, None), (Verdict.UNDECIDED, None)])
def test_only_a_known_animal_is_named(verdict: Verdict, name: str | None) -> None:
    assert Answer((Candidate("Ada", 3, 0, 0.9),), verdict).individual == name
