"""Where a training stands: what is learned, what was best, and all that is needed to go on after a kill."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel

from resight.errors import ResightError
from resight.learn.folder import Epoch, load_state, save_state, write_history
from resight.learn.losses import Losses
from resight.learn.models import Embedder


@dataclass(slots=True)
class State:
    """The network with its mean weights, what learns beside it, the epochs, and the weights of the best.

    `classifier` holds the mean weights of the softmax's layer, None where it has no weight.
    """

    network: Embedder
    averaged: AveragedModel
    optimizer: torch.optim.Optimizer
    criterion: Losses
    classifier: AveragedModel | None
    history: list[Epoch]
    best: dict[str, Any]
    best_classifier: dict[str, Any]
    best_epoch: int
    learned_from: str


def save(folder: Path, state: State) -> None:
    """Write what is needed to go on, and the table of the epochs; ResightError on a full disk."""
    layer = state.criterion.classifier
    save_state(
        folder,
        {
            "network": state.network.state_dict(),
            "averaged": state.averaged.state_dict(),
            "arcface": state.criterion.arcface.state_dict(),
            "classifier": {} if layer is None else layer.state_dict(),
            "averaged_classifier": {} if state.classifier is None else state.classifier.state_dict(),
            "optimizer": state.optimizer.state_dict(),
            "history": [asdict(one) for one in state.history],
            "best": state.best,
            "best_classifier": state.best_classifier,
            "best_epoch": state.best_epoch,
            "learned_from": state.learned_from,
        },
    )
    write_history(folder, state.history)


def resume(folder: Path, state: State) -> None:
    """Go on where the folder's training stopped, if it has begun; ResightError where that was on other photos."""
    saved = load_state(folder)
    if saved is None:
        return
    if saved["learned_from"] != state.learned_from:
        raise ResightError(
            f"{folder} holds a training on other photos, or on the same with other names: name another folder"
        )
    state.network.load_state_dict(saved["network"])
    state.averaged.load_state_dict(saved["averaged"])
    state.criterion.arcface.load_state_dict(saved["arcface"])
    if state.criterion.classifier is not None and state.classifier is not None:
        state.criterion.classifier.load_state_dict(saved["classifier"])
        state.classifier.load_state_dict(saved["averaged_classifier"])
        state.best_classifier = saved["best_classifier"]
    state.optimizer.load_state_dict(saved["optimizer"])
    state.history = [Epoch(**one) for one in saved["history"]]
    state.best, state.best_epoch = saved["best"], saved["best_epoch"]
    # A kill between the state and the table leaves the table an epoch short.
    write_history(folder, state.history)


def copied(module: torch.nn.Module) -> dict[str, Any]:
    """The weights as they are now."""
    return {name: value.detach().clone() for name, value in module.state_dict().items()}
