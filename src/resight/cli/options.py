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
        help="How animals are compared: 'patches' (by their spots and what lies round them), 'patches:inside' (by "
        "those well inside the mask: flanks), 'patches:many' (by twice as many), 'patches:colour' (by colours too), "
        "'patches:upright' (for animals that always stand the same way), 'rootsift' (by the spots alone, with the "
        "same words after it), or 'onnx:MODEL.onnx' (by your own model). '+mask' after it masks the background. 'auto' "
        "tries all but the last on a sample of the named photos, with a mask and without, and takes the best."
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
