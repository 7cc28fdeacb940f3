"""From photos on disk to answers: simulated heads, whose truth is known to the pixel."""

import numpy as np
import pytest

from resight.identify.ranking import rank
from resight.match.comparable import comparable
from resight.match.open import open_gallery
from resight.media.mask import read_mask
from resight.media.table import read_table
from resight.simulate import write_heads
from resight.types import Labels, LocalFeatures, Record
from resight.work.describe import DescribedShard, describe_shard

FISH = 12


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> list[DescribedShard]:
    """Twelve fish, each before the camera twice, described inside the masks of their heads."""
    tables = write_heads(tmp_path_factory.mktemp("cage") / "heads", FISH, seed=5)
    return [describe_shard("rootsift", list(read_table(table))) for table in tables]


def labels(shard: DescribedShard) -> Labels:
    seen = shard.sighted
    return Labels(
        individual=np.array([one.record.identity or "" for one in seen]),
        side=np.array([str(one.record.side) for one in seen]),
        part=np.array([one.record.part for one in seen]),
        encounter=np.array([one.record.encounter for one in seen]),
        photo=np.array([one.sha256 for one in seen]),
    )


def features(shard: DescribedShard) -> LocalFeatures:
    assert isinstance(shard.descriptors, LocalFeatures)
    return shard.descriptors


def on_the_head(places: np.ndarray, record: Record) -> float:
    """The share of places that lie on the head, or within 2 pixels of it."""
    assert record.mask is not None
    mask = read_mask(record.mask, 640, 480) > 0
    reach = [(dx, dy) for dx in (-2, 0, 2) for dy in (-2, 0, 2)]
    columns, rows = places.round().astype(int).T
    near = [mask[(rows + dy).clip(0, 479), (columns + dx).clip(0, 639)] for dx, dy in reach]
    return float(np.any(near, axis=0).mean())


def test_the_second_pass_is_recognised_by_the_first(passes: list[DescribedShard]) -> None:
    gallery, queries = passes
    assert not gallery.rejected
    assert not queries.rejected
    known, asked = labels(gallery), labels(queries)
    assert len(set(known.individual.tolist())) == FISH
    allowed = comparable(asked, known)
    held = open_gallery(features(gallery), known.individual)
    ranking = rank(held.scores(features(queries), allowed), allowed, known.individual)
    first = [ranking.individuals[ranking.order(query)[0]] for query in range(FISH)]
    # By chance it would be one of twelve.
    assert np.mean(np.array(first) == asked.individual) >= 0.75


def test_the_evidence_lies_on_the_head(passes: list[DescribedShard]) -> None:
    gallery, queries = passes
    held = open_gallery(features(gallery), labels(gallery).individual)
    allowed = comparable(labels(queries), labels(gallery))
    for fish in range(FISH):
        found = held.evidence(features(queries).take([fish]), fish, allowed[fish])
        assert len(found) >= 3
        assert on_the_head(found.query, queries.sighted[fish].record) == 1
        assert on_the_head(found.gallery, gallery.sighted[fish].record) == 1
