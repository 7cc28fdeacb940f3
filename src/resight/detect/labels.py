"""Boxes that people drew: from a table, COCO, YOLO or Pascal VOC."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.media.photo import read_photo
from resight.types import Doubles, Rejection

IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


@dataclass(frozen=True, slots=True)
class BoxedPhoto:
    """A photo, and the boxes (k, 4) drawn in it: x, y of the top-left corner, width and height; k may be 0.

    `clip` names the film or the series that it comes from, '' where that is not known: photos of one clip are alike.
    """

    path: Path
    boxes: Doubles
    clip: str = ""


def read_boxes(path: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    """All boxes that a file or folder holds, whatever its kind, and what could not be read.

    A CSV table has the columns path, x, y, w, h, and may have clip; a row of empty numbers is a photo without animals.
    A JSON file is COCO's; a folder of .xml files is Pascal VOC's; one of .txt files beside the images, or in `labels`
    beside `images`, is YOLO's. Raises ResightError where it is none of these, or holds no photo.
    """
    if path.suffix.lower() == ".csv":
        photos, rejected = _table(path)
    elif path.suffix.lower() == ".json":
        photos, rejected = _coco(path)
    elif path.is_dir() and any(path.rglob("*.xml")):
        photos, rejected = _voc(path)
    elif path.is_dir() and any(path.rglob("*.txt")):
        photos, rejected = _yolo(path)
    else:
        raise ResightError(
            f"{path}: boxes come as a .csv table, COCO .json, or a folder of YOLO .txt or VOC .xml files"
        )
    if not photos:
        raise ResightError(f"{path} holds no photo with boxes" + (f": {rejected[0].reason}" if rejected else ""))
    return photos, rejected


def _table(path: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    boxes: defaultdict[Path, list[list[float]]] = defaultdict(list)
    clips: dict[Path, str] = {}
    rejected = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        missing = {"path", "x", "y", "w", "h"} - set(rows.fieldnames or ())
        if missing:
            raise ResightError(f"{path} has no column {', '.join(sorted(missing))}")
        for line, row in enumerate(rows, start=2):
            photo = path.parent / row["path"]
            clips[photo] = row.get("clip") or ""
            held = boxes[photo]
            cells = [(row[name] or "").strip() for name in "xywh"]
            if not any(cells):
                continue
            try:
                held.append(_checked([float(cell) for cell in cells]))
            except ValueError as error:
                rejected.append(Rejection(photo, f"line {line}: {error}"))
    return [BoxedPhoto(photo, _array(held), clips[photo]) for photo, held in boxes.items()], rejected


def _coco(path: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        images = {one["id"]: one for one in stated["images"]}
        drawn = [(one["image_id"], one["bbox"], one.get("iscrowd", 0)) for one in stated["annotations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ResightError(f"{path} is no COCO file ({error!r})") from error
    boxes: defaultdict[object, list[list[float]]] = defaultdict(list)
    rejected = []
    for image, box, crowd in drawn:
        if image not in images:
            rejected.append(Rejection(path, f"a box is of image {image}, which the file does not list"))
        elif not crowd:
            try:
                boxes[image].append(_checked([float(number) for number in box]))
            except ValueError as error:
                rejected.append(Rejection(path.parent / str(images[image]["file_name"]), str(error)))
    photos = [
        BoxedPhoto(_found(path.parent, str(one["file_name"])), _array(boxes[image]), str(one.get("clip", "")))
        for image, one in images.items()
    ]
    return photos, rejected


def _voc(folder: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    photos, rejected = [], []
    for path in sorted(folder.rglob("*.xml")):
        try:
            root = ET.parse(path).getroot()
            held = [_corners(one) for one in root.iter("bndbox")]
            name = root.findtext("filename") or f"{path.stem}.jpg"
        except (ET.ParseError, ValueError, TypeError) as error:
            rejected.append(Rejection(path, f"this is no Pascal VOC file ({error})"))
            continue
        beside = path.parent.parent / "JPEGImages" / name
        photos.append(BoxedPhoto(beside if beside.exists() else _found(path.parent, name), _array(held)))
    return photos, rejected


def _corners(box: ET.Element) -> list[float]:
    left, top, right, bottom = (float(box.findtext(name) or "") for name in ("xmin", "ymin", "xmax", "ymax"))
    return _checked([left, top, right - left, bottom - top])


def _yolo(folder: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    """Shares of the photo's size, so that each photo must be opened for it."""
    photos, rejected = [], []
    for path in sorted(folder.rglob("*.txt")):
        image = next(_images_of(path), None)
        if image is None:
            if path.name not in ("classes.txt", "README.txt", "readme.txt"):
                rejected.append(Rejection(path, "there is no image of this name beside it, or in a folder 'images'"))
            continue
        try:
            photo = read_photo(image)
            held = []
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    x, y, w, h = (float(number) for number in line.split()[1:5])
                    held.append(_checked([(x - w / 2) * photo.width, (y - h / 2) * photo.height,
                                          w * photo.width, h * photo.height]))  # fmt: skip
        except (ValueError, ResightError) as error:
            rejected.append(Rejection(path, f"no YOLO file, or of no image that can be read: {error}"))
            continue
        photos.append(BoxedPhoto(image, _array(held)))
    return photos, rejected


def _images_of(label: Path) -> Iterator[Path]:
    folders = [label.parent]
    if "labels" in label.parts:
        place = len(label.parts) - 1 - label.parts[::-1].index("labels")
        folders.append(Path(*label.parts[:place], "images", *label.parts[place + 1 : -1]))
    for folder in folders:
        for kind in IMAGES:
            if (path := folder / f"{label.stem}{kind}").exists():
                yield path


def _found(folder: Path, name: str) -> Path:
    """Where an image lies: where its name says, or in `images` beside the file that names it."""
    places = [folder / name, folder / "images" / name, folder.parent / "images" / name, folder.parent / name]
    return next((place for place in places if place.exists()), places[0])


def _checked(box: list[float]) -> list[float]:
    if not np.isfinite(box).all() or box[2] <= 0 or box[3] <= 0:
        raise ValueError(f"a box needs finite numbers and a positive width and height, not {box}")
    return box


def _array(boxes: list[list[float]]) -> Doubles:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)
