"""What the report says, in plain words: pure text, not yet HTML."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resight.types import Answer, Verdict

if TYPE_CHECKING:
    from resight.identify.where_when import Near

# Characters that reorder the text around them, and so can disguise a file's name.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
WORTH_NAMING = 0.05


@dataclass(frozen=True, slots=True)
class Counts:
    """How many queries, photos, answers of each kind, individuals recognised, and files rejected."""

    queries: int = 0
    photos: int = 0
    known: int = 0
    new: int = 0
    undecided: int = 0
    individuals: int = 0
    rejected: int = 0


def visible(text: str) -> str:
    r"""The text with every character that cannot be seen, or cannot be written as UTF-8, spelled out.

    >>> visible("two" + chr(10) + "lines" + chr(0xDCE9))
    'two\\nlines\\udce9'
    """
    return "".join(_spelled(character) for character in text)


def percent(p: float) -> str:
    """A probability for people; never 0% or 100%, which no photograph can promise.

    >>> percent(0.974), percent(0.9991), percent(0.002)
    ('97%', 'over 99%', 'under 1%')
    """
    if p > 0.99:
        return "over 99%"
    if p < 0.01:
        return "under 1%"
    return f"{p:.0%}"


def verdict_words(answer: Answer) -> str:
    """The answer in one line.

    >>> from resight.types import Candidate
    >>> anna, bo = Candidate("Anna", 9.1, 0, 0.55), Candidate("Bo", 7.0, 1, 0.3)
    >>> verdict_words(Answer((anna, bo), Verdict.KNOWN, 0.15))
    'Anna – 55% sure'
    >>> verdict_words(Answer((anna, bo), Verdict.UNDECIDED, 0.15))
    'Please look: Anna 55%, Bo 30%, a new animal 15%'
    >>> verdict_words(Answer((), Verdict.NEW, 0.81))
    'Probably new – 81%'
    """
    if answer.verdict is Verdict.KNOWN:
        best = answer.candidates[0]
        return f"{best.individual} – " + ("no probability" if best.p is None else f"{percent(best.p)} sure")
    if answer.verdict is Verdict.NEW:
        return "Probably new" if answer.p_new is None else f"Probably new – {percent(answer.p_new)}"
    return f"Please look: {_choices(answer)}"


def summary(counts: Counts, catalogue: str) -> str:
    """The whole run in a few sentences.

    >>> summary(Counts(queries=2, photos=1, known=2, individuals=1), "Lake")
    '2 animals in 1 photo were compared with the catalogue Lake. 2 are known (1 individual).'
    """
    compared = counted(counts.photos, "photo")
    if counts.queries != counts.photos:
        compared = f"{counted(counts.queries, 'animal')} in {compared}"
    were = "was" if counts.queries == 1 else "were"
    sentences = [f"{compared} {were} compared with the catalogue {catalogue}."]
    found = [
        f"{_are(counts.known)} known ({counted(counts.individuals, 'individual')})" if counts.known else "",
        f"{_are(counts.new)} probably new" if counts.new else "",
        f"{counts.undecided:,} {'needs' if counts.undecided == 1 else 'need'} your eye" if counts.undecided else "",
    ]
    if any(found):
        sentences.append(", ".join(part for part in found if part) + ".")
    if counts.rejected:
        sentences.append(f"{counted(counts.rejected, 'file')} could not be used.")
    return " ".join(sentences)


def near_words(near: Near) -> str:
    """How near a candidate was met before, and what that counts.

    >>> from resight.identify.where_when import Near
    >>> near_words(Near(2.34, 12.0, 2.1)), near_words(Near(float("nan"), 0.2, 0.4))
    ('met 2.3 km and 12 days away: 2.1 times as likely', 'met 0.2 days away: 0.4 times as likely')
    """
    away = [f"{one:.2g} {unit}" for one, unit in ((near.km, "km"), (near.days, "days")) if one == one]
    if not away:
        return "not known where and when met"
    return f"met {' and '.join(away)} away: {near.times:.2g} times as likely"


def counted(number: int, noun: str) -> str:
    """A number with its noun, which gets an s where it needs one.

    >>> counted(1, "photo"), counted(1200, "photo")
    ('1 photo', '1,200 photos')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _are(number: int) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'}"


def _choices(answer: Answer) -> str:
    likely = [(candidate.p, candidate.individual) for candidate in answer.candidates if candidate.p is not None]
    if not answer.candidates:
        return "nothing to compare with"
    if not likely:
        return ", ".join(candidate.individual for candidate in answer.candidates[:3]) + " (ranks only)"
    if answer.p_new is not None:
        likely.append((answer.p_new, "a new animal"))
    likely.sort(key=lambda choice: -choice[0])
    named = [choice for choice in likely[:3] if choice[0] >= WORTH_NAMING] or likely[:1]
    return ", ".join(f"{name} {percent(p)}" for p, name in named)


def _spelled(character: str) -> str:
    if unicodedata.category(character) in UNSEEN or character in REORDERING:
        return character.encode("unicode_escape").decode("ascii")
    return character
