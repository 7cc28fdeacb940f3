"""What the pages and the API work on: an open catalogue, its pictures, and who has which question before them."""

from __future__ import annotations

from dataclasses import dataclass

from resight.catalogue.folder import Catalogue
from resight.web.pictures import FOLDER, Pictures
from resight.web.turns import Turns


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalogue that is served."""

    catalogue: Catalogue
    pictures: Pictures
    turns: Turns

    @property
    def title(self) -> str:
        """What the catalogue is called on the pages: its folder's name."""
        return self.catalogue.folder.name


def desk(catalogue: Catalogue) -> Desk:
    """The desk of a catalogue."""
    return Desk(catalogue, Pictures(catalogue.folder / FOLDER), Turns())
