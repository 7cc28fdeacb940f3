"""OUT.json follows its committed schema."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from resight.evaluate import Estimate, Evaluation, Missing
from resight.evaluate.result import MEASURES, schema

EVALUATION = Evaluation(
    method="rootsift",
    fingerprint="abc",
    seed=3,
    split="by encounter",
    n_query=10,
    n_gallery=20,
    n_new=2,
    n_unanswerable=1,
    seconds_per_query=0.25,
    measures={
        "top1": Estimate(0.5, 0.4, 0.6),
        "map5": Estimate(1.0, reason="one individual alone gives no interval"),
        "auc": Missing("no two comparable photos show one individual"),
    },
    further={"undecided": Estimate(0.1, 0.0, 0.2)},
)


def test_json_follows_the_schema_and_names_every_measure() -> None:
    content = json.loads(EVALUATION.to_json())
    rules = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(content, rules)
    assert list(content["measures"]) == list(MEASURES)
    assert content["measures"]["top1"] == {"value": 0.5, "low": 0.4, "high": 0.6}
    assert content["measures"]["auc"]["value"] is None
    assert "comparable" in content["measures"]["auc"]["reason"]
    assert "did not compute" in content["measures"]["ece"]["reason"]
    assert content["measures"]["map5"]["low"] is None
    for field in ("method", "fingerprint", "seed", "n_query", "n_gallery", "seconds_per_query"):
        assert content[field] == getattr(EVALUATION, field)


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("top1", {"value": 1.5, "low": 0.1, "high": 0.2}),
        ("top1", {"value": None, "low": None, "high": None}),
        ("top1", {"value": 0.5}),
        ("top2", {"value": 0.5, "low": 0.4, "high": 0.6}),
    ],
)
def test_the_schema_refuses_what_is_not_agreed(name: str, figure: dict[str, float | None]) -> None:
    content = json.loads(EVALUATION.to_json())
    content["measures"][name] = figure
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, json.loads(schema()))


def test_broken_figures_are_errors() -> None:
    with pytest.raises(ValueError, match="finite"):
        Estimate(float("nan"), 0.0, 1.0)
    with pytest.raises(ValueError, match="two ends"):
        Estimate(0.5, 0.0)
    with pytest.raises(ValueError, match="needs a reason"):
        Estimate(0.5)
    with pytest.raises(ValueError, match="top2"):
        replace(EVALUATION, measures={"top2": Missing("no such thing")})
