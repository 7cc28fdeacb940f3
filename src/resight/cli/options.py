"""Arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="The catalogue: a folder.", metavar="CATALOGUE")]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write the outcome as JSON to this file, or '-' for standard output.")
]
By = Annotated[str | None, typer.Option("--by", help="Who decides; your login name if left out.")]
Method = Annotated[
    str,
    typer.Option(
        help="How animals are described: 'auto', 'rootsift', 'rootsift+u2netp' (masked), 'rootsift:free' (animals "
        "seen from above, at any angle), or 'onnx:MODEL.onnx' with or without '+u2netp'."
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
