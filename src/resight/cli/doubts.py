"""resight doubts: names in the catalogue that look wrong."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from resight.cli.console import out, progress, say, write_json
from resight.cli.library import current_library
from resight.cli.options import Folder, Json, SidesOption

SHOWN = 30


def doubts(
    catalogue: Folder,
    sides: Annotated[
        SidesOption | None, typer.Option(help="Compare left with right? As the catalogue is set, if left out.")
    ] = None,
    json: Json = None,
) -> None:
    """Find names that look wrong: one name for two animals, or two names for one. Nothing is changed.

    Example: resight doubts whales
    """
    from resight.catalogue.folder import open as open_catalogue
    from resight.catalogue.lookup import individuals
    from resight.export.words import counted, percent
    from resight.identify.doubts import find_doubts, keep_doubts, suspicions
    from resight.match.comparable import Sides

    with open_catalogue(catalogue) as opened, progress() as tell:
        library = current_library(opened, tell)
        found = find_doubts(opened, library, Sides(sides or opened.settings.sides), tell)
        keep_doubts(opened, found)
        known = individuals(opened)
    names = {one.id: one.name for one in known}
    together = suspicions(found, {one.id: one.annotations for one in known})
    if json is None:
        for one in together[:SHOWN]:
            what = "may be one animal" if one.one_animal else "may bear a wrong name"
            ids = ", ".join(str(doubt.annotation) for doubt in one.doubts[:5])
            sure = percent(max(doubt.p for doubt in one.doubts))
            pair = f"{names[one.named]} and {names[one.other]}"
            if not one.one_animal:
                pair = f"{counted(len(one.doubts), 'photo')} of {names[one.named]} like {names[one.other]}"
            out.print(f"{pair} {what} ({sure}; annotations {ids})", markup=False)
        say(f"{counted(len(found), 'photo')} in doubt. 'resight serve' shows them side by side.")
    write_json(json, {"doubts": [asdict(doubt) for doubt in found]})
