"""resight plane: all animals on a plane, near those that they are like."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import progress, say
from resight.cli.library import current_library
from resight.cli.options import Folder


class WayOption(StrEnum):
    """By which method animals are placed: the ways of `resight.identify.ways`."""

    TSNE = "tsne"
    OPENTSNE = "opentsne"
    UMAP = "umap"
    UMAP_SUPERVISED = "umap-supervised"


def plane(
    catalogue: Folder,
    csv: Annotated[Path | None, typer.Option(help="Write the points as a table; '-' prints it.")] = None,
    way: Annotated[
        WayOption, typer.Option(help="All but 'tsne' need resight[tsne]; 'umap-supervised' draws known names together.")
    ] = WayOption.TSNE,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another arrangement of the same likeness.")] = 0,
) -> None:
    """Place every described animal on a plane, near those that it is like, and find clusters. Nothing is changed.

    The browser shows it on the page Explore.

    Example: resight plane whales
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.export.identification import appearing
    from resight.export.plane import write_plane
    from resight.identify.placing import make_plane
    from resight.identify.plane import keep_plane
    from resight.identify.ways import Way

    with open_catalogue(catalogue) as opened, progress() as tell:
        library = current_library(opened, tell)
        made = make_plane(library, seed, tell, Way(way.value))
        keep_plane(opened, made)
        if csv is not None:
            with appearing(csv) as file:
                write_plane(opened, made, file)
    clusters = len(set(made.cluster.tolist()) - {-1})
    if str(csv) != "-":
        say(f"{len(made.annotations):,} animals in {clusters:,} clusters, {int((made.cluster < 0).sum()):,} outliers.")
