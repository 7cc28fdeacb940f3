"""What of a catalogue can be searched, from real photos; and its index as a mere cache."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from resight.catalogue import folder, log, lookup, vectors
from resight.catalogue.decisions import Corrected, Renamed
from resight.catalogue.folder import Catalogue
from resight.errors import CatalogueError, ResightError
from resight.identify.library import INDEXES, Library, open_library
from resight.index.keypoints import COMPLETE
from resight.match.comparable import comparable
from resight.media.table import read_table
from resight.method import open_method
from resight.simulate import write_heads
from resight.types import Box, Embeddings, LocalFeatures, Record, Together
from resight.work.add import add
from resight.work.processes import in_this_process


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    tables = write_heads(tmp_path_factory.mktemp("simulated") / "heads", 6, passes=2, seed=3)
    return [entry for table in tables for entry in read_table(table) if isinstance(entry, Record)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with folder.create(tmp_path / "catalogue") as made:
        yield made


def added(catalogue: Catalogue, records: list[Record], method: str = "rootsift") -> str:
    fingerprint = open_method(method).fingerprint
    add(catalogue, records, method, fingerprint, in_this_process, "tester")
    return fingerprint


def learned(catalogue: Catalogue, fingerprint: str) -> int:
    """For how many keypoints the cells of the index were learned."""
    path = catalogue.folder / INDEXES / vectors.folder_name(fingerprint) / COMPLETE
    return int(json.loads(path.read_text())["learned"])


def all_scores(library: Library) -> list[list[float]]:
    allowed = comparable(library.labels, library.labels)
    scores: list[list[float]] = library.gallery.scores(library.descriptors, allowed).tolist()
    return scores


@pytest.mark.parametrize(("method", "kind"), [("rootsift", LocalFeatures), ("thumbnail", Embeddings)])
def test_rows_are_annotations_with_their_labels(
    catalogue: Catalogue, heads: list[Record], method: str, kind: type
) -> None:
    fingerprint = added(catalogue, heads, method)
    library = open_library(catalogue, fingerprint)
    assert library.annotations.tolist() == list(range(1, 13))
    assert library.labels.individual.tolist() == [record.identity for record in heads]
    assert library.labels.side.tolist() == ["left"] * 12
    assert sorted(library.individuals.values()) == [f"fish-{n:03}" for n in range(1, 7)]
    assert isinstance(library.descriptors, kind)
    assert library.rows([3, 1, 12]).tolist() == [2, 0, 11]
    scores = np.array(all_scores(library))
    assert scores.shape == (12, 12)
    if method == "rootsift":
        # Photo i and photo i + 6 show the same fish.
        right = [int(np.argmax(scores[row])) % 6 == row % 6 for row in range(12)]
        assert sum(right) >= 9


def test_a_few_more_photos_do_not_rebuild_the_index_of_the_rest(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads[:8])
    open_library(catalogue, fingerprint)
    cells = learned(catalogue, fingerprint)
    added(catalogue, heads[8:])
    told: list[tuple[str, int, int]] = []
    library = open_library(catalogue, fingerprint, lambda *step: told.append(step))
    assert told == [("Bringing the index up to date", 4, 4)]
    assert learned(catalogue, fingerprint) == cells
    assert library.annotations.tolist() == list(range(1, 13))
    assert isinstance(library.descriptors, LocalFeatures)
    assert len(library.descriptors.vectors) > cells


def test_names_are_those_of_now_though_the_index_is_old(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads)
    open_library(catalogue, fingerprint)
    anna = lookup.individual_named(catalogue, "fish-001")
    log.append(catalogue, Renamed(anna, "Anna"), "tester")
    library = open_library(catalogue, fingerprint)
    assert library.individuals[anna] == "Anna"
    assert library.labels.individual[0] == "Anna"


def test_deleting_the_index_loses_nothing(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads)
    before = all_scores(open_library(catalogue, fingerprint))
    shutil.rmtree(catalogue.folder / INDEXES)
    assert all_scores(open_library(catalogue, fingerprint)) == before


def test_what_was_described_anew_is_not_searched_as_it_was(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads)
    open_library(catalogue, fingerprint)
    log.append(catalogue, Corrected(5, box=Box(0, 0, 100, 120)), "tester")
    assert 5 not in open_library(catalogue, fingerprint).annotations
    added(catalogue, heads)
    library = open_library(catalogue, fingerprint)
    (row,) = library.rows([5])
    assert isinstance(library.descriptors, LocalFeatures)
    assert sorted(library.annotations.tolist()) == list(range(1, 13))
    assert library.descriptors.sizes[row].max() <= 120


def test_an_empty_catalogue_says_so(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="has no photos yet"):
        open_library(catalogue, "rootsift-1")


@pytest.mark.parametrize("method", ["rootsift", "thumbnail"])
def test_a_damaged_shard_is_named(catalogue: Catalogue, heads: list[Record], method: str) -> None:
    fingerprint = added(catalogue, heads, method)
    (shard,) = (catalogue.folder / folder.VECTORS).glob("*/*.npz")
    shard.write_bytes(shard.read_bytes()[:-50])
    with pytest.raises(CatalogueError, match=f"{shard.name}.*repair"):
        open_library(catalogue, fingerprint)


def test_another_matcher_compares_the_same_descriptors(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads, "thumbnail")
    by_angle = open_library(catalogue, fingerprint)
    by_distance = open_library(catalogue, fingerprint, matcher=open_method("thumbnail@euclidean").matcher)
    assert (by_angle.matcher, by_distance.matcher) == ("cosine", "euclidean")
    vectors = by_distance.descriptors
    assert isinstance(vectors, Embeddings)
    away = np.linalg.norm(vectors.vectors[0] - vectors.vectors[3])
    assert all_scores(by_distance)[0][3] == pytest.approx(1 / (1 + away), rel=1e-4)
    assert all_scores(by_angle)[0][3] != pytest.approx(1 / (1 + away), rel=1e-2)


def test_a_matcher_that_cannot_compare_says_so(catalogue: Catalogue, heads: list[Record]) -> None:
    fingerprint = added(catalogue, heads)
    with pytest.raises(ResightError, match="cosine compares whole vectors"):
        open_library(catalogue, fingerprint, matcher=open_method("rootsift@cosine").matcher)


JOINT = "together:thumbnail&rootsift@joint"


def weighed(catalogue: Catalogue) -> tuple[Library, list[str]]:
    """The library of both kinds of descriptors, and what it told that it did."""
    told: list[str] = []
    method = open_method(JOINT)
    return open_library(catalogue, method.fingerprint, lambda step, *_: told.append(step), method.matcher), told


def test_spots_and_vectors_weighed_come_from_the_index_as_from_memory(
    catalogue: Catalogue, heads: list[Record]
) -> None:
    added(catalogue, heads, JOINT)
    library, told = weighed(catalogue)
    assert told == ["Bringing the index up to date", "Weighing vectors against spots"]
    assert isinstance(library.descriptors, Together)
    assert [type(part) for part in library.descriptors.parts] == [Embeddings, LocalFeatures]
    anew = open_method(JOINT).matcher.gallery(library.descriptors.take(range(12)), library.labels)
    allowed = comparable(library.labels, library.labels)
    np.testing.assert_allclose(all_scores(library), anew.scores(library.descriptors, allowed), rtol=1e-4)
    assert len(library.gallery.evidence(library.descriptors.take([0]), 6, allowed[0])) > 0


def test_weights_are_learned_once(catalogue: Catalogue, heads: list[Record]) -> None:
    added(catalogue, heads, JOINT)
    first, _ = weighed(catalogue)
    again, told = weighed(catalogue)
    assert told == []
    assert all_scores(again) == all_scores(first)
    (kept,) = (catalogue.folder / INDEXES).glob("weights-*.json")
    fingerprint = vectors.folder_name(open_method(JOINT).fingerprint)
    meaning = kept.with_name(f"calibration-{fingerprint}-joint-apart.json")
    meaning.touch()
    weighed(catalogue)
    assert meaning.exists()
    kept.write_text("{}")
    assert weighed(catalogue)[1] == ["Weighing vectors against spots"]
    assert not meaning.exists(), "scores by other weights mean something else"
