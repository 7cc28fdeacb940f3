"""What an evaluation says: figures with their intervals, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from math import isfinite

MEASURES = (
    "top1",
    "top5",
    "map5",
    "map5_new",
    "baks",
    "baus",
    "auroc_new",
    "auc",
    "tpr_at_fpr_1pct",
    "tpr_at_fpr_01pct",
    "eer",
    "ece",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95% bootstrap interval; `reason` says why, where there is no interval.

    >>> Estimate(0.8, 0.7, 0.9)
    Estimate(value=0.8, low=0.7, high=0.9, reason='')
    """

    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if not all(isfinite(number) for number in numbers):
            raise ValueError(f"a figure and its interval must be finite numbers, not {numbers}")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends, or none")
        if self.low is None and not self.reason:
            raise ValueError("a figure without an interval needs a reason")


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that cannot be computed, and why, in words for people."""

    reason: str


Figure = Estimate | Missing
Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of one evaluation: how it was done, on what, and the figures.

    `measures` may hold the names of `MEASURES` and no others; names left out are written with a reason.
    `further` holds figures shown beside them, under any name. `split` says in words how gallery and query
    were parted. `n_new` counts queries whose individual the gallery lacks; `n_unanswerable` those with
    nothing comparable in the gallery, which count as wrong.
    """

    method: str
    fingerprint: str
    seed: int
    split: str
    n_query: int
    n_gallery: int
    n_new: int
    n_unanswerable: int
    seconds_per_query: float
    measures: Figures
    further: Figures = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.measures) - set(MEASURES))
        if unknown:
            raise ValueError(f"not the name of a measure: {', '.join(unknown)}; use one of {', '.join(MEASURES)}")

    def to_json(self) -> str:
        """The text of OUT.json, as `evaluation.schema.json` describes it."""
        content = {"version": 1} | {
            name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("measures", "further")
        }
        not_applied = Missing("this evaluation did not compute it")
        content["measures"] = {name: _plain(self.measures.get(name, not_applied)) for name in MEASURES}
        content["further"] = {name: _plain(figure) for name, figure in self.further.items()}
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def in_words(figure: Figure) -> str:
    """A figure for people.

    >>> in_words(Estimate(0.881, 0.75, 1.0))
    '0.881 [0.750, 1.000]'
    """
    if isinstance(figure, Missing):
        return f"– ({figure.reason})"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def schema() -> str:
    """The JSON schema of OUT.json, as text."""
    return files("resight.evaluate").joinpath("evaluation.schema.json").read_text(encoding="utf-8")


def _plain(figure: Figure) -> dict[str, float | str | None]:
    if isinstance(figure, Missing):
        return {"value": None, "low": None, "high": None, "reason": figure.reason}
    return {name: value for name, value in asdict(figure).items() if name != "reason" or value}
