"""What a reviewer is shown: an annotation, and the individuals that it may be, with all that speaks for each."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from resight.catalogue import derived, proposals
from resight.catalogue.folder import Catalogue
from resight.catalogue.lookup import Catalogued, catalogued, photos_of
from resight.catalogue.proposals import Proposal, Proposed
from resight.export.words import percent, verdict_words
from resight.types import Answer, Basis, Candidate, Side, Verdict
from resight.web.answering import companions
from resight.web.masks import has_mask
from resight.web.pictures import shown_box

MOST_CANDIDATES = 8
MOST_PHOTOS = 12  # of a candidate


class Animal(BaseModel):
    """An annotation to look at. `shown` is what its picture shows: x, y, width, height in pixels of the photo.

    `mask` is the address of what of it the program looked at, empty where no mask was used.
    """

    annotation: int
    file: str
    side: str
    part: str
    encounter: str
    taken: str
    quality: float | None
    shown: tuple[float, float, float, float]
    box: tuple[float, float, float, float] | None
    picture: str
    mask: str
    individual: int | None = None
    name: str = ""


class Choice(BaseModel):
    """A candidate: `best` is the annotation most like the query, `matches` joins their spots, in pixels of the photos.

    `photos` are the individual's own, the most telling first: that one, the same side, the others.
    """

    individual: int
    name: str
    p: float | None
    words: str
    best: int
    matches: list[tuple[float, float, float, float, float]]
    photos: list[Animal]


class Question(BaseModel):
    """A query with its candidates, best first.

    `together` are the unnamed annotations of its encounter, itself too; `basis` is what the probabilities rest on.
    """

    query: Animal
    together: list[int]
    verdict: Verdict
    words: str
    p_new: float | None
    new_words: str
    basis: Basis
    choices: list[Choice]


def questions(catalogue: Catalogue, annotations: Sequence[int]) -> list[Question]:
    """These annotations as questions, in their order; those without a proposal have no choices."""
    with catalogue.reading() as session:
        said = proposals.proposals(session, annotations)
        wanted = {c.individual for one in said.values() for c in one.candidates[:MOST_CANDIDATES]}
        names = derived.names(session, wanted)
        photos = photos_of(session, wanted, MOST_PHOTOS)
        together = {key: list(companions(session, key)) for key in annotations}
    best = {c.annotation for one in said.values() for c in one.candidates[:MOST_CANDIDATES]}
    ids = {*annotations, *best, *(key for some in photos.values() for key in some)}
    animals = {one.id: one for one in catalogued(catalogue, sorted(ids))}
    return [_question(animals[key], said.get(key), together[key], names, photos, animals) for key in annotations]


def animal(annotation: Catalogued) -> Animal:
    """An annotation as it is shown."""
    shown, box = shown_box(annotation), annotation.box
    # The address changes with what it shows, so that browsers may keep it for ever.
    at = f"{annotation.sha256[:8]}-{shown.x:.0f}-{shown.y:.0f}-{shown.w:.0f}-{shown.h:.0f}"
    return Animal(
        annotation=annotation.id,
        file=annotation.path.name,
        side="" if annotation.side is Side.UNKNOWN else annotation.side.value,
        part=annotation.part,
        encounter=annotation.encounter,
        taken="" if annotation.taken_at is None else annotation.taken_at.isoformat(" ", "minutes"),
        quality=annotation.quality,
        shown=(shown.x, shown.y, shown.w, shown.h),
        box=None if box is None else (box.x, box.y, box.w, box.h),
        picture=f"/api/annotations/{annotation.id}/picture?of={at}",
        mask=f"/api/annotations/{annotation.id}/mask?of={at}" if has_mask(annotation) else "",
        individual=annotation.individual,
        name=annotation.name,
    )


def _question(
    query: Catalogued,
    said: Proposal | None,
    together: list[int],
    names: dict[int, str],
    photos: dict[int, list[int]],
    animals: dict[int, Catalogued],
) -> Question:
    if said is None:
        said = Proposal(query.id, "", Verdict.UNDECIDED, 0.0)
    shown = said.candidates[:MOST_CANDIDATES]
    named = tuple(Candidate(names[one.individual], one.score, one.annotation, one.p) for one in shown)
    return Question(
        query=animal(query),
        together=together,
        verdict=said.verdict,
        words=verdict_words(Answer(named, said.verdict, said.p_new)),
        p_new=said.p_new,
        new_words=_likely(said.p_new),
        basis=said.basis,
        choices=[_choice(query, one, names[one.individual], photos[one.individual], animals) for one in shown],
    )


def _choice(
    query: Catalogued, candidate: Proposed, name: str, photos: list[int], animals: dict[int, Catalogued]
) -> Choice:
    of = [animals[key] for key in photos if key != candidate.annotation]
    of.sort(key=lambda one: one.side is not query.side)
    best = animals[candidate.annotation]
    # Since it was proposed, the photo may have been found to be of somebody else.
    first, matches = ([best], candidate.matches) if best.individual == candidate.individual else ([], ())
    return Choice(
        individual=candidate.individual,
        name=name,
        p=candidate.p,
        words=_likely(candidate.p),
        best=candidate.annotation,
        matches=list(matches),
        photos=[animal(one) for one in first + of][:MOST_PHOTOS],
    )


def _likely(p: float | None) -> str:
    """A probability in words.

    >>> _likely(0.93), _likely(0.5), _likely(None)
    ('very likely, 93%', 'as likely as not, 50%', 'no probability yet')
    """
    if p is None:
        return "no probability yet"
    words = ((0.99, "almost certain"), (0.9, "very likely"), (0.66, "likely"), (0.4, "as likely as not"))
    word = next((word for least, word in words if p >= least), "unlikely" if p >= 0.1 else "very unlikely")
    return f"{word}, {percent(p)}"
