"""One split of a data set for all methods: the same each time, and refused where the photos are others."""

from dataclasses import replace
from pathlib import Path

import pytest

from resight.bench.split import by_individual, by_photo, check, committed, read_split
from resight.errors import ResightError
from resight.types import Record

SET = Path("/photos/herd")
HERD = [Record(SET / f"{name} {n}.jpg", identity=name) for name in "abcdefghij" for n in range(4)]


def test_a_split_is_the_same_each_time_and_another_with_another_seed() -> None:
    first = by_individual("herd", HERD)
    assert first == by_individual("herd", HERD[::-1])
    assert len(first.individuals) == 4
    assert first.individuals != by_individual("herd", HERD, seed=3).individuals


def test_by_photo_every_individual_is_asked_about_and_known() -> None:
    split = by_photo("some", SET, HERD, ["a", "c", "f"])
    assert len(split.asked) == 3
    assert {path[0] for path in split.asked} == {"a", "c", "f"}
    check(split, HERD, SET)


def test_an_individual_with_one_photo_cannot_be_asked_about() -> None:
    with pytest.raises(ResightError, match="z has one photo"):
        by_photo("some", SET, [*HERD, Record(SET / "z.jpg", identity="z")], ["a", "z"])


def test_other_photos_are_refused() -> None:
    split = by_individual("herd", HERD)
    check(split, HERD, SET)
    with pytest.raises(ResightError, match="made of 40 photos, here are 39"):
        check(split, HERD[1:], SET)
    gone = split.individuals[0]
    renamed = [replace(one, identity="other") if one.identity == gone else one for one in HERD]
    with pytest.raises(ResightError, match=f"lacks {gone}"):
        check(split, renamed, SET)


def test_too_few_individuals_are_refused_by_the_sets_name() -> None:
    with pytest.raises(ResightError, match="herd: "):
        by_individual("herd", HERD[:4])


def test_the_committed_splits_can_be_read_and_say_whom_they_are_of() -> None:
    for name in ("nyaladata", "liondata", "humpback100", "fs48", "atrw", "cage"):
        split = committed(name)
        assert split is not None and split.by == "individual" and split.name == split.folder == name
    whales = committed("humpback199")
    assert whales is not None and len(whales.individuals) == 199 and whales.folder == "humpback100"
    assert committed("unheard of") is None


def test_a_damaged_split_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text("{}")
    with pytest.raises(ResightError, match="delete it"):
        read_split(tmp_path / "split.json")
