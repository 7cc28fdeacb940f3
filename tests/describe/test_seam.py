"""The contract of describers: every one that comes with resight or is installed keeps it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from resight.describe.fake import ThumbnailDescriber
from resight.describe.onnx import OnnxDescriber
from resight.describe.rootsift import RootSift
from resight.describe.seam import Describer
from resight.method import GROUP, describers
from resight.types import Chip, Descriptors, Embeddings, LocalFeatures, Together
from resight.weights import WeightsMissingError
from resight.work.describe import joined

MakeModel = Callable[..., Path]
INSTALLED = sorted(entry.name for entry in entry_points(group=GROUP))


@dataclass(frozen=True)
class Case:
    """How one describer is made, and one that differs from it in a parameter or its model."""

    make: Callable[[MakeModel], Describer]
    other: Callable[[MakeModel], Describer]


def installed(name: str) -> Case:
    def made(make: MakeModel) -> Describer:
        if name == "aliked" and find_spec("torch") is None:
            pytest.skip("ALIKED needs torch: pip install 'resight[lightglue]'")
        try:
            model = str(make())
            given = {"onnx": model, "openvino": model, "together": "rootsift&thumbnail"}
            return describers(name)(given.get(name, ""))
        except WeightsMissingError as error:
            pytest.skip(str(error))

    return Case(made, lambda _: ThumbnailDescriber(side=5))


CASES: dict[str, Case] = {
    "rootsift upright": Case(lambda _: RootSift(upright=True), lambda _: RootSift(upright=True, features=100)),
    "rootsift free": Case(lambda _: RootSift(upright=False), lambda _: RootSift(upright=True)),
    "onnx": Case(lambda make: OnnxDescriber(make()), lambda make: OnnxDescriber(make(seed=1, name="other.onnx"))),
    "onnx in small batches": Case(
        lambda make: OnnxDescriber(make(), batch=2), lambda make: OnnxDescriber(make(size=32))
    ),
    "onnx of fixed batch": Case(
        lambda make: OnnxDescriber(make(batch=3)), lambda make: OnnxDescriber(make(batch=3, seed=1, name="o.onnx"))
    ),
    "onnx with a map as output": Case(
        lambda make: OnnxDescriber(make(flat=False)), lambda make: OnnxDescriber(make(flat=True, name="o.onnx"))
    ),
    "thumbnail": Case(lambda _: ThumbnailDescriber(), lambda _: ThumbnailDescriber(side=6)),
    **{f"installed: {name}": installed(name) for name in INSTALLED},
}


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    assert isinstance(request.param, Case)
    return request.param


@pytest.fixture
def describer(case: Case, make_model: MakeModel) -> Describer:
    return case.make(make_model)


def test_the_built_in_describers_are_installed_as_any_third_partys_are() -> None:
    assert {"rootsift", "onnx", "thumbnail"} <= set(INSTALLED)


def test_one_descriptor_for_each_chip_in_order(describer: Describer, chips: Sequence[Chip]) -> None:
    found = describer.describe(chips)
    assert len(found) == len(chips)
    assert_same(describer.describe(chips[::-1]), found.take(range(len(chips))[::-1]))


def test_batches_say_the_same_as_single_chips(describer: Describer, chips: Sequence[Chip]) -> None:
    assert_same(describer.describe(chips), joined([describer.describe([chip]) for chip in chips]))


def test_the_same_chips_give_the_same_descriptors(case: Case, make_model: MakeModel, chips: Sequence[Chip]) -> None:
    first, second = case.make(make_model), case.make(make_model)
    assert first.fingerprint == second.fingerprint
    assert_same(first.describe(chips), second.describe(chips), tolerance=0)


def test_the_fingerprint_tells_whatever_describes_otherwise(case: Case, make_model: MakeModel) -> None:
    made = case.make(make_model).fingerprint
    assert made != case.other(make_model).fingerprint
    assert not set(made) & set(" /\\:\n")


def test_no_chips_give_no_annotations_and_can_still_be_joined(describer: Describer, chips: Sequence[Chip]) -> None:
    nothing = describer.describe([])
    assert len(nothing) == 0
    found = describer.describe(chips)
    assert_same(joined([nothing, found]), found)


def test_a_chip_with_nothing_to_see_is_no_error(describer: Describer, chips: Sequence[Chip]) -> None:
    found = describer.describe(chips[-1:])
    assert len(found) == 1
    for part in found.parts if isinstance(found, Together) else [found]:
        if isinstance(part, LocalFeatures):
            assert part.counts.tolist() == [0]
        else:
            assert np.isfinite(part.vectors).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 240), (240, 2)])
def test_a_sliver_of_a_chip_is_no_error(describer: Describer, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert len(describer.describe([Chip(pixels, np.eye(2, 3))])) == 1


def test_name_and_size_are_stated(describer: Describer) -> None:
    assert describer.name
    assert describer.size > 0


def test_embeddings_of_networks_have_unit_length(describer: Describer, chips: Sequence[Chip]) -> None:
    found = describer.describe(chips)
    if isinstance(found, Embeddings) and describer.name != "contour":
        np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def assert_same(first: Descriptors, second: Descriptors, tolerance: float = 1e-5) -> None:
    if isinstance(first, Together):
        assert isinstance(second, Together)
        for one, other in zip(first.parts, second.parts, strict=True):
            assert_same(one, other, tolerance)
    elif isinstance(first, LocalFeatures):
        assert isinstance(second, LocalFeatures)
        for name in ("offsets", "sizes", "positions", "scales", "angles", "vectors"):
            assert np.array_equal(getattr(first, name), getattr(second, name)), name
    else:
        assert isinstance(second, Embeddings)
        np.testing.assert_allclose(first.vectors, second.vectors, atol=tolerance, rtol=0)
