"""Names that look wrong: one name for two animals, or two names for one, found by asking every named photo again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from resight.catalogue.folder import Catalogue
from resight.errors import ResightError
from resight.identify.library import INDEXES, Library
from resight.identify.ranking import rank
from resight.identify.run import BATCH, calibrated
from resight.match.comparable import Sides, comparable, elsewhere

LEAST = 0.9  # how likely it must be that a named photo shows somebody else
FILE = "doubts.json"


@dataclass(frozen=True, slots=True)
class Doubt:
    """An annotation named as one individual that looks like another, and that one's most similar annotation.

    `p` is the chance that it is the other; `p_named` that it is the one it is named as, 0 where that one was met in no
    other encounter.
    """

    annotation: int
    named: int
    other: int
    best: int
    p: float
    p_named: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Doubts of one kind together: photos of `named` that look like `other`. `one_animal`: all its photos do."""

    named: int
    other: int
    doubts: tuple[Doubt, ...]
    one_animal: bool


def find_doubts(
    catalogue: Catalogue,
    library: Library,
    sides: Sides,
    progress: Callable[[str, int, int], None] | None = None,
    least: float = LEAST,
) -> list[Doubt]:
    """Every named annotation that is more likely somebody else, by the photos of other encounters; the surest first.

    ResightError where the catalogue has too few named photos for probabilities.
    """
    calibration = calibrated(catalogue, library, sides, progress)
    if calibration is None or not calibration.own:
        raise ResightError(
            "too few individuals were met twice for probabilities to be learned, so nothing can be said of their names"
        )
    by_name = {name: key for key, name in library.individuals.items()}
    rows = np.flatnonzero(library.labels.individual != "")
    found: list[Doubt] = []
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        asked = library.labels.take(some)
        allowed = comparable(asked, library.labels, sides) & elsewhere(asked, library.labels)
        scores = library.gallery.scores(library.descriptors.take(some), allowed)
        ranking = rank(scores, allowed, library.labels.individual, library.best_photo_only)
        for query, named in enumerate(asked.individual.tolist()):
            order = ranking.order(query)
            if not len(order):
                continue
            names = ranking.individuals[order].tolist()
            chances, _ = calibration.probabilities(ranking.scores[query, order])
            if names[0] != named and chances[0] >= least:
                best = int(library.annotations[ranking.best[query, order[0]]])
                own = float(chances[names.index(named)]) if named in names else 0.0
                annotation = int(library.annotations[some[query]])
                found.append(Doubt(annotation, by_name[named], by_name[names[0]], best, float(chances[0]), own))
        if progress is not None:
            progress("Asking every named photo again", start + len(some), len(rows))
    return sorted(found, key=lambda doubt: (-doubt.p, doubt.annotation))


def suspicions(doubts: Sequence[Doubt], photos: dict[int, int]) -> list[Suspicion]:
    """Doubts by pair of individuals, the most photos first; `photos` is how many annotations each individual has.

    Where most photos of one look like the other, or some of each look like the other, the two may be one animal;
    else some photos bear a wrong name.
    """
    pairs: dict[tuple[int, int], list[Doubt]] = {}
    for doubt in doubts:
        pairs.setdefault((doubt.named, doubt.other), []).append(doubt)
    made: list[Suspicion] = []
    for (named, other), of in pairs.items():
        back = pairs.get((other, named), [])
        if back and (other, named) < (named, other):
            continue
        together = tuple(of + back)
        one_animal = bool(back) or 2 * len(of) > photos.get(named, 0)
        made.append(Suspicion(named, other, together, one_animal))
    return sorted(made, key=lambda one: (-len(one.doubts), -max(doubt.p for doubt in one.doubts)))


def keep_doubts(catalogue: Catalogue, doubts: Sequence[Doubt]) -> None:
    """Write them beside the indexes: a cache, until somebody looks again."""
    path = _path(catalogue)
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(doubt) for doubt in doubts]))
    partial.replace(path)


def read_doubts(catalogue: Catalogue) -> list[Doubt] | None:
    """What was found last; None where nobody has looked yet."""
    try:
        return [Doubt(**doubt) for doubt in json.loads(_path(catalogue).read_text())]
    except (OSError, ValueError, TypeError):
        return None


def _path(catalogue: Catalogue) -> Path:
    return catalogue.folder / INDEXES / FILE
