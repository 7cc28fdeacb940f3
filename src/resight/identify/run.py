"""Identify: from annotations of the catalogue to answers, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued, refused
from resight.catalogue.moments import moments
from resight.catalogue.vectors import folder_name
from resight.identify.answer import Shortlist, answer, answered, chances, shortlist
from resight.identify.calibration import DEEPEST, Calibration, adapted, basis
from resight.identify.decide import Costs
from resight.identify.experience import encounters_of_each, experience
from resight.identify.library import INDEXES, Library
from resight.identify.ranking import rank
from resight.identify.remembered import remember, remembered
from resight.identify.together import together
from resight.identify.usual import learned, usual
from resight.identify.where_when import Near, learn, weighed
from resight.match.comparable import Sides, comparable
from resight.types import Answer, Bools, Evidence, Ints, Labels, Strings

BATCH = 32
EXPLAINED = 3
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Reason:
    """The gallery photo that speaks most for a candidate, and the matched spots, in pixels of both photos."""

    photo: Catalogued
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Identified:
    """One query, what is said of it, and the reasons for its best candidates, in their order.

    The answer's candidates name annotations by their ids in the catalogue. `together` photos of its encounter, itself
    among them, gave it. `near` is how near each candidate was met before; empty where that was not counted.
    """

    query: Catalogued
    answer: Answer
    reasons: tuple[Reason, ...]
    together: int = 1
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Identification:
    """A whole run: the calibration used, None where scores mean nothing yet; answers as they are asked for.

    `where_when`: whether place and time were counted.
    """

    calibration: Calibration | None
    answers: Iterator[Identified]
    where_when: bool = False


def identify(
    catalogue: Catalogue,
    library: Library,
    annotations: Sequence[int],
    sides: Sides,
    costs: Costs,
    progress: Progress | None = None,
    *,
    alone: bool = False,
    where_when: bool = False,
) -> Identification:
    """Ask the catalogue who these annotations are; all are scored at once, reasons are found as they are read.

    A query's own photo is never its candidate, nor is an individual that somebody has said it is not. Annotations of
    one encounter are answered together, unless each is to be answered `alone`. With `where_when` it counts how near in
    place and time an individual was met before, if enough named photos tell what that means.
    """
    rows = library.rows(list(annotations))
    never = _refused(catalogue, library, annotations)
    lists = _shortlists(library, rows, never, sides, progress)
    calibration = calibrated(catalogue, library, sides, progress)
    if calibration is None:
        said_of = [_Said(answer(candidates, None, costs)) for candidates in lists]
        return Identification(None, _identified(catalogue, library, annotations, rows, never, said_of, sides))
    calibration = adapted(calibration, [candidates.scores for candidates in lists])
    labels = library.labels
    found = [chances(candidates, calibration) for candidates in lists]
    asked = labels.take(rows)
    encounter = np.full(len(rows), "", np.str_) if alone else _of_one_animal(asked, labels)
    heard = together(lists, found, never, replace(asked, encounter=encounter), calibration.share_new)
    known = moments(catalogue, library.annotations) if where_when else None
    means = None if known is None else learn(labels, known)
    said_of = []
    for row, one in zip(rows.tolist(), heard, strict=True):
        near: tuple[Near, ...] = ()
        if known is not None and means is not None:
            one, near = weighed(one, row, labels, known, means)
        said = answered(one.candidates, one.chances, basis(calibration), costs)
        said_of.append(_Said(said, one.photos, near))
    answers = _identified(catalogue, library, annotations, rows, never, said_of, sides)
    return Identification(calibration, answers, means is not None)


@dataclass(frozen=True, slots=True)
class _Said:
    answer: Answer
    photos: int = 1
    near: tuple[Near, ...] = ()


def _of_one_animal(asked: Labels, labels: Labels) -> Strings:
    """The encounters of these, '' where a photo of them has two annotations of it, both asked about or not."""
    theirs = np.isin(labels.encounter, asked.encounter[asked.encounter != ""]) & np.isin(labels.photo, asked.photo)
    seen = Counter(zip(labels.encounter[theirs].tolist(), labels.photo[theirs].tolist(), strict=True))
    several = sorted({encounter for (encounter, _), times in seen.items() if times > 1})
    return np.where(np.isin(asked.encounter, several), "", asked.encounter)


def _identified(
    catalogue: Catalogue,
    library: Library,
    annotations: Sequence[int],
    rows: Ints,
    never: Sequence[frozenset[str]],
    said_of: Sequence[_Said],
    sides: Sides,
) -> Iterator[Identified]:
    for at, (query, said) in enumerate(zip(catalogued(catalogue, annotations), said_of, strict=True)):
        allowed = _allowed(library, rows[at : at + 1], never[at : at + 1], sides)[0]
        reasons = _reasons(catalogue, library, int(rows[at]), said.answer, allowed)
        yield Identified(query, _by_id(said.answer, library), reasons, said.photos, said.near)


def calibrated(
    catalogue: Catalogue, library: Library, sides: Sides, progress: Progress | None = None
) -> Calibration | None:
    """The calibration of this catalogue, kept beside its index until its named photos have grown by a tenth.

    Where too few individuals were met twice to learn one, it is the usual one of other animals; None where there is
    none for this method.
    """
    named = int((library.labels.individual != "").sum())
    compared = f"{folder_name(library.fingerprint)}-{library.matcher}-{sides.value}"
    path = catalogue.folder / INDEXES / f"calibration-{compared}.json"
    known = remembered(path, named, Calibration)
    if known is not None:
        return known
    lessons = experience(
        library.gallery,
        library.descriptors.take,
        library.labels,
        sides,
        best_only=library.best_photo_only,
        progress=None if progress is None else lambda done, total: progress("Learning from named photos", done, total),
    )
    before = usual(library.fingerprint, library.matcher)
    calibration = learned(lessons, encounters_of_each(library.labels), before)
    if calibration is None or not calibration.own:
        return calibration
    remember(path, named, calibration)
    return calibration


def _refused(catalogue: Catalogue, library: Library, annotations: Sequence[int]) -> list[frozenset[str]]:
    """The names of those that somebody has said each annotation does not show."""
    found = refused(catalogue, annotations)
    return [frozenset(library.individuals[key] for key in of if key in library.individuals) for of in found]


def _shortlists(
    library: Library, rows: Ints, never: Sequence[frozenset[str]], sides: Sides, progress: Progress | None
) -> list[Shortlist]:
    lists: list[Shortlist] = []
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        allowed = _allowed(library, some, never[start : start + BATCH], sides)
        scores = library.gallery.scores(library.descriptors.take(some), allowed)
        ranking = rank(scores, allowed, library.labels.individual, library.best_photo_only)
        lists += [shortlist(ranking, query, DEEPEST) for query in range(len(some))]
        if progress is not None:
            progress("Comparing with the catalogue", start + len(some), len(rows))
    return lists


def _allowed(library: Library, rows: Ints, never: Sequence[frozenset[str]], sides: Sides) -> Bools:
    """What each of these rows may be compared with, (q, g): not those whom somebody has said it does not show."""
    allowed = comparable(library.labels.take(rows), library.labels, sides)
    for query, names in enumerate(never):
        if names:
            allowed[query] &= ~np.isin(library.labels.individual, sorted(names))
    return allowed


def _by_id(said: Answer, library: Library) -> Answer:
    """The answer with annotations by their ids in the catalogue, not by rows of the gallery."""
    return replace(
        said,
        candidates=tuple(
            replace(candidate, annotation=int(library.annotations[candidate.annotation]))
            for candidate in said.candidates
        ),
    )


def _reasons(catalogue: Catalogue, library: Library, row: int, said: Answer, allowed: Bools) -> tuple[Reason, ...]:
    shown = said.candidates[:EXPLAINED]
    photos = catalogued(catalogue, [int(library.annotations[candidate.annotation]) for candidate in shown])
    query = library.descriptors.take([row])
    return tuple(
        Reason(photo, library.gallery.evidence(query, candidate.annotation, allowed))
        for photo, candidate in zip(photos, shown, strict=True)
    )
