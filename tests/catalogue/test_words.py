from __future__ import annotations

import pytest

from resight.catalogue.decisions import (
    Corrected,
    Decision,
    NewIndividual,
    Opinion,
    Rejected,
    Renamed,
    Says,
    Split,
    TrackCut,
    TrackJoined,
    Undone,
)
from resight.catalogue.words import describe
from resight.types import Box, Side


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (NewIndividual("Anna"), "new individual Anna"),
        (NewIndividual("Anna", (1, 2, 3, 4, 5, 6)), "new individual Anna with 6 annotations"),
        (Rejected(4, 1), "rejected Bella for annotation 4"),
        (Rejected(4, 2), "rejected individual 2 for annotation 4"),
        (Opinion(4, 1, Says.UNSURE), "opinion that annotation 4 may or may not be Bella"),
        (Opinion(4, None, Says.DIFFERENT), "opinion that annotation 4 is not any known individual"),
        (Renamed(1, "Dora"), "renamed individual 1 to Dora"),
        (
            Corrected(4, Side.LEFT, Box(1, 2, 3, 4.5), 9),
            "corrected annotation 4: side to left and box to 1, 2, 3, 4.5 and encounter to number 9",
        ),
        (Split(1, "Dora", (4,)), "split annotation 4 from Bella as Dora"),
        (TrackJoined((4, 5)), "joined tracks 4, 5"),
        (TrackCut(4, 7, 5), "cut track 4 at annotation 7 into track 5"),
        (Undone(3), "undid decision 3"),
    ],
)
def test_decisions_in_words(decision: Decision, words: str) -> None:
    assert describe(decision, {1: "Bella"}) == words
