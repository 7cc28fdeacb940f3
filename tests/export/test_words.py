import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resight.export.words import Counts, percent, summary, verdict_words, visible
from resight.types import Answer, Candidate, Verdict


def answer(verdict: Verdict, shares: dict[str, float | None], p_new: float | None = None) -> Answer:
    return Answer(tuple(Candidate(name, 1.0, 0, p) for name, p in shares.items()), verdict, p_new)


@given(st.text(st.characters()))
def test_visible_text_can_be_written_and_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs")]
    assert visible(shown) == shown


def test_letters_of_every_alphabet_stay_and_reordering_does_not() -> None:
    assert visible("Zoë Зоя 花子 می‌خواهم 🦓.jpg") == "Zoë Зоя 花子 می‌خواهم 🦓.jpg"
    assert visible("photo\u202egpj.exe") == "photo\\u202egpj.exe"


@given(st.floats(0, 1))
def test_no_probability_is_shown_as_certain(p: float) -> None:
    assert percent(p) not in ("0%", "100%")


@pytest.mark.parametrize(
    ("given_answer", "words"),
    [
        (answer(Verdict.KNOWN, {"Anna": 0.974, "Bo": 0.01}, 0.01), "Anna – 97% sure"),
        (answer(Verdict.KNOWN, {"Anna": None}), "Anna – no probability"),
        (answer(Verdict.NEW, {"Anna": 0.1}, 0.81), "Probably new – 81%"),
        (answer(Verdict.NEW, {}), "Probably new"),
        (
            answer(Verdict.UNDECIDED, {"Anna": 0.55, "Bo": 0.3, "Cy": 0.02}, 0.1),
            "Please look: Anna 55%, Bo 30%, a new animal 10%",
        ),
        (
            answer(Verdict.UNDECIDED, {"Anna": 0.3, "Bo": 0.04}, 0.6),
            "Please look: a new animal 60%, Anna 30%",
        ),
        (answer(Verdict.UNDECIDED, {"Anna": 0.02, "Bo": 0.01}), "Please look: Anna 2%"),
        (answer(Verdict.UNDECIDED, {"Anna": None, "Bo": None}), "Please look: Anna, Bo (ranks only)"),
        (answer(Verdict.UNDECIDED, {}), "Please look: nothing to compare with"),
    ],
)
def test_the_verdict_in_words(given_answer: Answer, words: str) -> None:
    assert verdict_words(given_answer) == words


def test_the_summary_names_every_number() -> None:
    counts = Counts(queries=1312, photos=1290, known=1240, new=40, undecided=32, individuals=41, rejected=3)
    assert summary(counts, "Lake") == (
        "1,312 animals in 1,290 photos were compared with the catalogue Lake. "
        "1,240 are known (41 individuals), 40 are probably new, 32 need your eye. 3 files could not be used."
    )


def test_the_summary_of_nothing() -> None:
    assert summary(Counts(rejected=1), "Lake") == (
        "0 photos were compared with the catalogue Lake. 1 file could not be used."
    )
