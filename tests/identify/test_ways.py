"""Ways to lay vectors out on a plane; those of other packages only where they are installed."""

import sys

import numpy as np
import pytest

from resight.cli.plane import WayOption
from resight.errors import ResightError
from resight.identify.ways import Way, laid_out
from resight.types import Doubles, Floats, Strings


def held(seed: int = 0) -> tuple[Floats, Strings]:
    rng = np.random.default_rng(seed)
    vectors = np.repeat(np.eye(3, 10), 20, axis=0) + 0.05 * rng.standard_normal((60, 10))
    return vectors.astype(np.float32), np.repeat(["Ada", "Bea", ""], 20)


def apart(points: Doubles) -> bool:
    """Whether each group of 20 lies closer together than the groups lie apart."""
    middles = points.reshape(3, 20, 2).mean(axis=1)
    spread = np.abs(points.reshape(3, 20, 2) - middles[:, None]).mean()
    return bool(np.abs(np.diff(middles[[0, 1, 2, 0]], axis=0)).max(axis=1).min() > 2 * spread)


@pytest.mark.parametrize("way", list(Way))
def test_groups_stay_together(way: Way) -> None:
    if way is not Way.TSNE:
        pytest.importorskip("openTSNE" if way is Way.OPEN_TSNE else "umap")
    vectors, names = held()
    points = laid_out(vectors, way, names, seed=1)
    assert points.shape == (60, 2)
    assert np.abs(points).max() == pytest.approx(1)
    assert apart(points)
    assert np.array_equal(points, laid_out(vectors, way, names, seed=1))


def test_names_draw_together_what_nothing_else_does() -> None:
    pytest.importorskip("umap")
    vectors = np.random.default_rng(0).standard_normal((60, 10)).astype(np.float32)
    names = np.repeat(["Ada", "Bea", "Cia"], 20)
    assert not apart(laid_out(vectors, Way.UMAP, names, seed=0))
    assert apart(laid_out(vectors, Way.UMAP_SUPERVISED, names, seed=0))


def test_names_are_needed_to_draw_names_together(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = held()
    with pytest.raises(ResightError, match="nobody is named"):
        laid_out(vectors, Way.UMAP_SUPERVISED, np.array([""] * 60), seed=0)


@pytest.mark.parametrize(("way", "package"), [(Way.OPEN_TSNE, "openTSNE"), (Way.UMAP, "umap")])
def test_what_is_not_installed_is_said(way: Way, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    vectors, names = held()
    with pytest.raises(ResightError, match=r"not installed: pip install 'resight\[tsne\]'"):
        laid_out(vectors, way, names, seed=0)


def test_the_command_offers_all_ways() -> None:
    assert [way.value for way in WayOption] == [way.value for way in Way]
