"""A classifier in the benchmark: it can name whom it learned, and nobody else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from resight.errors import ResightError
from resight.evaluate.measures import ranking_figures
from resight.evaluate.outcomes import Outcomes
from resight.evaluate.result import Evaluation
from resight.types import Verdict

if TYPE_CHECKING:
    from resight.bench.contenders import Contender, Workshop
    from resight.bench.tables import Tables

TOP = 5


def closed_set(one: Contender, tables: Tables, workshop: Workshop) -> tuple[Evaluation, float, float]:
    """Ask a classifier about photos of the individuals that it learned: figures, seconds a photo, and 0 refused.

    ResightError where the split asks about individuals that were not learned.
    """
    from resight.learn.classify import classify
    from resight.learn.pictures import read_pictures
    from resight.learn.recipe import Recipe, read_recipe

    if tables.gallery != tables.learn:
        raise ResightError("the animals asked about are not among those learned, and a classifier knows no others")
    one.ready(workshop)
    folder = workshop.folder / one.trainings[0]
    started = time.perf_counter()
    recipe = read_recipe(folder / "recipe.toml", Recipe)
    pictures, _ = read_pictures([tables.query], recipe.data.size, folder / "asked.npy", look=recipe.data.look)
    found = classify(folder, pictures, TOP)
    seconds = (time.perf_counter() - started) / len(pictures)
    asked = len(pictures)
    outcomes = Outcomes(
        truth=pictures.individual,
        known=np.ones(asked, np.bool_),
        answerable=np.ones(asked, np.bool_),
        candidates=found.names,
        scores=found.probabilities,
        verdicts=np.full(asked, Verdict.KNOWN.value),
    )
    evaluation = Evaluation(
        method=one.name,
        fingerprint=f"classifier-{recipe.model.name}",
        seed=0,
        split="photos of the individuals that were learned",
        n_query=asked,
        n_gallery=0,
        n_new=0,
        n_unanswerable=0,
        seconds_per_query=seconds,
        measures=ranking_figures(outcomes, 0),
    )
    return evaluation, seconds, 0.0
