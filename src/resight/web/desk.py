"""What the pages and the API work on: an open catalogue, its pictures, its jobs, and who has which question."""

from __future__ import annotations

from dataclasses import dataclass

from resight.catalogue.folder import Catalogue
from resight.web.pictures import FOLDER, Pictures
from resight.web.turns import Turns
from resight.work.jobs import Board, open_board


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalogue that is served."""

    catalogue: Catalogue
    pictures: Pictures
    turns: Turns
    board: Board

    @property
    def title(self) -> str:
        """What the catalogue is called on the pages: its folder's name."""
        return self.catalogue.folder.name


def desk(catalogue: Catalogue) -> Desk:
    """The desk of a catalogue."""
    return Desk(catalogue, Pictures(catalogue.folder / FOLDER), Turns(), open_board(catalogue))
