"""What the pages and the API work on: an open catalogue, its pictures, its jobs, and who has which question."""

from __future__ import annotations

from dataclasses import dataclass

from resight.catalogue.folder import Catalogue
from resight.web.door import Known
from resight.web.pictures import FOLDER, Pictures
from resight.web.turns import Turns
from resight.work.jobs import Board, open_board


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalogue that is served. `open_door`: to one person on this machine, who does not log in."""

    catalogue: Catalogue
    pictures: Pictures
    turns: Turns
    board: Board
    known: Known
    open_door: bool

    @property
    def title(self) -> str:
        """What the catalogue is called on the pages: its folder's name."""
        return self.catalogue.folder.name


def desk(catalogue: Catalogue, open_door: bool) -> Desk:
    """The desk of a catalogue."""
    pictures = Pictures(catalogue.folder / FOLDER)
    return Desk(catalogue, pictures, Turns(), open_board(catalogue), Known(catalogue), open_door)
