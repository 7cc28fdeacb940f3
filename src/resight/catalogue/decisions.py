"""The vocabulary of the decision log: one frozen dataclass for each kind of decision.

Annotations, individuals, encounters and tracks are meant by their ids. An individual's id is the id of
the decision that made it, so that a replay of the log gives the same ids again; its name is an attribute.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from resight.errors import CatalogueError
from resight.types import Box, Side

STRICT = ConfigDict(extra="forbid", strict=True)
LONGEST_NOTE = 20_000  # characters


class Says(StrEnum):
    """What a person says of an annotation and an individual: one animal, two animals, or cannot tell."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class NewIndividual:
    """These annotations (or none yet) are an animal that the catalogue does not know; it gets this name."""

    kind: ClassVar[str] = "new individual"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    annotations: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_distinct("annotation", self.annotations, at_least=0)


@dataclass(frozen=True, slots=True)
class Assigned:
    """These annotations, which no individual has yet, show this individual."""

    kind: ClassVar[str] = "assigned"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    annotations: tuple[int, ...]
    individual: int

    def __post_init__(self) -> None:
        _check_distinct("annotation", self.annotations)


@dataclass(frozen=True, slots=True)
class Rejected:
    """This annotation does not show this individual; where it was assigned to it, it no longer is."""

    kind: ClassVar[str] = "rejected"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    annotation: int
    individual: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person says, without deciding; `individual` None means any individual of the catalogue."""

    kind: ClassVar[str] = "opinion"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    annotation: int
    individual: int | None
    says: Says

    def __post_init__(self) -> None:
        if self.individual is None and self.says is Says.SAME:
            raise CatalogueError("an opinion that it is the same animal must say which individual")


@dataclass(frozen=True, slots=True)
class Renamed:
    """The individual gets another name."""

    kind: ClassVar[str] = "renamed"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    individual: int
    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)


@dataclass(frozen=True, slots=True)
class Corrected:
    """The annotation's side, box or encounter was wrong and is now this; None leaves it as it was."""

    kind: ClassVar[str] = "corrected"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    annotation: int
    side: Side | None = None
    box: Box | None = None
    encounter: int | None = None

    def __post_init__(self) -> None:
        if self.side is None and self.box is None and self.encounter is None:
            raise CatalogueError("a correction must say a side, a box or an encounter")


@dataclass(frozen=True, slots=True)
class Merged:
    """Two individuals are one animal: `kept` takes all of `absorbed`, whose name becomes free."""

    kind: ClassVar[str] = "merged"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    kept: int
    absorbed: int

    def __post_init__(self) -> None:
        if self.kept == self.absorbed:
            raise CatalogueError("an individual cannot be merged into itself")


@dataclass(frozen=True, slots=True)
class Split:
    """These annotations, a part of the individual's, show another animal, which gets this name."""

    kind: ClassVar[str] = "split"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    individual: int
    name: str
    annotations: tuple[int, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_distinct("annotation", self.annotations)


@dataclass(frozen=True, slots=True)
class Noted:
    """What is known of the individual itself, in the user's own words; None leaves it as it was, '' empties it."""

    kind: ClassVar[str] = "noted"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    individual: int
    sex: str | None = None
    life_stage: str | None = None
    marks: str | None = None
    notes: str | None = None

    def __post_init__(self) -> None:
        said = [text for text in (self.sex, self.life_stage, self.marks, self.notes) if text is not None]
        if not said:
            raise CatalogueError("a note must say a sex, a life stage, marks or notes")
        if any(len(text) > LONGEST_NOTE for text in said):
            raise CatalogueError(f"a note is too long: {LONGEST_NOTE:,} characters at most")
        if any("\0" in text for text in said):
            raise CatalogueError("a note holds a character that no text can hold")


@dataclass(frozen=True, slots=True)
class TrackJoined:
    """These tracks follow one animal: the first takes the annotations of the others."""

    kind: ClassVar[str] = "track joined"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    tracks: tuple[int, ...]

    def __post_init__(self) -> None:
        _check_distinct("track", self.tracks, at_least=2)


@dataclass(frozen=True, slots=True)
class TrackCut:
    """From the annotation `at` on, the track follows another animal; those go to the empty track `into`."""

    kind: ClassVar[str] = "track cut"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    track: int
    at: int
    into: int


@dataclass(frozen=True, slots=True)
class Undone:
    """An earlier decision no longer counts; where that was itself an undo, what it undid counts again."""

    kind: ClassVar[str] = "undone"
    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    decision: int


Decision = (
    NewIndividual
    | Assigned
    | Rejected
    | Opinion
    | Renamed
    | Corrected
    | Merged
    | Split
    | Noted
    | TrackJoined
    | TrackCut
    | Undone
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what evidence: the most similar annotation shown, its score and probability, the fingerprint."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    fingerprint: str
    annotation: int
    score: float
    p: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log: the decision, by whom, when (UTC), on what grounds, and what undid it, if any."""

    id: int
    decision: Decision
    by: str
    at: datetime
    grounds: Grounds | None = None
    undone_by: int | None = None


_ADAPTERS: dict[str, TypeAdapter[Decision]] = {
    kind.kind: TypeAdapter(kind)
    for kind in (
        NewIndividual,
        Assigned,
        Rejected,
        Opinion,
        Renamed,
        Corrected,
        Merged,
        Split,
        Noted,
        TrackJoined,
        TrackCut,
        Undone,
    )
}
_GROUNDS = TypeAdapter(Grounds)


def to_json(decision: Decision) -> str:
    """The decision's fields as JSON text; its kind is stored beside it.

    >>> to_json(Assigned((4, 5), 1))
    '{"annotations":[4,5],"individual":1}'
    """
    return _ADAPTERS[decision.kind].dump_json(decision).decode()


def from_json(kind: str, text: str) -> Decision:
    """The decision of this kind with these fields; CatalogueError where they are not a decision.

    >>> from_json("merged", '{"kept": 1, "absorbed": 2}')
    Merged(kept=1, absorbed=2)
    """
    if kind not in _ADAPTERS:
        raise CatalogueError(f"{kind!r} is no kind of decision that this program knows")
    try:
        return _ADAPTERS[kind].validate_json(text)
    except ValidationError as error:
        raise CatalogueError(f"{text} does not hold what a decision '{kind}' needs: {error}") from error


def grounds_to_json(grounds: Grounds) -> str:
    """The grounds as JSON text."""
    return _GROUNDS.dump_json(grounds).decode()


def grounds_from_json(text: str) -> Grounds:
    """The grounds that `grounds_to_json` wrote; CatalogueError where they cannot be read."""
    try:
        return _GROUNDS.validate_json(text)
    except ValidationError as error:
        raise CatalogueError(f"{text} does not hold the grounds of a decision: {error}") from error


def tidy_name(text: str) -> str:
    """The name as the catalogue writes it: composed Unicode, single spaces, none at the ends.

    Folder names on macOS come decomposed; without this one animal would get two names that look alike.

    >>> tidy_name("  Old  Tom ")
    'Old Tom'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def _check_name(name: str) -> None:
    if not name or name != tidy_name(name) or not name.isprintable():
        raise CatalogueError(f"{name!r} cannot be a name: it must be printable, with single spaces, not empty")


def _check_distinct(what: str, ids: tuple[int, ...], at_least: int = 1) -> None:
    if len(ids) < at_least:
        raise CatalogueError(f"the decision needs at least {at_least} {what}{'s' * (at_least > 1)}")
    if len(set(ids)) != len(ids):
        raise CatalogueError(f"the decision names a {what} twice: {', '.join(map(str, ids))}")
