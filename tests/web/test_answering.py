"""What reviewers say becomes decisions, each once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from resight.catalogue import log, proposals
from resight.catalogue.decisions import Assigned, Corrected, NewIndividual, Opinion, Rejected
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import catalogued, individual_named
from resight.catalogue.store import encounter_ids
from resight.errors import CatalogueError
from resight.web.answering import Reply, Word, take_back, write_down


def waiting(catalogue: Catalogue, count: int = 3) -> list[int]:
    with catalogue.reading() as session:
        return proposals.waiting(session, count)


def same(catalogue: Catalogue, annotation: int, name: str = "fish-001", token: str = "token-0001") -> Reply:
    return Reply(token, annotation, Word.SAME, individual_named(catalogue, name))


def test_each_word_is_its_decision(catalogue: Catalogue) -> None:
    first, second, third = waiting(catalogue)
    whom = individual_named(catalogue, "fish-002")
    write_down(catalogue, Reply("t-different", first, Word.DIFFERENT, whom), "Bea")
    write_down(catalogue, same(catalogue, first), "Bea")
    write_down(catalogue, Reply("t-new-one", second, Word.NEW, name="  Old  Tom "), "Bea")
    write_down(catalogue, Reply("t-unsure", third, Word.UNSURE), "Bea")
    made = [entry.decision for entry in reversed(log.history(catalogue, limit=4))]
    assert [type(one) for one in made] == [Rejected, Assigned, NewIndividual, Opinion]
    assert made[2] == NewIndividual("Old Tom", (second,))
    assert not {first, second, third} & set(waiting(catalogue, 50))


def test_what_was_proposed_is_kept_as_the_grounds(catalogue: Catalogue) -> None:
    (first,) = waiting(catalogue, 1)
    with catalogue.reading() as session:
        best = proposals.proposals(session, [first])[first].candidates[0]
    write_down(catalogue, Reply("token-0001", first, Word.SAME, best.individual), "Bea")
    (entry,) = log.history(catalogue, limit=1)
    assert entry.grounds is not None
    assert (entry.grounds.annotation, entry.grounds.p) == (best.annotation, best.p)


def test_a_reply_that_is_sent_twice_is_written_once(catalogue: Catalogue) -> None:
    (first,) = waiting(catalogue, 1)
    reply = same(catalogue, first)
    with ThreadPoolExecutor(8) as pool:
        written = set(pool.map(lambda _: write_down(catalogue, reply, "Bea"), range(8)))
    assert len(written) == 1
    assert len([entry for entry in log.history(catalogue) if entry.by == "Bea"]) == 1
    undone = {take_back(catalogue, "token-undo", reply.token, "Bea") for _ in range(3)}
    assert len(undone) == 1
    assert waiting(catalogue, 1) == [first]


def test_of_two_who_name_the_same_photo_one_is_refused(catalogue: Catalogue) -> None:
    (first,) = waiting(catalogue, 1)
    write_down(catalogue, same(catalogue, first, "fish-001", "token-bea"), "Bea")
    with pytest.raises(CatalogueError, match="is fish-001 already"):
        write_down(catalogue, same(catalogue, first, "fish-002", "token-carl"), "Carl")
    assert catalogued(catalogue, [first])[0].name == "fish-001"


def test_everybody_takes_back_their_own(catalogue: Catalogue) -> None:
    first, second = waiting(catalogue, 2)
    write_down(catalogue, same(catalogue, first, token="token-bea"), "Bea")
    write_down(catalogue, same(catalogue, second, token="token-carl"), "Carl")
    with pytest.raises(CatalogueError, match="not yours"):
        take_back(catalogue, "undo-by-carl", "token-bea", "Carl")
    assert take_back(catalogue, "undo-bea", "token-bea", "Bea").annotations == (first,)
    with pytest.raises(CatalogueError, match="taken back already"):
        take_back(catalogue, "undo-bea-again", "token-bea", "Bea")
    assert [one.name for one in catalogued(catalogue, [first, second])] == ["", "fish-001"]


def test_an_undo_takes_back_its_own_answer_and_no_other(catalogue: Catalogue) -> None:
    first, second = waiting(catalogue, 2)
    write_down(catalogue, same(catalogue, first, token="token-bea"), "Bea")
    log.append(catalogue, Assigned((second,), individual_named(catalogue, "fish-002")), "Bea")
    with pytest.raises(CatalogueError, match="not written down"):
        take_back(catalogue, "undo-refused", "token-of-one-that-was-refused", "Bea")
    take_back(catalogue, "undo-bea", "token-bea", "Bea")
    assert [one.name for one in catalogued(catalogue, [first, second])] == ["", "fish-002"]


def test_an_encounter_is_one_animal(catalogue: Catalogue) -> None:
    first, second, third = waiting(catalogue)
    whom = individual_named(catalogue, "fish-001")
    with catalogue.writing() as session:
        met = encounter_ids(session, {"by the net": first})["by the net"]
        log.append_all(session, [Corrected(key, encounter=met) for key in (first, second, third)], "Ana")
    write_down(catalogue, Reply("t-different", third, Word.DIFFERENT, whom), "Bea")
    # The third was said not to be this one, so it stays out.
    assert write_down(catalogue, same(catalogue, first), "Bea").annotations == tuple(sorted((first, second)))
    take_back(catalogue, "token-undo", "token-0001", "Bea")
    alone = replace(same(catalogue, first, token="token-0002"), encounter=False)
    assert write_down(catalogue, alone, "Bea").annotations == (first,)


def test_an_answer_must_say_whom_it_means(catalogue: Catalogue) -> None:
    (first,) = waiting(catalogue, 1)
    with pytest.raises(CatalogueError, match="which individual"):
        write_down(catalogue, Reply("token-0001", first, Word.SAME), "Bea")
    with pytest.raises(CatalogueError, match="cannot be a name"):
        write_down(catalogue, Reply("token-0001", first, Word.NEW, name=" "), "Bea")
    with pytest.raises(CatalogueError, match="no annotation 999"):
        write_down(catalogue, Reply("token-0001", 999, Word.NEW, name="Tom"), "Bea")
    assert waiting(catalogue, 1) == [first]
