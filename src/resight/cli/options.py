"""Arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="The catalogue: a folder.", metavar="CATALOGUE")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the outcome as JSON to this file; '-' prints it.")]
By = Annotated[str | None, typer.Option("--by", help="Your name in the decision log; your login name if left out.")]
Copy = Annotated[
    bool,
    typer.Option("--copy", help="Copy the photos into the catalogue's folder; else they are read where they lie."),
]
ByEncounter = Annotated[
    bool,
    typer.Option(
        "--by-encounter", help="Each folder is an encounter, with one animal in it; a folder inside it may be a side."
    ),
]
Method = Annotated[
    str,
    typer.Option(
        help="How animals are compared: 'rootsift' (by their spots), 'rootsift:inside' (by those well inside the mask: "
        "flanks), 'rootsift:many' (by twice as many), 'rootsift:colour' (by colours too), 'rootsift:upright' (for "
        "animals that always stand the same way), or 'onnx:MODEL.onnx' (by your own model). '+mask' after it masks "
        "the background. 'auto' tries the first five on a sample of the named photos, with a mask and without, and "
        "takes the best."
    ),
]


class SidesOption(StrEnum):
    """Whether left may be compared with right."""

    APART = "apart"
    ANY = "any"


class Caution(StrEnum):
    """What mistakes cost: the presets of `resight.identify.decide`."""

    CAREFUL = "careful"
    BALANCED = "balanced"
    QUICK = "quick"
    NEVER_ASK = "never-ask"
