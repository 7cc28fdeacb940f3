"""Trainings of heads: they learn what can be learned, go on after a stop, and leave a method that answers."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from tests.learn.training import silent

from resight.config import Settings
from resight.errors import ResightError
from resight.evaluate.tables import read_annotations
from resight.learn.head_recipe import HeadTraining
from resight.learn.mined import judged, scorer
from resight.learn.recipe import Data, Model, read_recipe
from resight.learn.train_head import TrainedHead, train_head, train_on_vectors
from resight.match.comparison import logits
from resight.match.head import read_head
from resight.method import open_method
from resight.types import Floats, Strings
from resight.work.processes import in_this_process

MARKED = 4
DATA = Data(size=64, held_out=0.34, mirrored=False)


def herd(animals: int, seed: int) -> tuple[Floats, Strings]:
    """Four photos of each: four numbers tell the animals apart, twenty larger ones change with every photo."""
    rng = np.random.default_rng(seed)
    marks = np.repeat(rng.normal(0, 0.3, (animals, MARKED)), 4, axis=0)
    vectors = np.concatenate([marks + rng.normal(0, 0.06, marks.shape), rng.normal(0, 2, (len(marks), 20))], axis=1)
    return vectors.astype(np.float32), np.repeat([f"animal {i:03}" for i in range(animals)], 4)


def on_vectors(recipe: HeadTraining, folder: Path, seed: int = 0) -> TrainedHead:
    vectors, who = herd(60, seed)
    return train_on_vectors(recipe, vectors, who, np.full(len(who), ""), folder, silent)


@pytest.mark.parametrize(
    ("kind", "mining"),
    [("l1", "random"), ("l1", "easy-to-hard"), ("l1", "assignment"), ("neural", "assignment"), ("shared", "random")],
)
def test_a_head_learns_which_numbers_count(kind: str, mining: str, tmp_path: Path) -> None:
    recipe = HeadTraining.model_validate(
        {"kind": kind, "mining": mining, "epochs": 12, "patience": 12, "batch": 16, "learning_rate": 0.01}
        | {"hidden": 16, "hardest": 0.2}
    )
    done = on_vectors(recipe, tmp_path)
    vectors, who = herd(40, 7)
    nowhere = np.full(len(who), "")
    told = judged(logits(done.head, vectors, vectors), who, nowhere).auc
    plain = judged(vectors @ vectors.T, who, nowhere).auc
    assert plain < 0.6
    # 60 animals teach a network of two layers little.
    assert told > (0.65 if kind == "neural" else 0.85)
    assert np.array_equal(
        logits(read_head(tmp_path / "head.npz"), vectors, vectors), logits(done.head, vectors, vectors)
    )


@pytest.mark.parametrize("mining", ["easy-to-hard", "assignment"])
def test_a_stopped_training_goes_on_and_ends_as_an_undisturbed_one(
    mining: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = HeadTraining.model_validate({"kind": "shared", "mining": mining, "epochs": 4, "patience": 9})

    def stop(what: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    vectors, who = herd(20, 0)
    given = (recipe, vectors, who, np.full(len(who), ""))
    with pytest.raises(KeyboardInterrupt):
        train_on_vectors(*given, tmp_path / "stopped", stop)
    assert not (tmp_path / "stopped" / "head.npz").exists()
    train_on_vectors(*given, tmp_path / "stopped", silent)
    calm = train_on_vectors(*given, tmp_path / "calm", silent)
    assert len(calm.history) == 4
    for name in ("head.npz", "recipe.toml"):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()
    assert read_recipe(tmp_path / "calm" / "recipe.toml", HeadTraining) == recipe


def test_other_vectors_or_another_recipe_in_the_folder_are_refused(tmp_path: Path) -> None:
    recipe = HeadTraining(kind="l1", epochs=1)
    on_vectors(recipe, tmp_path)
    with pytest.raises(ResightError, match="on other photos, another model"):
        on_vectors(recipe, tmp_path, seed=1)
    with pytest.raises(ResightError, match="another recipe"):
        on_vectors(HeadTraining(kind="neural"), tmp_path)


def test_a_loss_that_is_no_number_stops_it(tmp_path: Path) -> None:
    with pytest.raises(ResightError, match="the loss became"):
        on_vectors(HeadTraining(kind="l1", epochs=5, learning_rate=1e30), tmp_path)


def test_a_shared_head_is_scored_nearly_as_exactly_while_it_learns(tmp_path: Path) -> None:
    head = on_vectors(HeadTraining(kind="shared", epochs=3), tmp_path).head
    vectors, _ = herd(15, 3)
    rows = np.arange(60)
    near, exact = scorer(head, vectors)(rows, rows), logits(head, vectors, vectors)
    assert np.corrcoef(near.ravel(), exact.ravel())[0, 1] > 0.99


def small_model(path: Path) -> None:
    """A model that gives the mean colours of a picture's 4 x 4 parts."""
    pictures = helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["n", 3, 64, 64])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", 48])
    nodes = [
        helper.make_node("AveragePool", ["pictures"], ["means"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("Flatten", ["means"], ["vectors"]),
    ]
    graph = helper.make_graph(nodes, "small", [pictures], [vectors])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def test_a_head_on_a_given_model_answers_by_its_method(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resight.learn.branch.settings", lambda: Settings(workers=1))
    (tmp_path / "branch").mkdir()
    small_model(tmp_path / "branch" / "model.onnx")
    recipe = HeadTraining(kind="l1", epochs=2, data=DATA)
    done = train_head(recipe, [table], tmp_path / "head", silent, branch=tmp_path / "branch")
    assert done.method == f"onnx:{tmp_path / 'branch' / 'model.onnx'}@head:{tmp_path / 'head' / 'head.npz'}"
    method = open_method(done.method)
    found, _ = read_annotations(table, done.method, in_this_process)
    scores = method.matcher.gallery(found.descriptors, found.labels).scores(
        found.descriptors, ~np.eye(24, dtype=np.bool_)
    )
    named = found.labels.individual[scores.argmax(axis=1)]
    assert (named == found.labels.individual).mean() > 0.9
    with pytest.raises(ResightError, match="there is no model"):
        train_head(recipe, [table], tmp_path / "other", silent, branch=tmp_path / "head")


def test_a_branch_that_learns_too_goes_on_after_a_stop_and_is_left_as_a_model(table: Path, tmp_path: Path) -> None:
    recipe = HeadTraining(
        kind="neural",
        hidden=8,
        epochs=2,
        branch_rate=1e-3,
        data=DATA,
        model=Model(name="cnn3", start="random", dimensions=16),
    )

    def stop_after_one(what: str, done: int, total: int) -> None:
        if what == "Epochs" and done == 1:
            raise KeyboardInterrupt

    def stop_before_the_model(what: str, done: int, total: int) -> None:
        if what == "Writing model.onnx":
            raise KeyboardInterrupt

    for folder, stop in (("stopped", stop_after_one), ("calm", stop_before_the_model)):
        with pytest.raises(KeyboardInterrupt):
            train_head(recipe, [table], tmp_path / folder, stop)
    stopped = train_head(recipe, [table], tmp_path / "stopped", silent)
    assert (tmp_path / "stopped" / "head.npz").read_bytes() == (tmp_path / "calm" / "head.npz").read_bytes()
    states = [torch.load(tmp_path / folder / "state.pt", weights_only=True) for folder in ("stopped", "calm")]
    branches = [state["weights"]["branch"] for state in states]
    assert all(torch.equal(branches[0][name], branches[1][name]) for name in branches[1])
    best = torch.load(tmp_path / "stopped" / "weights.pt", weights_only=True)
    assert best.keys() == branches[0].keys()
    assert open_method(stopped.method).matcher.name.startswith("head-")
