"""Splits do not leak: no encounter, photo or individual on both sides, nothing lost."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.evaluate.splits import (
    Split,
    SplitError,
    by_encounter,
    by_identity,
    by_time,
    folds,
    groups,
    leave_one_encounter_out,
    withheld_individuals,
)
from resight.types import Labels, Strings


def labels_of(individual: Strings, encounter: Strings, photo: Strings) -> Labels:
    return Labels(individual, np.full(len(individual), "left"), np.full(len(individual), ""), encounter, photo)


@st.composite
def labels(draw: st.DrawFn) -> Labels:
    n = draw(st.integers(6, 30))

    def column(letter: str, most: int) -> Strings:
        numbers = draw(st.lists(st.integers(0, most), min_size=n, max_size=n))
        return np.array([f"{letter}{number}" if number else "" for number in numbers], dtype=np.str_)

    return labels_of(column("i", 5), column("e", 12), column("p", 25))


def check(split: Split, among: Labels) -> None:
    assert sorted([*split.fit, *split.test]) == list(range(len(among)))
    assert len(split.fit)
    assert len(split.test)
    for column in (among.encounter, among.photo):
        assert not (set(column[split.fit]) & set(column[split.test])) - {""}


@given(labels(), st.floats(0.05, 0.6), st.integers(0, 5))
def test_by_encounter_and_by_time_never_part_an_encounter(among: Labels, share: float, seed: int) -> None:
    days = np.random.default_rng(seed).integers(0, 9, len(among)).astype("datetime64[D]")
    try:
        split = by_encounter(among, share, seed)
        timely = by_time(among, days, share)
    except SplitError as error:
        assert "too few" in str(error)
        return
    check(split, among)
    check(timely, among)
    assert len(split.test) >= share * len(among)
    group = groups(among)
    starts = {member: days[group == member].min() for member in set(group)}
    assert min(starts[group[row]] for row in timely.test) >= max(starts[group[row]] for row in timely.fit)


@given(labels(), st.integers(2, 6), st.integers(0, 5))
def test_folds_test_every_annotation_once(among: Labels, k: int, seed: int) -> None:
    if groups(among).max() + 1 < k:
        with pytest.raises(SplitError, match="cannot be dealt"):
            folds(among, k, seed)
        return
    tested = []
    for split in folds(among, k, seed):
        assert not (set(groups(among)[split.fit]) & set(groups(among)[split.test]))
        tested += list(split.test)
    assert sorted(tested) == list(range(len(among)))


@given(labels())
def test_leave_one_encounter_out(among: Labels) -> None:
    splits = list(leave_one_encounter_out(among))
    assert sorted(row for split in splits for row in split.test) == list(range(len(among)))
    if len(splits) > 1:
        for split in splits:
            check(split, among)


@given(labels(), st.floats(0.1, 0.6), st.integers(0, 5))
def test_by_identity_keeps_individuals_apart(among: Labels, share: float, seed: int) -> None:
    n_individuals = len(set(among.individual) - {""})
    if max(1, round(share * n_individuals)) >= n_individuals:
        with pytest.raises(SplitError, match="too few"):
            by_identity(among.individual, share, seed)
        return
    split = by_identity(among.individual, share, seed)
    assert not set(among.individual[split.fit]) & set(among.individual[split.test])
    assert len(set(among.individual[split.test])) == max(1, round(share * n_individuals))
    assert sorted([*split.fit, *split.test]) == list(range(len(among)))


def test_folds_deal_each_individual_evenly() -> None:
    individual = np.repeat([f"lion {number}" for number in range(12)], 10)
    photo = np.arange(120).astype(np.str_)
    for split in folds(labels_of(individual, np.full(120, ""), photo), 5, seed=1):
        assert (np.unique(individual[split.test], return_counts=True)[1] == 2).all()


def test_a_third_is_withheld_by_seed() -> None:
    names = np.array([*(f"n{number}" for number in range(30)), ""])
    taken = withheld_individuals(names, seed=1)
    assert len(taken) == 10
    assert (taken == withheld_individuals(names[::-1], seed=1)).all()
    assert (taken != withheld_individuals(names, seed=2)).any()
    assert "" not in taken
    with pytest.raises(SplitError, match="too few"):
        withheld_individuals(np.array(["Ada", ""]))
    with pytest.raises(SplitError, match="between 0 and 1"):
        withheld_individuals(names, share=1.5)


def test_no_date_is_an_error() -> None:
    among = labels_of(np.array(["Ada", "Bea"]), np.array(["", ""]), np.array(["", ""]))
    with pytest.raises(SplitError, match="1 annotations have no date"):
        by_time(among, np.array(["2020-01-01", "NaT"], dtype="datetime64[s]"), 0.5)


def test_real_encounters_are_left_whole(real_photos: Path) -> None:
    with (real_photos / "nyaladata" / "metadata.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    individual, encounter, photo = (np.array([row[name] for row in rows]) for name in ("identity", "encounter", "path"))
    among = labels_of(individual, encounter, photo)
    assert groups(among).max() + 1 == len(set(encounter))
    for split in folds(among, 5, seed=0):
        check(split, among)
        assert len(split.test) == pytest.approx(len(rows) / 5, rel=0.15)
