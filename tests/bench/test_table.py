"""The table that people read."""

from dataclasses import replace

from resight.bench.cell import Cell
from resight.bench.report import page
from resight.bench.table import markdown
from resight.bench.tables import Preset
from resight.evaluate.result import Estimate, Evaluation

TOLD = Evaluation("m", "f", 0, "s", 10, 10, 0, 0, 0.25, {"top1": Estimate(0.5, 0.25, 0.75)})
CELL = Cell("nyala", "arcface", "full", "0", "0", TOLD.to_json(), seconds_learned=660, seconds_photo=0.25)
REFUSED = replace(CELL, method="contour", evaluation="", refused="no <contour> found")


def test_a_cell_says_how_well_and_how_long_and_what_cannot_be_done_says_why() -> None:
    told = markdown([CELL, REFUSED], ["nyala", "lion"], ["arcface", "contour"], Preset.FULL)
    assert "| arcface | 0.50 (0.25–0.75) · 11 min, 500 ms |  |" in told
    assert "| contour | – |  |" in told
    assert "- contour, nyala: no <contour> found." in told
    assert "quick" not in told
    assert "quick run" in markdown([CELL], ["nyala"], ["arcface"], Preset.QUICK)


def test_the_page_draws_what_is_there_and_escapes_what_was_said() -> None:
    told = page([REFUSED, CELL], ["nyala"], Preset.FULL)
    assert 'aria-label="0.50 (0.25–0.75)"' in told
    assert 'width="110.0"' in told
    assert "no &lt;contour&gt; found" in told
