"""Learn the foreground network that ships with resight, from what may be redistributed.

    python -m training.mask FOLDER --data DATA [--epochs 4]

DATA holds `fish_boxes` and `four_species`; U²-Net-p says what is animal on their photos, and learned from it are those
where it says something believable. Heads of the simulated cage and procedural animals bring masks that are true. What
was read is kept in FOLDER; stopped, the same command goes on after the last finished epoch.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

from resight.chip.mask import OnnxForeground, believable, u2netp
from resight.chip.padded import normalised
from resight.learn.averaged import averaged
from resight.learn.export import export_mask
from resight.learn.folder import in_memory, load_state, save_state
from resight.learn.halved import halve
from resight.learn.mask_network import MaskNetwork
from resight.media.photo import read_photo
from resight.simulate.animals.animals import Herds, write_animals
from resight.simulate.heads import simulate_head
from resight.types import Box, Mask, Pixels
from resight.work.processes import local_processes
from resight.work.written import write

SIZE = 192  # pixels of the network's input
KEPT = 224  # pixels of a picture that is learned from, of which a part is seen at a time
KINDS, EACH = 400, 3  # procedural kinds, and animals of each
HEADS = 250
BATCH, RATE, SEED = 16, 1e-3, 0
Row = tuple[Pixels, Mask, str]


@dataclass(frozen=True, slots=True)
class Masked:
    """Pictures (n, KEPT, KEPT, 3), masks (n, KEPT, KEPT), and where each comes from; rows are squeezed to a square."""

    pictures: Pixels
    masks: Mask
    source: list[str]


def main() -> None:
    """Read, learn, export."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--epochs", type=int, default=4)
    given = asked.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    network = learn(masked(given.folder, given.data), given.folder, given.epochs)
    whole, shipped = given.folder / "whole.onnx", given.folder / "mask.onnx"
    differs = export_mask(network, SIZE, whole)
    changed = halve(whole, shipped)
    print(
        f"wrote {shipped}, whose probabilities differed from torch's by {differs:.2g}, before its weights were halved,"
    )
    print(f"which changed them by {changed:.2g} at most")


def masked(folder: Path, data: Path) -> Masked:
    """All that is learned from, read once."""
    kept = folder / "masked.npz"
    if not kept.exists():
        found = [*real(data), *procedural(folder, data), *heads()]
        pictures, masks, source = zip(*found, strict=True)
        np.savez(kept, pictures=np.stack(pictures), masks=np.stack(masks), source=np.array(source))
    read = np.load(kept)
    return Masked(read["pictures"], read["masks"], read["source"].tolist())


def real(data: Path) -> Iterator[Row]:
    """Photos with what U²-Net-p takes for the animal: whole ones, and what is round the largest fish of a frame."""
    whole = [(path, None) for path in sorted((data / "four_species").rglob("*.jp*g"))]
    largest: dict[str, Box] = {}
    with (data / "fish_boxes" / "boxes.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["x"]:
                box = Box(*(float(row[name]) for name in "xywh"))
                before = largest.get(row["path"])
                if min(box.w, box.h) >= 20 and (before is None or box.w * box.h > before.w * before.h):
                    largest[row["path"]] = box
    frames = [(data / "fish_boxes" / name, box) for name, box in sorted(largest.items())]
    found = local_processes(2)(taught, [*whole, *frames])
    for done, one in enumerate(found):
        if done % 100 == 0:
            print(f"{done} of {len(whole) + len(frames)} photos", flush=True)
        if one is not None:
            yield one


@cache
def teacher() -> OnnxForeground:
    """U²-Net-p, once a process."""
    return u2netp()


def taught(asked: tuple[Path, Box | None]) -> Row | None:
    """The picture with the teacher's mask, where that can be believed."""
    path, box = asked
    pixels = read_photo(path).pixels
    if box is not None:
        pixels = around(pixels, box, np.random.default_rng(len(path.name)))
    mask = teacher()(pixels)
    if not believable(mask, 0.03, 0.9):
        return None
    return squeezed(pixels), squeezed(mask), "four_species" if box is None else "fish_boxes"


def around(pixels: Pixels, box: Box, rng: np.random.Generator) -> Pixels:
    """The part of a photo round a box, up to twice as wide."""
    grown = rng.uniform(0.05, 0.6) * max(box.w, box.h)
    x0, y0 = max(0, int(box.x - grown)), max(0, int(box.y - grown))
    x1, y1 = int(box.x + box.w + grown), int(box.y + box.h + grown)
    return np.ascontiguousarray(pixels[y0:y1, x0:x1])


def procedural(folder: Path, data: Path) -> Iterator[Row]:
    """Animals that nobody has seen, before fish-less and fishy places."""
    places = sorted((data / "fish_boxes" / "images").iterdir())
    table = write_animals(Herds(KINDS, EACH, 2, 1, SEED), folder / "animals", places, local_processes(2))
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            pixels, mask = read_photo(table.parent / row["path"]).pixels, cv2.imread(str(table.parent / row["mask"]), 0)
            if mask is not None and believable(np.asarray(mask, np.uint8)):
                yield squeezed(pixels), squeezed(np.asarray(mask, np.uint8)), "procedural"
    print("procedural animals are read")


def heads() -> Iterator[Row]:
    """Heads of the simulated cage."""
    for individual in range(HEADS):
        head = simulate_head(SEED + 77, individual)
        yield squeezed(head.pixels), squeezed(head.mask), "cage"


def squeezed(image: Pixels) -> Pixels:
    """An image as a square."""
    return np.asarray(cv2.resize(image, (KEPT, KEPT), interpolation=cv2.INTER_AREA), np.uint8)


def learn(masked: Masked, folder: Path, epochs: int) -> MaskNetwork:
    """Epoch by epoch; the mean of the latest weights is what comes out."""
    torch.manual_seed(SEED)
    network = MaskNetwork(imagenet=True).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = averaged(network, 0.998)
    # What ImageNet taught holds for animals that are not here too: it changes little, and its deviations not at all.
    known = {"params": list(network.stages.parameters()), "times": 0.1}
    new = [part for name, part in network.named_parameters() if not name.startswith("stages.")]
    optimizer = torch.optim.AdamW([known, {"params": new, "times": 1.0}], RATE, weight_decay=1e-4)
    saved, done = load_state(folder), 0
    if saved is not None:
        network.load_state_dict(saved["network"])
        mean.load_state_dict(saved["mean"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["done"]
    held = np.arange(len(masked.source)) % 20 == 0
    rows = np.flatnonzero(~held)
    while done < epochs:
        rng = np.random.default_rng([SEED, done])
        began, total = time.perf_counter(), 0.0
        starts = range(0, len(rows) - BATCH + 1, BATCH)
        network.train()
        for module in network.stages.modules():
            module.training = False
        order = rng.permutation(rows)
        for step, start in enumerate(starts):
            way = (done + step / len(starts)) / epochs
            rate = min(1.0, 0.05 + 20 * way) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * way)))
            for group in optimizer.param_groups:
                group["lr"] = RATE * rate * group["times"]
            pictures, masks = batch(masked, order[start : start + BATCH], rng)
            loss = apart(network(pictures), masks)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            mean.update_parameters(network)
            total += float(loss.detach())
        done += 1
        judged = overlaps(mean.module, masked, np.flatnonzero(held))  # type: ignore[arg-type]
        told = ", ".join(f"{name} {value:.3f}" for name, value in judged.items())
        seconds = time.perf_counter() - began
        print(f"epoch {done}: loss {total / len(starts):.4f}, overlap {told}, {seconds:.0f} s", flush=True)
        state = {"network": network.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
        save_state(folder, {**state, "done": done})
    write(folder / "weights.pt", in_memory(mean.module.state_dict()))
    trained = mean.module
    assert isinstance(trained, MaskNetwork)
    return trained.eval()


def batch(
    masked: Masked, rows: np.typing.NDArray[np.int64], rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Parts of pictures in another light, mirrored, and sometimes an animal before another one's background."""
    pictures, masks = [], []
    for row in rows.tolist():
        picture, mask = masked.pictures[row], masked.masks[row]
        if rng.random() < 0.25:
            other = int(rng.integers(len(masked.source)))
            behind = np.where(
                masked.masks[other][..., None] > 127, masked.pictures[other][::-1], masked.pictures[other]
            )
            soft = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None] / 255.0
            picture = (picture * soft + behind * (1 - soft)).astype(np.uint8)
        side = int(KEPT * rng.uniform(0.55, 1)) if rng.random() < 0.7 else KEPT
        top, left = (int(rng.integers(0, KEPT - side + 1)) for _ in range(2))
        part = picture[top : top + side, left : left + side], mask[top : top + side, left : left + side]
        seen = [
            cv2.resize(one, (SIZE, SIZE), interpolation=cv2.INTER_AREA if side > SIZE else cv2.INTER_LINEAR)
            for one in part
        ]
        seen = [one[:, ::-1] for one in seen] if rng.random() < 0.5 else seen
        light = seen[0].astype(np.float32) * np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.12, 3)) + rng.normal(
            0, 15
        )
        if rng.random() < 0.2:
            light = np.repeat(light.mean(axis=2, keepdims=True), 3, axis=2)
        if rng.random() < 0.3:
            light = cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.4, 1.5)))
        pictures.append(np.clip(light, 0, 255).astype(np.uint8))
        masks.append(seen[1].astype(np.float32) / 255)
    given = torch.from_numpy(normalised(np.stack(pictures))).contiguous(memory_format=torch.channels_last)
    return given, torch.from_numpy(np.stack(masks))[:, None]


def apart(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Cross-entropy, and how little both overlap."""
    crossed = functional.binary_cross_entropy_with_logits(logits, masks)
    told = logits.sigmoid()
    common = (told * masks).sum(dim=(1, 2, 3))
    either = (told + masks - told * masks).sum(dim=(1, 2, 3))
    return crossed + (1 - (common + 1) / (either + 1)).mean()


def overlaps(network: MaskNetwork, masked: Masked, rows: np.typing.NDArray[np.int64]) -> dict[str, float]:
    """Mean intersection over union by source, of pictures that are not learned from."""
    network.eval()
    by: defaultdict[str, list[float]] = defaultdict(list)
    with torch.inference_mode():
        for row in rows.tolist():
            small = cv2.resize(masked.pictures[row], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
            told = network(torch.from_numpy(normalised(np.asarray(small, np.uint8)[None])))[0, 0].numpy() > 0
            true = cv2.resize(masked.masks[row], (SIZE, SIZE), interpolation=cv2.INTER_AREA) > 127
            by[masked.source[row]].append(float((told & true).sum() / max(1, (told | true).sum())))
    return {name: float(np.mean(values)) for name, values in sorted(by.items())}


if __name__ == "__main__":
    main()
