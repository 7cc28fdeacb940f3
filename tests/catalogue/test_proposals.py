"""What is proposed follows what is decided since, and is asked in the order of its worth."""

from pathlib import Path

import pytest

from resight.catalogue import log, proposals, store
from resight.catalogue.decisions import Assigned, Merged, NewIndividual, Opinion, Rejected, Renamed, Says, Undone
from resight.catalogue.folder import Catalogue
from resight.catalogue.proposals import Proposal, Proposed
from resight.types import Basis, Verdict


@pytest.fixture
def asked(catalogue: Catalogue) -> list[int]:
    """Four photos without names, three individuals, and for each photo the three as candidates."""
    with catalogue.writing() as session:
        photos = [store.NewPhoto(Path(f"/{n}"), f"{n:064}", 1, 1, 1, (store.NewAnnotation(),)) for n in range(1, 8)]
        keys = [added.annotation for (added,) in store.add_shard(session, photos)]
        log.append_all(session, [NewIndividual(name, (keys[4 + n],)) for n, name in enumerate("ABC")], "Ana")
        candidates = tuple(Proposed(one, keys[3 + one], 5.0 - one, 0.5 / one) for one in (1, 2, 3))
        proposals.keep(
            session,
            [
                Proposal(key, "f", Verdict.UNDECIDED, worth, 0.1, candidates)
                for key, worth in zip(keys[:4], (0.2, 0.9, 0.5, 0.5), strict=True)
            ],
        )
    return keys[:4]


def waiting(catalogue: Catalogue, **how: object) -> list[int]:
    with catalogue.reading() as session:
        return proposals.waiting(session, 10, **how)  # type: ignore[arg-type]


def candidates(catalogue: Catalogue, annotation: int) -> list[int]:
    with catalogue.reading() as session:
        return [one.individual for one in proposals.proposals(session, [annotation])[annotation].candidates]


def test_the_most_useful_is_asked_first(catalogue: Catalogue, asked: list[int]) -> None:
    first, second, third, fourth = asked
    assert waiting(catalogue) == [second, third, fourth, first]
    assert waiting(catalogue, leave_out={second, fourth}) == [third, first]
    assert waiting(catalogue, verdict=Verdict.NEW) == []
    with catalogue.reading() as session:
        assert proposals.count_waiting(session)[Verdict.UNDECIDED] == 4


def test_what_is_named_or_set_aside_is_not_asked_until_that_is_undone(catalogue: Catalogue, asked: list[int]) -> None:
    named = log.append(catalogue, Assigned((asked[1],), 1), "Bea")
    aside = log.append(catalogue, Opinion(asked[2], None, Says.UNSURE), "Bea")
    assert waiting(catalogue) == [asked[3], asked[0]]
    assert waiting(catalogue, by="Carl") == [asked[2], asked[3], asked[0]]
    for key in named, aside:
        log.append(catalogue, Undone(key), "Bea")
    assert waiting(catalogue) == [asked[1], asked[2], asked[3], asked[0]]


def test_candidates_are_as_they_live_now(catalogue: Catalogue, asked: list[int]) -> None:
    assert candidates(catalogue, asked[0]) == [1, 2, 3]
    log.append(catalogue, Renamed(1, "Z"), "Bea")
    log.append(catalogue, Rejected(asked[0], 2), "Bea")
    assert candidates(catalogue, asked[0]) == [1, 3]
    merged = log.append(catalogue, Merged(3, 1), "Bea")
    assert candidates(catalogue, asked[0]) == [3]
    assert candidates(catalogue, asked[1]) == [3, 2]
    log.append(catalogue, Undone(merged), "Bea")
    assert candidates(catalogue, asked[1]) == [1, 2, 3]


def test_a_refusal_holds_for_whom_it_was_merged_into(catalogue: Catalogue, asked: list[int]) -> None:
    log.append(catalogue, Rejected(asked[0], 2), "Bea")
    log.append(catalogue, Merged(1, 2), "Bea")
    assert candidates(catalogue, asked[0]) == [3]


def test_a_new_identification_takes_the_place_of_the_old(catalogue: Catalogue, asked: list[int]) -> None:
    with catalogue.writing() as session:
        proposals.keep(session, [Proposal(asked[0], "g", Verdict.NEW, 1.0, 0.9, basis=Basis.USUAL)])
        found = proposals.proposals(session, asked)
    assert found[asked[0]] == Proposal(asked[0], "g", Verdict.NEW, 1.0, 0.9, basis=Basis.USUAL)
    assert found[asked[1]].fingerprint == "f"
    assert waiting(catalogue)[0] == asked[0]
