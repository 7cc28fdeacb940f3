"""The report is one page that stands alone, with figures that can be opened."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resight.evaluate import Estimate, Evaluation, Missing
from resight.evaluate.calibration import reliability
from resight.evaluate.pairs import embedding_pairs
from resight.evaluate.report import MEANING, Curves, operating_points, write_report
from resight.evaluate.result import MEASURES

EVALUATION = Evaluation(
    method="spots <fast>",
    fingerprint="f00d",
    seed=0,
    split="by encounter",
    n_query=300,
    n_gallery=500,
    n_new=40,
    n_unanswerable=2,
    seconds_per_query=0.1,
    measures={"top1": Estimate(0.91, 0.88, 0.93), "ece": Missing("not calibrated")},
    further={"undecided": Estimate(0.2, 0.1, 0.3)},
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def curves() -> Curves:
    rng = np.random.default_rng(0)
    who = rng.integers(0, 30, 250)
    vectors = rng.normal(size=(30, 8))[who] + 0.6 * rng.normal(size=(250, 8))
    p = rng.random(300)
    return Curves(
        roc=embedding_pairs(vectors, who.astype(np.str_)),
        cumulative_match=np.array([0.8, 0.9, 0.92]),
        n_known=260,
        reliability=reliability(p, rng.random(300) < p),
        score="minus Euclidean distance",
    )


def test_page_figures_and_thresholds(curves: Curves, tmp_path: Path) -> None:
    page = write_report(EVALUATION, curves, tmp_path / "new" / "report")
    text = page.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert not tags.open
    assert len(tags.sources) == 5
    assert all(source.startswith("data:image/png;base64,") for source in tags.sources)
    assert "spots &lt;fast&gt;" in text
    assert "not calibrated" in text
    assert "0.8800 to 0.9300" in text
    for name in ("cmc", "reliability", "roc", "scores", "thresholds"):
        with Image.open(page.parent / f"{name}.png") as image:
            assert image.width > 900
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 20
    with (page.parent / "thresholds.csv").open(newline="", encoding="utf-8") as stream:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)]
    assert curves.roc is not None
    assert max(row["mean_accuracy"] for row in rows) == curves.roc.mean_accuracy[curves.roc.best()]
    assert [row["threshold"] for row in rows] == sorted((row["threshold"] for row in rows), reverse=True)
    assert max(row["same_accuracy"] for row in rows if row["fpr"] <= 0.01) == curves.roc.tpr_at_fpr(0.01)


def test_a_report_without_curves_has_no_figures(tmp_path: Path) -> None:
    no_pairs = embedding_pairs(np.zeros((2, 2)), np.array(["Ada", "Ada"]))
    page = write_report(replace(EVALUATION, further={}), Curves(roc=no_pairs), tmp_path)
    assert not re.search("<img|<h2>Thresholds|<h2>Beside", page.read_text(encoding="utf-8"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evaluation.json", "report.html"]


def test_every_measure_is_explained() -> None:
    assert set(MEASURES) <= set(MEANING)


def test_operating_points_keep_their_rate(curves: Curves) -> None:
    assert curves.roc is not None
    points = operating_points(curves.roc)
    assert curves.roc.best() in points
    assert curves.roc.tpr[points].max() >= curves.roc.tpr_at_fpr(0.1)
