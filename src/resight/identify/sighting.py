"""Who has gone by: an animal named by several of its pictures at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resight.chip.prepare import Preparation
from resight.describe.seam import Describer
from resight.identify.answer import answer, shortlist
from resight.identify.calibration import DEEPEST, Calibration
from resight.identify.decide import Costs
from resight.identify.library import Library
from resight.identify.ranking import rank
from resight.types import Answer, Photo, Pixels, Record


@dataclass(frozen=True, slots=True)
class Namer:
    """A catalogue's gallery, ready to be asked about animals that are not in it yet."""

    library: Library
    preparation: Preparation
    describer: Describer
    calibration: Calibration | None
    costs: Costs

    def name(self, pictures: Sequence[Pixels]) -> Answer:
        """Who is on these pictures (h, w, 3) of one animal; an individual's score is the mean over them."""
        photos = [(Photo(Path(), "", picture), Record(Path())) for picture in pictures]
        chips = [self.preparation(photo, record).chip for photo, record in photos]
        allowed = np.tile(self.library.labels.individual != "", (len(chips), 1))
        described = self.describer.describe(chips)
        scores = self.library.gallery.scores(described, allowed)
        each = rank(scores, allowed, self.library.labels.individual, self.library.best_photo_only)
        together = replace(
            each,
            scores=each.scores.mean(axis=0, keepdims=True),
            best=each.best[each.scores.argmax(axis=0), np.arange(each.scores.shape[1])][None],
            possible=np.asarray(each.possible.any(axis=0, keepdims=True), np.bool_),
        )
        return answer(shortlist(together, 0, DEEPEST), self.calibration, self.costs)
