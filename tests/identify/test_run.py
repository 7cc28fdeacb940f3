"""A catalogue is asked who somebody is: names, reasons, refusals and the kept calibration."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.catalogue import folder, log, lookup
from resight.catalogue.decisions import Assigned, NewIndividual, Rejected
from resight.catalogue.folder import Catalogue
from resight.identify import where_when
from resight.identify.decide import PRESETS
from resight.identify.library import INDEXES, Library, open_library
from resight.identify.run import EXPLAINED, Identified, calibrated, identify
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.method import open_method
from resight.simulate import write_heads
from resight.types import Box, Place, Record, Side, Verdict
from resight.work.add import add
from resight.work.processes import in_this_process

METHOD = "rootsift"
FINGERPRINT = open_method(METHOD).fingerprint
FISH, NEWCOMERS = 12, 1
KNOWN = FISH - NEWCOMERS


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> list[list[Record]]:
    """Three passes of the same fish; the last fish comes by in the third alone."""
    tables = write_heads(tmp_path_factory.mktemp("heads") / "heads", FISH, passes=3, seed=1, newcomers=NEWCOMERS)
    return [[entry for entry in read_table(table) if isinstance(entry, Record)] for table in tables]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, passes: list[list[Record]]) -> Path:
    """A catalogue that knows two passes; the third is in it without names."""
    first, second, asked = passes
    with folder.create(tmp_path_factory.mktemp("prepared") / "catalogue") as made:
        added(made, [*first, *second])
        added(made, [replace(record, identity=None) for record in asked])
        calibrated(made, open_library(made, FINGERPRINT), Sides.APART)
        return made.folder


@pytest.fixture
def catalogue(tmp_path: Path, prepared: Path) -> Iterator[Catalogue]:
    shutil.copytree(prepared, tmp_path / "catalogue")
    with folder.open(tmp_path / "catalogue") as opened:
        yield opened


QUERIES = list(range(2 * KNOWN + 1, 2 * KNOWN + FISH + 1))


def added(catalogue: Catalogue, records: list[Record]) -> None:
    add(catalogue, records, METHOD, FINGERPRINT, in_this_process, "tester")


def library(catalogue: Catalogue) -> Library:
    return open_library(catalogue, FINGERPRINT)


def answers(catalogue: Catalogue, queries: list[int], sides: Sides = Sides.APART) -> list[Identified]:
    asked = identify(catalogue, library(catalogue), queries, sides, PRESETS["balanced"])
    return list(asked.answers)


def summary(found: list[Identified]) -> list[object]:
    """What two runs must agree on, the reasons too."""
    return [
        (
            one.query,
            one.answer,
            [(r.photo, r.evidence.query.tolist(), r.evidence.weights.tolist()) for r in one.reasons],
        )
        for one in found
    ]


def test_most_are_found_with_calibrated_chances(catalogue: Catalogue) -> None:
    found = answers(catalogue, QUERIES)
    assert [one.query.id for one in found] == QUERIES
    first = [one.answer.candidates[0].individual for one in found]
    assert sum(name == f"fish-{n:03}" for n, name in enumerate(first[:KNOWN], start=1)) >= 8
    for one in found:
        chances = [candidate.p for candidate in one.answer.candidates]
        assert one.answer.p_new is not None
        assert sum(p for p in chances if p is not None) + one.answer.p_new == pytest.approx(1)
        assert chances == sorted(chances, key=lambda p: -(p or 0))
    stranger = found[-1].answer
    assert stranger.verdict is not Verdict.KNOWN
    assert stranger.p_new is not None
    assert stranger.p_new > np.median([one.answer.p_new or 0.0 for one in found[:KNOWN]])


def test_photos_of_one_encounter_have_one_answer_unless_each_is_asked_alone(
    catalogue: Catalogue, passes: list[list[Record]]
) -> None:
    # Two photos without any spot on them come with one that is clear.
    added(catalogue, [replace(one, identity=None) for one in nothing_to_see(passes[2][0], 2)])
    queries = [QUERIES[0], QUERIES[-1] + 1, QUERIES[-1] + 2]
    found = answers(catalogue, queries)
    assert {one.together for one in found} == {3}
    assert len({tuple(c.individual for c in one.answer.candidates) for one in found}) == 1
    assert found[0].answer.candidates[0].individual == "fish-001"
    for one in found:
        assert len(one.reasons) == EXPLAINED
    log.append(catalogue, Rejected(queries[1], lookup.individual_named(catalogue, "fish-001")), "tester")
    for one in answers(catalogue, queries):
        assert "fish-001" not in {candidate.individual for candidate in one.answer.candidates}
    alone = identify(catalogue, library(catalogue), queries, Sides.APART, PRESETS["balanced"], alone=True)
    assert {one.together for one in alone.answers} == {1}


def test_an_encounter_with_two_animals_in_one_photo_is_answered_alone_though_one_has_a_name(
    catalogue: Catalogue, passes: list[list[Record]]
) -> None:
    clear = passes[2][0]
    blank = nothing_to_see(clear, 1)[0]
    halves = [replace(clear, box=Box(x, 0, 40, 40), mask=None) for x in (0, 40)]
    added(catalogue, [replace(one, identity=None, encounter="two swim by") for one in (*halves, blank)])
    one, *queries = (annotation.id for annotation in lookup.catalogued(catalogue) if annotation.id > QUERIES[-1])
    log.append(catalogue, Assigned((one,), lookup.individual_named(catalogue, "fish-002")), "tester")
    assert {one.together for one in answers(catalogue, queries)} == {1}


def test_where_an_animal_was_met_counts_if_it_is_asked_for(
    tmp_path: Path, passes: list[list[Record]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where_when, "FEWEST", 10)

    def placed(records: list[Record], north: float = 0) -> list[Record]:
        return [replace(one, place=Place(60 + north + n / 10, 5)) for n, one in enumerate(records)]

    with folder.create(tmp_path / "coast") as coast:
        added(coast, [one for seen in passes[:2] for one in placed(seen)])
        added(coast, [replace(one, identity=None) for one in placed(passes[2][:4])])
        queries = [2 * KNOWN + n for n in (1, 2, 3, 4)]
        asked = [
            identify(coast, library(coast), queries, Sides.APART, PRESETS["balanced"], where_when=count)
            for count in (False, True)
        ]
        assert [one.where_when for one in asked] == [False, True]
        for plain, counted in zip(*(one.answers for one in asked), strict=True):
            assert plain.near == ()
            names = [candidate.individual for candidate in counted.answer.candidates]
            own = names.index(f"fish-{plain.query.id - 2 * KNOWN:03}")
            assert counted.near[own].km < 0.01 and counted.near[own].times > 1
            assert min(one.times for one in counted.near) < 1
            before = {candidate.individual: candidate.p or 0 for candidate in plain.answer.candidates}
            assert (counted.answer.candidates[own].p or 0) > before[names[own]]


def nothing_to_see(record: Record, many: int) -> list[Record]:
    """Photos of the same size in one colour, each another one."""
    grey = []
    with Image.open(record.path) as picture:
        for number in range(many):
            path = record.path.with_name(f"grey-{number}.png")
            Image.new("RGB", picture.size, (90 + number, 90, 90)).save(path)
            grey.append(replace(record, path=path, mask=None))
    return grey


def test_reasons_are_matched_points_inside_both_photos(catalogue: Catalogue, passes: list[list[Record]]) -> None:
    (one,) = answers(catalogue, QUERIES[4:5])
    assert len(one.reasons) == EXPLAINED
    best, reason = one.answer.candidates[0], one.reasons[0]
    assert reason.photo.id == best.annotation
    assert reason.photo.name == best.individual == "fish-005"
    assert reason.photo.path in {passes[0][4].path, passes[1][4].path}
    assert len(reason.evidence) >= 5
    for points, photo in ((reason.evidence.query, one.query), (reason.evidence.gallery, reason.photo)):
        assert photo.box is not None
        corner, size = np.array([photo.box.x, photo.box.y]), np.array([photo.box.w, photo.box.h])
        assert ((points >= corner - 1) & (points <= corner + size + 1)).all()


def test_a_photo_is_never_its_own_candidate(catalogue: Catalogue) -> None:
    (one,) = answers(catalogue, [1])
    assert one.query.name == "fish-001"
    own = [c for c in one.answer.candidates if c.individual == "fish-001"]
    assert [candidate.annotation for candidate in own] == [KNOWN + 1]


def test_who_it_was_said_not_to_be_is_no_candidate(catalogue: Catalogue) -> None:
    refused = lookup.individual_named(catalogue, "fish-001")
    log.append(catalogue, Rejected(QUERIES[0], refused), "tester")
    one, other = answers(catalogue, QUERIES[:2])
    assert "fish-001" not in {candidate.individual for candidate in one.answer.candidates}
    assert "fish-001" in {candidate.individual for candidate in other.answer.candidates}


def test_a_decision_counts_at_once(catalogue: Catalogue) -> None:
    stranger, familiar = QUERIES[-1], QUERIES[4]
    fifth = lookup.individual_named(catalogue, "fish-005")
    before = answers(catalogue, [5])[0].answer
    assert before.candidates[0].annotation == 5 + KNOWN
    with catalogue.writing() as session:
        anna = log.append_all(session, [NewIndividual("Anna", (stranger,))], "tester")[0]
        log.append_all(session, [Rejected(5 + KNOWN, fifth), Assigned((familiar,), fifth)], "tester")
    after = answers(catalogue, [5])[0].answer
    assert "Anna" not in {candidate.individual for candidate in before.candidates}
    assert "Anna" in {candidate.individual for candidate in after.candidates}
    assert library(catalogue).individuals[anna] == "Anna"
    assert after.candidates[0].individual == "fish-005"
    assert after.candidates[0].annotation == familiar


def test_deleting_the_indexes_changes_no_answer(catalogue: Catalogue) -> None:
    before = summary(answers(catalogue, QUERIES))
    shutil.rmtree(catalogue.folder / INDEXES)
    assert summary(answers(catalogue, QUERIES)) == before


def test_an_undisturbed_catalogue_answers_the_same_twice(catalogue: Catalogue) -> None:
    assert summary(answers(catalogue, QUERIES)) == summary(answers(catalogue, QUERIES))


def test_the_calibration_is_kept_until_the_catalogue_has_grown_by_a_tenth(catalogue: Catalogue, tmp_path: Path) -> None:
    def told() -> list[str]:
        said: list[str] = []
        calibrated(catalogue, library(catalogue), Sides.APART, lambda what, done, total: said.append(what))
        return said

    assert told() == []
    name_some(catalogue, QUERIES[:2])
    assert told() == []
    name_some(catalogue, QUERIES[2:5])
    assert told()
    assert told() == []
    kept = list((catalogue.folder / INDEXES).glob("calibration-*.json"))
    for path in kept:
        path.write_text('{"named": 22')
    assert kept and told()
    for path in kept:
        content = json.loads(path.read_text())
        path.write_text(json.dumps(content | {"version": content["version"] - 1}))
    assert told(), "what an older version learned is forgotten"


def name_some(catalogue: Catalogue, annotations: list[int]) -> None:
    for key in annotations:
        log.append(catalogue, NewIndividual(f"named {key}", (key,)), "tester")


def test_few_named_photos_give_the_usual_chances_and_no_name(tmp_path: Path, passes: list[list[Record]]) -> None:
    with folder.create(tmp_path / "small") as small:
        added(small, passes[0][:4])
        added(small, [replace(passes[2][0], identity=None)])
        run = identify(small, library(small), [5], Sides.APART, PRESETS["careful"])
        assert run.calibration is not None and not run.calibration.own
        (one,) = run.answers
        assert not list(small.folder.glob(f"{INDEXES}/calibration-*")), "what is usual is never kept as the catalogue's"
    chances = [candidate.p or 0 for candidate in one.answer.candidates]
    assert len(chances) == 4
    assert sum(chances) + (one.answer.p_new or 0) == pytest.approx(1)
    assert one.answer.verdict is Verdict.UNDECIDED


def test_nobody_is_known_yet(tmp_path: Path, passes: list[list[Record]]) -> None:
    with folder.create(tmp_path / "empty") as empty:
        added(empty, [replace(record, identity=None) for record in passes[2][:2]])
        found = answers(empty, [1, 2])
    assert [one.answer.candidates for one in found] == [(), ()]
    assert {one.answer.verdict for one in found} == {Verdict.UNDECIDED}


def test_sides_are_kept_apart_unless_asked_for(tmp_path: Path, passes: list[list[Record]]) -> None:
    with folder.create(tmp_path / "sides") as sided:
        added(sided, passes[0][:3])
        added(sided, [replace(passes[2][0], identity=None, side=Side.RIGHT)])
        assert answers(sided, [4])[0].answer.candidates == ()
        assert len(answers(sided, [4], Sides.ANY)[0].answer.candidates) == 3
