"""resight join and cut: tracks put right by hand, in the decision log."""

from __future__ import annotations

from typing import Annotated

import typer

from resight.cli.console import user
from resight.cli.decisions import Annotations, done
from resight.cli.options import By, Folder, Json
from resight.errors import ResightError


def join(catalogue: Folder, annotations: Annotations, by: By = None, json: Json = None) -> None:
    """Join the tracks that these pictures belong to: they follow one animal, which was lost from sight between.

    Example: resight join salmon 41 57
    """
    from resight.catalogue.decisions import TrackJoined
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append
    from resight.catalogue.lookup import tracks_of

    with open_catalogue(catalogue) as opened:
        tracks = tuple(dict.fromkeys(tracks_of(opened, annotations)))
        if len(tracks) < 2:
            raise ResightError("these pictures are of one track already: name pictures of two tracks or more")
        key = append(opened, TrackJoined(tracks), by or user())
    done(json, [key])


def cut(
    catalogue: Folder,
    annotation: Annotated[int, typer.Argument(metavar="ANNOTATION", help="The first picture of the other animal.")],
    by: By = None,
    json: Json = None,
) -> None:
    """Cut a track in two: from this picture on it follows another animal.

    Example: resight cut salmon 45
    """
    from resight.catalogue.decisions import TrackCut
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append_all
    from resight.catalogue.lookup import tracks_of
    from resight.catalogue.store import add_track

    with open_catalogue(catalogue) as opened:
        (track,) = tracks_of(opened, [annotation])
        with opened.writing() as session:
            into = add_track(session, f"cut {annotation}")
            keys = append_all(session, [TrackCut(track, annotation, into)], by or user())
    done(json, keys)
