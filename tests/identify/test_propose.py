"""What is proposed is of individuals that are still there."""

from pathlib import Path

import pytest

from resight.catalogue.lookup import Catalogued
from resight.identify.propose import proposal
from resight.identify.run import Identified
from resight.types import Answer, Basis, Candidate, Side, Verdict

QUERY = Catalogued(
    id=7, path=Path("a.jpg"), sha256="0" * 64, frame=0, box=None, side=Side.LEFT, part="", quality=None, encounter="",
    taken_at=None, individual=None, name="", mask_kind=None, mask_path=None, photo=1, width=10, height=10,
)  # fmt: skip


@pytest.mark.parametrize(
    ("there", "left", "verdict"),
    [({"Anna": 1, "Bo": 2}, [1, 2], Verdict.KNOWN), ({"Anna": 1}, [1], Verdict.KNOWN),
     ({"Bo": 2}, [2], Verdict.UNDECIDED), ({}, [], Verdict.UNDECIDED)],
)  # fmt: skip
def test_who_was_merged_or_renamed_meanwhile_is_no_candidate(
    there: dict[str, int], left: list[int], verdict: Verdict
) -> None:
    said = Answer((Candidate("Anna", 9.0, 3, 0.99), Candidate("Bo", 2.0, 4, 0.01)), Verdict.KNOWN, basis=Basis.OWN)
    kept = proposal(Identified(QUERY, said, ()), "fingerprint", there)
    assert [one.individual for one in kept.candidates] == left
    assert kept.verdict is verdict
    assert kept.basis is Basis.OWN
