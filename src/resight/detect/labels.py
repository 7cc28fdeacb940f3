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

LEFT_OUT = "the photo is left out, for this animal in it would count as background"
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
    beside `images`, is YOLO's, of boxes or polygons. A photo with a box that cannot be used is left out, and so is one
    with a crowd of COCO's. Raises ResightError where it is none of these, or holds no photo.
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
        for row in rows:
            if not row["path"]:
                rejected.append(Rejection(path, f"line {rows.line_num}: it names no photo"))
                continue
            photo = path.parent / row["path"]
            clips[photo] = row.get("clip") or ""
            held = boxes[photo]
            # Of a row that is too short the last cells are None.
            cells = [(row[name] or "").strip() for name in "xywh"]
            if not any(cells):
                continue
            try:
                held.append(_checked(cells))
            except ValueError as error:
                rejected.append(Rejection(photo, f"line {rows.line_num}: {error}; {LEFT_OUT}"))
    left_out = {one.path for one in rejected}
    return [
        BoxedPhoto(photo, _array(held), clips[photo]) for photo, held in boxes.items() if photo not in left_out
    ], rejected


def _coco(path: Path) -> tuple[list[BoxedPhoto], list[Rejection]]:
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        images = {
            one["id"]: (_found(path.parent, str(one["file_name"])), str(one.get("clip", "")))
            for one in stated["images"]
        }
        drawn = [(one["image_id"], one["bbox"], one.get("iscrowd", 0)) for one in stated["annotations"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResightError(f"{path} is no COCO file ({error!r})") from error
    boxes: defaultdict[object, list[list[float]]] = defaultdict(list)
    rejected = []
    for image, box, crowd in drawn:
        if image not in images:
            rejected.append(Rejection(path, f"a box is of image {image}, which the file does not list"))
            continue
        try:
            if crowd:
                raise ValueError("a crowd is marked in it, and not each animal")
            boxes[image].append(_checked(box))
        except ValueError as error:
            rejected.append(Rejection(images[image][0], f"{error}; {LEFT_OUT}"))
    left_out = {one.path for one in rejected}
    return [
        BoxedPhoto(photo, _array(boxes[image]), clip)
        for image, (photo, clip) in images.items()
        if photo not in left_out
    ], rejected


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
    return _checked((left, top, right - left, bottom - top))


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
            lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
            held = [_checked(_shares(line) * np.tile((photo.width, photo.height), 2)) for line in lines]
        except (ValueError, ResightError) as error:
            rejected.append(Rejection(path, f"no YOLO file, or of no image that can be read: {error}"))
            continue
        photos.append(BoxedPhoto(image, _array(held)))
    return photos, rejected


def _shares(line: list[str]) -> Doubles:
    """The box (4,) of a line of YOLO's: a class, then middle and size, perhaps a score; or the corners of a polygon."""
    numbers = np.array(line[1:], np.float64)
    if len(numbers) in (4, 5):
        return np.concatenate([numbers[:2] - numbers[2:4] / 2, numbers[2:4]])
    if len(numbers) >= 6 and len(numbers) % 2 == 0:
        corners = numbers.reshape(-1, 2)
        return np.concatenate([corners.min(axis=0), np.ptp(corners, axis=0)])
    raise ValueError(f"a line holds a box of 5 or 6 numbers, or a polygon, and not {' '.join(line)}")


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


def _checked(told: object) -> list[float]:
    """X, y, width and height as numbers; ValueError where they are none, or make no box."""
    try:
        box = np.array(told, dtype=np.float64)
    except (TypeError, ValueError):
        box = np.zeros(0)
    if box.shape != (4,) or not np.isfinite(box).all() or (box[2:] <= 0).any():
        raise ValueError(f"a box needs four finite numbers and a positive width and height, not {told}")
    numbers: list[float] = box.tolist()
    return numbers


def _array(boxes: list[list[float]]) -> Doubles:
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)
