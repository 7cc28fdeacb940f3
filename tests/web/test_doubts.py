"""Names that look wrong are found, and those that do not are left alone."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser import browsing
from tests.web.served import serving

from resight.catalogue import log, proposals
from resight.catalogue.decisions import Assigned, Decision, Merged, NewIndividual, Rejected
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued, individual_named, individuals
from resight.identify.doubts import Doubt, find_doubts, keep_doubts, suspicions
from resight.identify.library import open_library
from resight.match.comparable import Sides
from resight.method import PLAIN, open_method


@dataclass(frozen=True)
class Wrong:
    """A catalogue with two mistakes: `moved` and `twin` are pairs of names that the same animal bears now."""

    catalogue: Catalogue
    moved: frozenset[str]
    twin: frozenset[str]


@pytest.fixture
def wrong(catalogue: Catalogue) -> Wrong:
    """Of the two fish that are known best, a photo of one is called by another's name, a photo of the other Twin."""
    with catalogue.reading() as session:
        said = proposals.proposals(session, proposals.waiting(session, 50)).values()
        surest = sorted((one for one in said if one.candidates), key=lambda one: -(one.candidates[0].p or 0))
    first, second = dict.fromkeys(one.candidates[0].individual for one in surest[:2])
    other = next(one.id for one in individuals(catalogue) if one.id not in (first, second))
    photo = {key: next(one.id for one in catalogued(catalogue) if one.individual == key) for key in (first, second)}
    with catalogue.writing() as session:
        mistakes: list[Decision] = [
            Rejected(photo[first], first),
            Assigned((photo[first],), other),
            Rejected(photo[second], second),
            NewIndividual("Twin", (photo[second],)),
        ]
        log.append_all(session, mistakes, "Ana")
    names = {one.id: one.name for one in individuals(catalogue)}
    return Wrong(catalogue, frozenset((names[first], names[other])), frozenset((names[second], "Twin")))


def test_both_kinds_of_wrong_names_are_found(wrong: Wrong) -> None:
    library = open_library(wrong.catalogue, open_method(PLAIN).fingerprint)
    found = find_doubts(wrong.catalogue, library, Sides.APART, least=0.5)
    known = individuals(wrong.catalogue)
    names = {one.id: one.name for one in known}
    together = suspicions(found, {one.id: one.annotations for one in known})
    pairs = {frozenset((names[one.named], names[one.other])): one for one in together}
    assert wrong.moved in pairs
    assert pairs[wrong.twin].one_animal
    surest = {frozenset((names[one.named], names[one.other])) for one in found if one.p > 0.95}
    assert surest == {wrong.moved, wrong.twin}
    assert len(found) < sum(one.annotations for one in known) / 2


def test_some_photos_of_many_bear_a_wrong_name_and_most_are_another_animal() -> None:
    some = [Doubt(10 + n, 1, 2, 50, 0.95, 0.01) for n in range(2)]
    (one,) = suspicions(some, {1: 10, 2: 4})
    assert (one.named, one.other, one.one_animal, len(one.doubts)) == (1, 2, False, 2)
    (most,) = suspicions(some, {1: 3, 2: 4})
    assert most.one_animal
    (both,) = suspicions([*some, Doubt(30, 2, 1, 51, 0.99, 0.0)], {1: 10, 2: 10})
    assert both.one_animal and len(both.doubts) == 3


def test_the_page_shows_them_side_by_side_until_they_are_put_right(fish: Path, wrong: Wrong) -> None:
    library = open_library(wrong.catalogue, open_method(PLAIN).fingerprint)
    keep_doubts(wrong.catalogue, find_doubts(wrong.catalogue, library, Sides.APART, least=0.5))
    twin = individual_named(wrong.catalogue, "Twin")
    with serving(fish) as served, browsing(f"{served.address}/doubts") as page:
        expect(page.get_by_text("may be one animal").filter(has_text="Twin")).to_have_count(1)
        first = next(one.id for one in individuals(wrong.catalogue) if one.name in wrong.twin - {"Twin"})
        log.append(wrong.catalogue, Merged(first, twin), "Ana")
        page.reload()
        expect(page.locator("#content")).to_contain_text("Worth a second look")
        expect(page.locator("#content")).not_to_contain_text("Twin")
