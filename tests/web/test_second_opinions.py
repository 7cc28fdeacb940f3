"""Two people review without knowing of each other; where they agree it is decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resight.catalogue import folder, log, proposals
from resight.catalogue.decisions import Assigned, Corrected, NewIndividual, Opinion
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued, individual_named
from resight.catalogue.opinions import disagreements
from resight.catalogue.store import encounter_ids
from resight.web.answering import Reply, Word, take_back, write_down


@pytest.fixture
def two(fish: Path) -> Iterator[Catalogue]:
    """The catalogue, which now asks two people."""
    settings = fish / "catalogue.toml"
    settings.write_text(settings.read_text().replace("reviewers = 1", "reviewers = 2"))
    with folder.open(fish) as opened:
        yield opened


def waiting(catalogue: Catalogue, by: str) -> list[int]:
    with catalogue.reading() as session:
        return proposals.waiting(session, 50, by)


def say(catalogue: Catalogue, by: str, annotation: int, word: Word, name: str = "") -> None:
    whom = individual_named(catalogue, name) if name and word is not Word.NEW else None
    token = f"{by}-{annotation}-{word.value}-{name}"
    write_down(catalogue, Reply(token, annotation, word, whom, name if word is Word.NEW else ""), by)


def kinds(catalogue: Catalogue, count: int) -> list[type]:
    return [type(entry.decision) for entry in log.history(catalogue, limit=count)]


def test_the_second_who_says_the_same_decides(two: Catalogue) -> None:
    first = waiting(two, "Bea")[0]
    say(two, "Bea", first, Word.DIFFERENT, "fish-002")
    assert waiting(two, "Bea")[0] == first
    say(two, "Bea", first, Word.SAME, "fish-001")
    assert catalogued(two, [first])[0].name == ""
    assert first not in waiting(two, "Bea")
    assert waiting(two, "Carl")[0] == first
    say(two, "Carl", first, Word.SAME, "fish-001")
    assert catalogued(two, [first])[0].name == "fish-001"
    assert kinds(two, 2) == [Assigned, Opinion]
    assert disagreements(two) == {}


def test_a_new_animal_gets_the_next_name_once_both_say_new(two: Catalogue) -> None:
    first = waiting(two, "Bea")[0]
    say(two, "Bea", first, Word.NEW, "Tom")
    say(two, "Carl", first, Word.NEW)
    assert kinds(two, 1) == [NewIndividual]
    assert catalogued(two, [first])[0].name == "fish-013"


def test_where_they_do_not_agree_it_is_listed_and_a_third_is_not_asked(two: Catalogue) -> None:
    first, second = waiting(two, "Bea")[:2]
    say(two, "Bea", first, Word.SAME, "fish-001")
    say(two, "Carl", first, Word.SAME, "fish-002")
    for person in "Bea", "Carl":
        say(two, person, second, Word.UNSURE)
    assert [voice.by for voice in disagreements(two)[first]] == ["Bea", "Carl"]
    assert set(disagreements(two)) == {first, second}
    assert not {first, second} & set(waiting(two, "Dora"))
    settled = Reply("dora-settles", first, Word.SAME, individual_named(two, "fish-002"))
    write_down(two, settled, "Dora", settle=True)
    assert set(disagreements(two)) == {second}


def test_who_takes_an_opinion_back_is_asked_again(two: Catalogue) -> None:
    first = waiting(two, "Bea")[0]
    say(two, "Bea", first, Word.SAME, "fish-001")
    take_back(two, "bea-takes-back", f"Bea-{first}-same-fish-001", "Bea")
    assert waiting(two, "Bea")[0] == first
    say(two, "Carl", first, Word.SAME, "fish-001")
    assert catalogued(two, [first])[0].name == ""


def test_the_second_takes_back_both_what_was_said_and_what_it_decided(two: Catalogue) -> None:
    first = waiting(two, "Bea")[0]
    say(two, "Bea", first, Word.SAME, "fish-001")
    say(two, "Carl", first, Word.SAME, "fish-001")
    take_back(two, "carl-takes-back", f"Carl-{first}-same-fish-001", "Carl")
    assert catalogued(two, [first])[0].name == ""
    assert disagreements(two) == {}
    assert waiting(two, "Carl")[0] == first
    say(two, "Carl", first, Word.DIFFERENT, "fish-001")
    assert kinds(two, 1) == [Opinion]


def test_one_who_speaks_twice_is_one(two: Catalogue) -> None:
    first = waiting(two, "Bea")[0]
    say(two, "Bea", first, Word.UNSURE)
    say(two, "Bea", first, Word.SAME, "fish-001")
    assert waiting(two, "Carl")[0] == first
    say(two, "Carl", first, Word.SAME, "fish-001")
    assert catalogued(two, [first])[0].name == "fish-001"


def test_an_encounter_is_decided_where_both_spoke_of_it(two: Catalogue) -> None:
    first, second, third = waiting(two, "Bea")[:3]
    with two.writing() as session:
        met = encounter_ids(session, {"by the net": first})["by the net"]
        log.append_all(session, [Corrected(key, encounter=met) for key in (first, second, third)], "Ana")
    whom = individual_named(two, "fish-001")
    write_down(two, Reply("bea-for-one-alone", first, Word.SAME, whom, encounter=False), "Bea")
    write_down(two, Reply("bea-for-the-second", second, Word.SAME, whom, encounter=False), "Bea")
    write_down(two, Reply("carl-for-all-three", first, Word.SAME, whom), "Carl")
    assert [one.name for one in catalogued(two, [first, second, third])] == ["fish-001", "fish-001", ""]
