"""resight decide, undo, merge, split, rename, history: what the review in the browser does, scriptable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resight.cli.console import out, say, user, write_json
from resight.cli.options import By, Folder, Json
from resight.errors import ResightError

Annotations = Annotated[
    list[int], typer.Argument(metavar="ANNOTATION...", help="Numbers of annotations, as 'identify --csv' gives them.")
]


def decide(
    catalogue: Folder,
    annotations: Annotations,
    individual: Annotated[str | None, typer.Option("--is", help="These show this known individual.")] = None,
    new: Annotated[str | None, typer.Option("--new", help="These show a new individual, by this name.")] = None,
    is_not: Annotated[str | None, typer.Option("--is-not", help="These do not show this individual.")] = None,
    by: By = None,
    json: Json = None,
) -> None:
    """Write down who is seen: a known individual, a new one, or who it is not.

    Example: resight decide whales 41 42 --is Anna
    """
    from resight.catalogue.decisions import Assigned, Decision, NewIndividual, Rejected
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append_all
    from resight.catalogue.lookup import individual_named

    if sum(choice is not None for choice in (individual, new, is_not)) != 1:
        raise ResightError("say one of --is NAME, --new NAME or --is-not NAME")
    with open_catalogue(catalogue) as opened:
        made: list[Decision]
        if new is not None:
            made = [NewIndividual(new, tuple(annotations))]
        elif individual is not None:
            made = [Assigned(tuple(annotations), individual_named(opened, individual))]
        else:
            other = individual_named(opened, is_not or "")
            made = [Rejected(key, other) for key in annotations]
        with opened.writing() as session:
            keys = append_all(session, made, by or user())
    done(json, keys)


def undo(
    catalogue: Folder,
    decision: Annotated[
        int | None,
        typer.Argument(
            metavar="DECISION",
            help="Its number, as 'history' gives it; if left out, the latest that still stands.",
        ),
    ] = None,
    by: By = None,
    json: Json = None,
) -> None:
    """Take a decision back; the undo is itself a decision, and can be undone by its own number.

    Without a number, once more takes back the one before, and so on.

    Example: resight undo whales 17
    """
    from resight.catalogue.decisions import Undone
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append, latest_standing

    with open_catalogue(catalogue) as opened:
        if decision is None:
            decision = latest_standing(opened)
            if decision is None:
                raise ResightError("no decision stands, so there is nothing to undo")
        key = append(opened, Undone(decision), by or user())
    done(json, [key])


def merge(
    catalogue: Folder,
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="The individual that stays.")],
    absorbed: Annotated[
        str, typer.Argument(metavar="ABSORBED", help="The other name of the same animal; it becomes free.")
    ],
    by: By = None,
    json: Json = None,
) -> None:
    """Make one individual of two that are the same animal.

    Example: resight merge whales Anna "Whale 112"
    """
    from resight.catalogue.decisions import Merged
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append
    from resight.catalogue.lookup import individual_named

    with open_catalogue(catalogue) as opened:
        merged = Merged(individual_named(opened, kept), individual_named(opened, absorbed))
        key = append(opened, merged, by or user())
    done(json, [key])


def split(
    catalogue: Folder,
    individual: Annotated[
        str, typer.Argument(metavar="INDIVIDUAL", help="The individual that turned out to be two animals.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the second animal.")],
    annotations: Annotations,
    by: By = None,
    json: Json = None,
) -> None:
    """Give some of an individual's annotations to a new individual.

    Example: resight split whales Anna Bella 41 42
    """
    from resight.catalogue.decisions import Split
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append
    from resight.catalogue.lookup import individual_named

    with open_catalogue(catalogue) as opened:
        parted = Split(individual_named(opened, individual), name, tuple(annotations))
        key = append(opened, parted, by or user())
    done(json, [key])


def rename(
    catalogue: Folder,
    individual: Annotated[str, typer.Argument(metavar="OLD", help="The individual's name now.")],
    name: Annotated[str, typer.Argument(metavar="NEW", help="The name it should have.")],
    by: By = None,
    json: Json = None,
) -> None:
    """Give an individual another name.

    Example: resight rename whales "Whale 112" Anna
    """
    from resight.catalogue.decisions import Renamed
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import append
    from resight.catalogue.lookup import individual_named

    with open_catalogue(catalogue) as opened:
        key = append(opened, Renamed(individual_named(opened, individual), name), by or user())
    done(json, [key])


def history(
    catalogue: Folder,
    individual: Annotated[str | None, typer.Option(help="Only what concerns this individual.")] = None,
    annotation: Annotated[int | None, typer.Option(help="Only what concerns this annotation.")] = None,
    limit: Annotated[int, typer.Option(help="How many decisions at most.")] = 30,
    json: Json = None,
) -> None:
    """Show the decision log, the latest first.

    Example: resight history whales --individual Anna
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.log import history as entries_of
    from resight.catalogue.lookup import individual_named, names_ever
    from resight.catalogue.words import describe

    with open_catalogue(catalogue) as opened:
        key = None if individual is None else individual_named(opened, individual)
        entries = entries_of(opened, annotation=annotation, individual=key, limit=limit)
        names = names_ever(opened)
    told = [
        {
            "decision": entry.id,
            "at": entry.at.isoformat(timespec="seconds"),
            "by": entry.by,
            "what": describe(entry.decision, names),
            "undone_by": entry.undone_by,
        }
        for entry in entries
    ]
    if json is None:
        for line in told:
            undone = f"  (undone by {line['undone_by']})" if line["undone_by"] else ""
            out.print(f"{line['decision']:>6}  {line['at']}  {line['by']:<12} {line['what']}{undone}", markup=False)
    write_json(json, told)


def done(json: Path | None, keys: list[int]) -> None:
    """Say which decisions were written down."""
    if json is None:
        say(f"Written down as decision {', '.join(map(str, keys))}. 'resight undo' takes it back.")
    write_json(json, {"decisions": keys})
