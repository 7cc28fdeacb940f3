"""What a detector learns from: photos as pictures of its size, with the boxes that people drew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from resight.chip.padded import GREY
from resight.detect.bars import without_bars
from resight.detect.labels import BoxedPhoto
from resight.errors import PhotoError, ResightError
from resight.learn.pictures import numbered
from resight.learn.recipe import DetectorRecipe
from resight.media.photo import read_photo
from resight.types import Doubles, Pixels, Rejection

SEEN = 0.4  # of a box must be left in an augmented picture for it to be learned


@dataclass(frozen=True, slots=True)
class Example:
    """A picture of the model's size, and the boxes (k, 4) in it."""

    pixels: Pixels
    boxes: Doubles


def read_examples(
    photos: Sequence[BoxedPhoto], recipe: DetectorRecipe, tell: Callable[[str, int, int], None]
) -> tuple[list[Example], list[str], list[Rejection]]:
    """The photos as examples, the clip of each, or its path where none is stated, and what could not be read.

    ResightError where there is no box.
    """
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


def fitted(pixels: Pixels, boxes: Doubles, recipe: DetectorRecipe) -> Example:
    """A picture without black bars, and its boxes, in the model's size: as large as fits, in the top-left corner."""
    rows, columns = without_bars(pixels)
    pixels = pixels[rows, columns]
    factor = min(recipe.height / pixels.shape[0], recipe.width / pixels.shape[1])
    h, w = (max(1, round(side * factor)) for side in pixels.shape[:2])
    canvas = np.full((recipe.height, recipe.width, 3), GREY, np.uint8)
    canvas[:h, :w] = cv2.resize(pixels, (w, h), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return Example(canvas, (boxes - [columns.start, rows.start, 0, 0]) * factor)


def parted(
    examples: Sequence[Example], clips: Sequence[str], recipe: DetectorRecipe
) -> tuple[list[Example], list[Example]]:
    """Examples to learn from, and examples of other clips to validate on; ResightError where either has no box."""
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


def learned_from(examples: Sequence[Example], clips: Sequence[str]) -> str:
    """A hash of the boxes, of which pictures are of one clip, and of some of their pixels."""
    digest = hashlib.sha256()
    # Where no clip is stated it is the file's path: photos that lie elsewhere now are still the same.
    for one, clip in zip(examples, numbered(clips).tolist(), strict=True):
        digest.update(f"{clip} {one.boxes.tolist()}\n".encode())
        digest.update(np.ascontiguousarray(one.pixels[::16, ::16]).tobytes())
    return digest.hexdigest()


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
