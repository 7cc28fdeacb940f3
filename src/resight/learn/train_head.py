"""A training of a comparison head, with its branch or on top of one that is there: epoch by epoch, resumable."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from resight.describe.onnx import LOOK
from resight.errors import ResightError
from resight.learn.branch import (
    Branch,
    FixedBranch,
    LearningBranch,
    branch_of,
    learned_from_vectors,
    model_of,
    without_pixels,
)
from resight.learn.done import check_loss
from resight.learn.export import export_embedder
from resight.learn.folder import in_memory, load_state, locked, save_state, settle, write_history
from resight.learn.head_recipe import HeadTraining
from resight.learn.heads import even_of, frozen, spread_of, untrained
from resight.learn.mined import judged, mined, scorer
from resight.learn.pairs import Pairs
from resight.learn.pictures import Pictures, mirrored, numbered, parted, parted_photos
from resight.learn.train import Tell
from resight.match.comparison import Even, Head
from resight.match.head import head_bytes
from resight.types import Floats, Rejection, Strings
from resight.work.written import write


@dataclass(frozen=True, slots=True)
class HeadEpoch:
    """What one epoch came to: mean loss and accuracy of its pairs, and how well unseen individuals were told apart."""

    epoch: int
    loss: float
    accuracy: float
    pairs: int
    tpr: float
    mean_tpr: float
    auc: float
    seconds: float


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """What came out: the head, all epochs, the best one, photos that could not be read, and the method to answer with.

    `method` is '' where vectors were given, and nobody said of which model they are.
    """

    head: Head
    history: tuple[HeadEpoch, ...]
    best: HeadEpoch
    rejected: tuple[Rejection, ...] = ()
    method: str = ""


@dataclass(slots=True)
class _State:
    head: nn.Module
    branch: Branch
    even: Even
    optimizer: torch.optim.Optimizer
    history: list[HeadEpoch]
    best: dict[str, Any]
    best_epoch: int
    learned_from: str


def train_head(
    recipe: HeadTraining, tables: Sequence[Path], folder: Path, tell: Tell, branch: Path | None = None
) -> TrainedHead:
    """Learn to compare, into a folder; started again, it goes on after the last finished epoch.

    `branch` is an ONNX model, or the folder of a training that left one: it stays as it is, and photos are described
    once. Without it the branch learns too, and is left as model.onnx. At the end `head.npz` holds the head with which
    unseen individuals were told apart best, `recipe.toml` the recipe and `history.csv` the epochs. Raises ResightError
    for too few photos, a loss that is no number, a full disk, or a folder in which another training works.
    """
    with locked(folder):
        settle(folder / "recipe.toml", recipe, begun=(folder / "state.pt").exists())
        torch.manual_seed(recipe.seed)
        pictures, source, learned, rejected = branch_of(recipe, tables, folder, tell, branch)
        done = _train(recipe, pictures, source, learned, folder, tell)
        model = model_of(branch) if branch else _export(source, recipe, folder, tell)
        return replace(done, rejected=tuple(rejected), method=f"onnx:{model}@head:{folder / 'head.npz'}")


def train_on_vectors(
    recipe: HeadTraining, vectors: Floats, individual: Strings, encounter: Strings, folder: Path, tell: Tell
) -> TrainedHead:
    """The same on vectors (n, d) that are there already; `individual` (n,), `encounter` (n,), '' where not known."""
    with locked(folder):
        settle(folder / "recipe.toml", recipe, begun=(folder / "state.pt").exists())
        torch.manual_seed(recipe.seed)
        pictures, source = without_pixels(individual, individual, encounter), FixedBranch(vectors)
        return _train(recipe, pictures, source, learned_from_vectors(pictures, source), folder, tell)


def _train(
    recipe: HeadTraining, pictures: Pictures, branch: Branch, learned: str, folder: Path, tell: Tell
) -> TrainedHead:
    hold_out = parted if recipe.data.validate_on == "individuals" else parted_photos
    learning, validating = hold_out(pictures, recipe.data.held_out, recipe.data.least_photos, recipe.seed)
    if isinstance(branch, LearningBranch) and recipe.data.mirrored:
        learning = mirrored(learning)
    state = _begun(recipe, branch, learning, learned)
    _resume(folder, state)
    while len(state.history) < recipe.epochs and len(state.history) - state.best_epoch <= recipe.patience:
        tell("Epochs", len(state.history), recipe.epochs)
        _epoch(state, recipe, learning, validating)
        _save(folder, state)
    _load(state, state.best)
    head = _head(state, branch.vectors(learning))
    write(folder / "head.npz", head_bytes(head))
    return TrainedHead(head, tuple(state.history), state.history[state.best_epoch])


def _begun(recipe: HeadTraining, branch: Branch, learning: Pictures, learned: str) -> _State:
    vectors = branch.vectors(learning)
    head = untrained(recipe.kind, vectors.shape[1], recipe.hidden)
    groups: list[dict[str, Any]] = [{"params": list(head.parameters())}]
    if isinstance(branch, LearningBranch):
        device = next(branch.network.parameters()).device
        head = head.to(device)
        groups.append({"params": list(branch.network.parameters()), "lr": recipe.branch_rate})
    optimizer = torch.optim.Adam(groups, recipe.learning_rate, weight_decay=recipe.l2)
    return _State(head, branch, even_of(vectors), optimizer, [], {}, 0, learned)


def _epoch(state: _State, recipe: HeadTraining, learning: Pictures, validating: Pictures) -> None:
    """Mine pairs, learn from them, and judge; the weights are kept if they are the best."""
    began, epoch = time.perf_counter(), len(state.history)
    rng = np.random.default_rng([recipe.seed, 3, epoch])
    torch.manual_seed(recipe.seed * 100_003 + epoch)
    vectors, flanks = state.branch.vectors(learning), numbered(learning.flank)
    pairs = mined(recipe, _head(state, vectors), vectors, flanks, epoch, rng)
    loss, accuracy = _learn(state, recipe, learning, pairs, rng)
    # The last step may have spoiled weights whose losses were still numbers.
    spoiled = any(not bool(weight.isfinite().all()) for weight in state.head.parameters())
    check_loss(math.nan if spoiled else loss, epoch)
    seen = state.branch.vectors(validating)
    score = scorer(_head(state, seen), seen)
    everything = np.arange(len(seen))
    found = judged(score(everything, everything), validating.flank, validating.encounter)
    seconds = time.perf_counter() - began
    state.history.append(HeadEpoch(epoch, loss, accuracy, len(pairs), found.tpr, found.mean_tpr, found.auc, seconds))
    best = state.history[state.best_epoch]
    if not state.best or (found.mean_tpr, found.auc) > (best.mean_tpr, best.auc):
        state.best_epoch, state.best = epoch, _weights(state)


def _learn(
    state: _State, recipe: HeadTraining, learning: Pictures, pairs: Pairs, rng: np.random.Generator
) -> tuple[float, float]:
    """The mean loss and accuracy of the pairs, each of which has been learned from once."""
    if isinstance(state.branch, LearningBranch):
        state.branch.network.train()
    center, scale = (torch.from_numpy(part) for part in (state.even.center, state.even.scale))
    total, right = 0.0, 0
    order = rng.permutation(len(pairs))
    for start in range(0, len(order), recipe.batch):
        rows = order[start : start + recipe.batch]
        both = np.concatenate([pairs.first[rows], pairs.second[rows]])
        vectors = state.branch.batch(learning, both, rng)
        one, other = ((vectors - center.to(vectors.device)) * scale.to(vectors.device)).chunk(2)
        same = torch.from_numpy(pairs.same[rows]).to(one.device)
        told = state.head(one, other)
        loss = functional.binary_cross_entropy_with_logits(told, same.float())
        state.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        state.optimizer.step()
        total += float(loss.detach()) * len(rows)
        right += int(((told.detach() > 0) == same).sum())
    return total / len(pairs), right / len(pairs)


def _head(state: _State, vectors: Floats) -> Head:
    return frozen(state.head, state.even, spread_of(state.even(vectors)))


def _weights(state: _State) -> dict[str, Any]:
    """A copy of the head's weights and, where it learns too, the branch's."""
    modules = {"head": state.head}
    if isinstance(state.branch, LearningBranch):
        modules["branch"] = state.branch.network
    return {
        name: {part: value.detach().clone() for part, value in module.state_dict().items()}
        for name, module in modules.items()
    }


def _load(state: _State, weights: dict[str, Any]) -> None:
    state.head.load_state_dict(weights["head"])
    if isinstance(state.branch, LearningBranch):
        state.branch.network.load_state_dict(weights["branch"])


def _save(folder: Path, state: _State) -> None:
    even = [torch.from_numpy(part) for part in (state.even.center, state.even.scale)]
    save_state(
        folder,
        {
            "weights": _weights(state), "optimizer": state.optimizer.state_dict(), "even": even,
            "history": [asdict(one) for one in state.history], "best": state.best, "best_epoch": state.best_epoch,
            "learned_from": state.learned_from,
        },
    )  # fmt: skip
    write_history(folder, state.history)


def _resume(folder: Path, state: _State) -> None:
    saved = load_state(folder)
    if saved is None:
        return
    if saved["learned_from"] != state.learned_from:
        raise ResightError(
            f"{folder} holds a training on other photos, another model, or other names: name another folder"
        )
    _load(state, saved["weights"])
    state.optimizer.load_state_dict(saved["optimizer"])
    state.even = Even(*(part.numpy() for part in saved["even"]))
    state.best, state.best_epoch = saved["best"], saved["best_epoch"]
    state.history = [HeadEpoch(**one) for one in saved["history"]]
    # A kill between the state and the table leaves the table an epoch short.
    write_history(folder, state.history)


def _export(branch: Branch, recipe: HeadTraining, folder: Path, tell: Tell) -> Path:
    """The model of a branch that learned too, as model.onnx beside its weights."""
    assert isinstance(branch, LearningBranch)
    tell("Writing model.onnx", 0, 0)
    model = folder / "model.onnx"
    write(folder / "weights.pt", in_memory(branch.network.state_dict()))
    export_embedder(
        branch.network, recipe.data.size, model, {LOOK: recipe.data.look, "resight.recipe": recipe.model_dump_json()}
    )
    return model
