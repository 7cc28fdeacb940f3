"""Measures, splits and reports: one definition of each figure, with its bootstrap interval."""

from resight.evaluate.outcomes import Outcomes
from resight.evaluate.result import Estimate, Evaluation, Figure, Figures, Missing

__all__ = ["Estimate", "Evaluation", "Figure", "Figures", "Missing", "Outcomes"]
