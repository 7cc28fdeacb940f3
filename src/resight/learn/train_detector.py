"""A training of a detector from boxes that people drew: epoch by epoch, judged on clips it does not learn from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from resight.detect.labels import BoxedPhoto
from resight.detect.seam import Found
from resight.errors import ResightError
from resight.evaluate.detection import detection_figures
from resight.learn.detector import detector
from resight.learn.done import check_loss
from resight.learn.examples import Example, augmented, learned_from, parted, read_examples
from resight.learn.folder import in_memory, load_state, locked, save_state, settle, write_history
from resight.learn.models import load_weights
from resight.learn.precision import mixed
from resight.learn.recipe import DetectorRecipe
from resight.types import Doubles, Pixels, Rejection
from resight.work.written import write

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DetectorEpoch:
    """What one epoch came to."""

    epoch: int
    loss: float
    ap50: float
    ap: float
    seconds: float


@dataclass(frozen=True, slots=True)
class TrainedDetector:
    """The network with its best weights, all epochs, and photos that could not be read."""

    network: Any
    history: tuple[DetectorEpoch, ...]
    best: DetectorEpoch
    rejected: tuple[Rejection, ...]


def train_detector(recipe: DetectorRecipe, photos: Sequence[BoxedPhoto], folder: Path, tell: Tell) -> TrainedDetector:
    """Learn to find animals, into a folder; started again, it goes on after the last finished epoch.

    Whole clips are held out to validate, or photos where no clips are stated. Raises ResightError for too few photos,
    no boxes, a loss that is no number, a full disk, or a folder that holds a training on other photos, or in which
    another training works.
    """
    with locked(folder):
        settle(folder / "recipe.toml", recipe, begun=(folder / "state.pt").exists())
        torch.manual_seed(recipe.seed)
        examples, clips, rejected = read_examples(photos, recipe, tell)
        learning, validating = parted(examples, clips, recipe)
        learned = learned_from(examples, clips)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = detector(recipe.height, recipe.width, recipe.channels, recipe.start == "imagenet")
        if recipe.start not in ("imagenet", "random"):
            load_weights(network, Path(recipe.start))
        # On processors this order of the axes is several times as fast.
        network = network.to(device, memory_format=torch.channels_last)
        optimizer = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
        history: list[DetectorEpoch] = []
        best, best_epoch = network.state_dict(), -1
        saved = load_state(folder)
        if saved is not None:
            if saved["learned_from"] != learned:
                raise ResightError(
                    f"{folder} holds a training on other photos, or on the same with other boxes: name another folder"
                )
            network.load_state_dict(saved["network"])
            optimizer.load_state_dict(saved["optimizer"])
            history = [DetectorEpoch(**one) for one in saved["history"]]
            best, best_epoch = saved["best"], saved["best_epoch"]
            # A kill between the state and the table leaves the table an epoch short.
            write_history(folder, history)
        while len(history) < recipe.epochs and (best_epoch < 0 or len(history) - 1 - best_epoch < recipe.patience):
            epoch = len(history)
            tell("Epochs", epoch, recipe.epochs)
            began = time.perf_counter()
            loss = _epoch(network, optimizer, learning, recipe, epoch, tell)
            figures = detection_figures(found_by(network, validating), [one.boxes for one in validating])
            history.append(DetectorEpoch(epoch, loss, figures.ap50, figures.ap, time.perf_counter() - began))
            if best_epoch < 0 or (figures.ap50, figures.ap) > (history[best_epoch].ap50, history[best_epoch].ap):
                best_epoch = epoch
                best = {name: value.detach().clone() for name, value in network.state_dict().items()}
            save_state(
                folder,
                {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "history": [asdict(one) for one in history],
                    "best": best,
                    "best_epoch": best_epoch,
                    "learned_from": learned,
                },
            )
            write_history(folder, history)
        network.load_state_dict(best)
        network.eval()
        write(folder / "weights.pt", in_memory(best))
        return TrainedDetector(network, tuple(history), history[best_epoch], tuple(rejected))


def found_by(network: Any, examples: Sequence[Example]) -> list[Found]:
    """What the network finds in pictures of its own size."""
    network.eval()
    device = next(network.parameters()).device
    found = []
    with torch.inference_mode():
        for one in examples:
            told = network([_tensor(one.pixels, device)])[0]
            corners = told["boxes"].double().cpu().numpy()
            boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
            found.append(Found(boxes, told["scores"].float().cpu().numpy()))
    return found


def _epoch(
    network: Any, optimizer: torch.optim.Optimizer, learning: Sequence[Example], recipe: DetectorRecipe, epoch: int,
    tell: Tell,
) -> float:  # fmt: skip
    network.train()
    for module in network.modules():
        # Batches of a few pictures would spoil what was learned of means and deviations; at random nothing was.
        if recipe.start != "random" and isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    rng = np.random.default_rng([recipe.seed, 2, epoch])
    order = rng.permutation(len(learning))
    starts = range(0, len(order), recipe.batch)
    device = next(network.parameters()).device
    total = 0.0
    for step, start in enumerate(starts):
        share = (epoch + step / len(starts)) / recipe.epochs
        rate = min(1.0, 0.1 + share * recipe.epochs) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * rate
        batch = [augmented(learning[row], recipe.augment, rng) for row in order[start : start + recipe.batch].tolist()]
        targets = [_target(one.boxes, device) for one in batch]
        with mixed(device.type, recipe.precision):
            losses = network([_tensor(one.pixels, device) for one in batch], targets)
            loss = sum(losses.values())
        check_loss(float(loss.detach()), epoch)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        total += float(loss.detach())
        tell(f"Epoch {epoch + 1}: batches", step + 1, len(starts))
    return total / len(starts)


def _tensor(pixels: Pixels, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).to(device).float() / 255


def _target(boxes: Doubles, device: torch.device) -> dict[str, torch.Tensor]:
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    return {
        "boxes": torch.from_numpy(corners).float().reshape(-1, 4).to(device),
        "labels": torch.zeros(len(boxes), dtype=torch.int64, device=device),
    }
