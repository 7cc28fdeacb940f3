"""resight simulate: films of a sea cage with the truth beside them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import progress, say


class Size(StrEnum):
    """The presets of `resight.simulate.cage`."""

    TINY = "tiny"
    SMALL = "small"
    THESIS = "thesis"


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where the films go: a new folder.", metavar="FOLDER")],
    size: Annotated[
        Size, typer.Option(help="tiny: 6 sides of fish, a minute; small: 200 sides, a quarter of an hour; thesis: 715.")
    ] = Size.SMALL,
) -> None:
    """Film simulated salmon in a sea cage: MP4, with every head's box, mask, spots and identity beside it.

    Stopped at any moment, the same command goes on with the films that are missing.

    Example: resight simulate cage --size tiny
    """
    from resight.config import settings
    from resight.simulate.cage import PRESETS
    from resight.simulate.film import write_cage
    from resight.work.processes import local_processes

    with progress() as tell:
        manifest = write_cage(
            PRESETS[size.value],
            folder,
            local_processes(settings().workers),
            lambda done, total: tell("Filming", done, total),
        )
    say(f"Filmed. These fish are simulated; what was filmed is listed in {manifest}")
