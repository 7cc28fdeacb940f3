"""Boxes that people drew, in every format that they come in."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from resight.detect.labels import read_boxes
from resight.errors import ResightError

BOX = [10.0, 20.0, 30.0, 40.0]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("a", "b"):
        cv2.imwrite(str(folder / f"{name}.jpg"), np.full((100, 200, 3), 90, np.uint8))
    return folder


def test_a_table(images: Path, tmp_path: Path) -> None:
    table = tmp_path / "boxes.csv"
    table.write_text(
        "path,clip,x,y,w,h\nimages/a.jpg,one,10,20,30,40\nimages/a.jpg,one,1,1,5,5\nimages/b.jpg,two,,,,\n"
        "images/c.jpg,two,5,5,-1,4\nimages/d.jpg,two,1,1,5,5\nimages/d.jpg,two,5,5,x,4\nimages/e.jpg,two,5\n,two,1,1,5,5\n"
    )
    photos, rejected = read_boxes(table)
    assert [(photo.path, photo.clip, len(photo.boxes)) for photo in photos] == [
        (images / "a.jpg", "one", 2),
        (images / "b.jpg", "two", 0),
    ]
    assert photos[0].boxes[0].tolist() == BOX
    # Without the box that cannot be used, an animal would count as background.
    assert [(one.path.name, one.reason[:7]) for one in rejected] == [
        ("c.jpg", "line 5:"),
        ("d.jpg", "line 7:"),
        ("e.jpg", "line 8:"),
        ("boxes.csv", "line 9:"),
    ]
    assert "the photo is left out" in rejected[0].reason


def test_coco(images: Path, tmp_path: Path) -> None:
    stated = {
        "images": [{"id": number, "file_name": f"{name}.jpg"} for number, name in enumerate("abcdef")],
        "annotations": [
            {"image_id": 0, "bbox": BOX, "category_id": 1},
            *({"image_id": number, "bbox": BOX, "category_id": 1} for number in (2, 3)),
            {"image_id": 2, "bbox": [0, 0, 50, 50], "category_id": 1, "iscrowd": 1},
            {"image_id": 3, "bbox": [0, 0, 0, 50], "category_id": 1},
            {"image_id": 4, "bbox": [0, 0, 50], "category_id": 1},
            {"image_id": 5, "bbox": None, "category_id": 1},
            {"image_id": 9, "bbox": BOX, "category_id": 1},
        ],
    }
    (tmp_path / "coco.json").write_text(json.dumps(stated))
    photos, rejected = read_boxes(tmp_path / "coco.json")
    assert [photo.path for photo in photos] == [images / "a.jpg", images / "b.jpg"]
    assert photos[0].boxes.tolist() == [BOX]
    assert len(photos[1].boxes) == 0
    assert [one.path.name for one in rejected] == ["c.jpg", "d.jpg", "e.jpg", "f.jpg", "coco.json"]
    assert rejected[0].reason.startswith("a crowd is marked in it")


def test_yolo_beside_the_images_and_in_labels(images: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "a.txt").write_text(f"0 {25 / 200} {40 / 100} {30 / 200} {40 / 100}\n")
    (labels / "b.txt").write_text("")
    (labels / "c.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    (images / "b.txt").write_text("0 0.5 0.5 zero 0.1\n")
    photos, rejected = read_boxes(labels)
    assert [photo.path for photo in photos] == [images / "a.jpg", images / "b.jpg"]
    assert np.allclose(photos[0].boxes, [BOX])
    assert [one.path.name for one in rejected] == ["c.txt"]
    with pytest.raises(ResightError, match="no photo with boxes"):
        read_boxes(images)


@pytest.mark.parametrize(
    ("line", "box"),
    [
        (f"0 {25 / 200} {40 / 100} {30 / 200} {40 / 100} 0.87", BOX),
        (f"0 {10 / 200} 0.5 {25 / 200} 0.2 {40 / 200} 0.6", BOX),
        ("0 0.5 0.5 0.1", None),
        ("0 0.1 0.2 0.3 0.4 0.5 0.6 0.7", None),
        ("0 0.1 0.2 0.1 0.4 0.1 0.6", None),
    ],
)
def test_a_line_of_yolo_is_a_box_or_a_polygon(images: Path, tmp_path: Path, line: str, box: list[float] | None) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(line)
    (tmp_path / "labels" / "b.txt").write_text("")
    photos, rejected = read_boxes(tmp_path / "labels")
    if box is None:
        assert [photo.path.name for photo in photos] == ["b.jpg"]
        assert [one.path.name for one in rejected] == ["a.txt"]
    else:
        assert rejected == []
        assert np.allclose(photos[0].boxes, [box])


def test_voc(images: Path, tmp_path: Path) -> None:
    notes = tmp_path / "Annotations"
    notes.mkdir()
    (notes / "a.xml").write_text(
        "<annotation><filename>a.jpg</filename><object><name>fin</name><bndbox><xmin>10</xmin><ymin>20</ymin>"
        "<xmax>40</xmax><ymax>60</ymax></bndbox></object></annotation>"
    )
    (notes / "b.xml").write_text("<annotation>")
    photos, rejected = read_boxes(notes)
    assert photos[0].path == images / "a.jpg"
    assert photos[0].boxes.tolist() == [BOX]
    assert [one.path.name for one in rejected] == ["b.xml"]


def test_what_is_no_boxes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("path,identity\n")
    with pytest.raises(ResightError, match="no column"):
        read_boxes(tmp_path / "x.csv")
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ResightError, match="no COCO"):
        read_boxes(tmp_path / "x.json")
    with pytest.raises(ResightError, match="boxes come as"):
        read_boxes(tmp_path / "x.doc")


def test_the_real_table_of_fish(real_photos: Path) -> None:
    photos, rejected = read_boxes(real_photos / "fish_boxes" / "boxes.csv")
    assert not rejected
    assert len(photos) == 1045
    assert sum(len(photo.boxes) == 0 for photo in photos) == 275
    assert photos[0].path.exists()
    assert len({photo.clip for photo in photos}) == 43
