"""A training of a detector from boxes that people drew: epoch by epoch, judged on clips it does not learn from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from resight.chip.padded import GREY
from resight.detect.bars import without_bars
from resight.detect.labels import BoxedPhoto
from resight.detect.seam import Found
from resight.errors import PhotoError, ResightError
from resight.evaluate.detection import detection_figures
from resight.learn.detector import detector
from resight.learn.done import check_loss
from resight.learn.folder import in_memory, load_state, locked, save_state, settle, write, write_history
from resight.learn.models import load_weights
from resight.learn.recipe import DetectorRecipe
from resight.media.photo import read_photo
from resight.types import Doubles, Pixels, Rejection

SEEN = 0.4  # of a box must be left in an augmented picture for it to be learned
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


@dataclass(frozen=True, slots=True)
class Example:
    """A picture of the model's size, and the boxes (k, 4) in it."""

    pixels: Pixels
    boxes: Doubles


def train_detector(recipe: DetectorRecipe, photos: Sequence[BoxedPhoto], folder: Path, tell: Tell) -> TrainedDetector:
    """Learn to find animals, into a folder; started again, it goes on after the last finished epoch.

    Whole clips are held out to validate, or photos where no clips are stated. Raises ResightError for too few photos,
    no boxes, a loss that is no number, a full disk, or a folder in which another training works.
    """
    with locked(folder):
        settle(folder, recipe)
        torch.manual_seed(recipe.seed)
        examples, clips, rejected = _read(photos, recipe, tell)
        learning, validating = _parted(examples, clips, recipe)
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
            network.load_state_dict(saved["network"])
            optimizer.load_state_dict(saved["optimizer"])
            history = [DetectorEpoch(**one) for one in saved["history"]]
            best, best_epoch = saved["best"], saved["best_epoch"]
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


def fitted(pixels: Pixels, boxes: Doubles, recipe: DetectorRecipe) -> Example:
    """A picture without black bars, and its boxes, in the model's size: as large as fits, in the top-left corner."""
    rows, columns = without_bars(pixels)
    pixels = pixels[rows, columns]
    factor = min(recipe.height / pixels.shape[0], recipe.width / pixels.shape[1])
    h, w = (max(1, round(side * factor)) for side in pixels.shape[:2])
    canvas = np.full((recipe.height, recipe.width, 3), GREY, np.uint8)
    canvas[:h, :w] = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return Example(canvas, (boxes - [columns.start, rows.start, 0, 0]) * factor)


def _epoch(
    network: Any, optimizer: torch.optim.Optimizer, learning: Sequence[Example], recipe: DetectorRecipe, epoch: int,
    tell: Tell,
) -> float:  # fmt: skip
    network.train()
    for module in network.modules():
        # Batches of a few pictures would spoil what ImageNet taught of means and deviations.
        if isinstance(module, torch.nn.BatchNorm2d):
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
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
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


def augmented(example: Example, strength: float, rng: np.random.Generator) -> Example:
    """Scaled, shifted, mirrored, and in another light."""
    pixels, boxes = example.pixels, example.boxes
    height, width = pixels.shape[:2]
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes = np.column_stack([width - boxes[:, 0] - boxes[:, 2], boxes[:, 1:]])
    scale = float(np.exp(rng.uniform(-strength, strength)))
    shift = rng.uniform(-strength, strength, 2) * (width, height) * 0.5 + (1 - scale) * np.array([width, height]) / 2
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    moved = cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (width, height), borderValue=(GREY,) * 3)
    low = np.clip(boxes[:, :2] * scale + shift, 0, (width, height))
    high = np.clip((boxes[:, :2] + boxes[:, 2:]) * scale + shift, 0, (width, height))
    sizes = high - low
    kept = (sizes > 2).all(axis=1) & (sizes.prod(axis=1) > SEEN * boxes[:, 2:].prod(axis=1) * scale**2)
    light = moved.astype(np.float32) * float(np.exp(rng.normal(0, 0.2))) * np.exp(rng.normal(0, 0.08, 3))
    light = light + float(rng.normal(0, 12))
    return Example(np.clip(light, 0, 255).astype(np.uint8), np.concatenate([low, sizes], axis=1)[kept])


def _read(
    photos: Sequence[BoxedPhoto], recipe: DetectorRecipe, tell: Tell
) -> tuple[list[Example], list[str], list[Rejection]]:
    examples, clips, rejected = [], [], []
    for done, one in enumerate(photos, start=1):
        try:
            examples.append(fitted(read_photo(one.path).pixels, one.boxes, recipe))
            clips.append(one.clip or str(one.path))
        except PhotoError as error:
            rejected.append(Rejection(one.path, str(error)))
        tell("Reading photos", done, len(photos))
    if not any(len(one.boxes) for one in examples):
        raise ResightError("there is not one box in the photos: a detector learns from boxes that people drew")
    return examples, clips, rejected


def _parted(
    examples: Sequence[Example], clips: Sequence[str], recipe: DetectorRecipe
) -> tuple[list[Example], list[Example]]:
    """Clips to learn from, and clips to validate on, which have boxes."""
    names = sorted(set(clips))
    if len(names) < 2:
        raise ResightError("all photos are of one clip: there must be another one to see whether anything was learned")
    rng = np.random.default_rng(recipe.seed)
    order = rng.permutation(names).tolist()
    taken: set[str] = set()
    held = 0
    for name in order[:-1]:
        if (
            taken
            and held >= recipe.held_out * len(examples)
            and any(len(one.boxes) for one, clip in zip(examples, clips, strict=True) if clip in taken)
        ):
            break
        taken.add(name)
        held = sum(clip in taken for clip in clips)
    both = list(zip(examples, clips, strict=True))
    learning = [one for one, clip in both if clip not in taken]
    validating = [one for one, clip in both if clip in taken]
    if not any(len(one.boxes) for one in validating) or not any(len(one.boxes) for one in learning):
        raise ResightError("too few photos have boxes to learn from some and validate with others")
    return learning, validating


def _tensor(pixels: Pixels, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1))).to(device).float() / 255


def _target(boxes: Doubles, device: torch.device) -> dict[str, torch.Tensor]:
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    return {
        "boxes": torch.from_numpy(corners).float().reshape(-1, 4).to(device),
        "labels": torch.zeros(len(boxes), dtype=torch.int64, device=device),
    }
