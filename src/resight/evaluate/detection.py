"""Average precision of a detector, as COCO counts it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resight.detect.seam import Found
from resight.errors import ResightError
from resight.types import Doubles

MOST = 100  # boxes of a picture that count


@dataclass(frozen=True, slots=True)
class DetectionFigures:
    """AP at IoU 0.5, at 0.75, averaged over 0.5 to 0.95, and the mean overlap of boxes found with their own at 0.5."""

    ap50: float
    ap75: float
    ap: float
    overlap: float


def detection_figures(
    found: Sequence[Found], truth: Sequence[Doubles], ignored: Sequence[Doubles] | None = None
) -> DetectionFigures:
    """For boxes found in pictures, and the true ones (k, 4) in each; by pycocotools.

    `ignored` are boxes of animals that can hardly be seen: to find them is neither right nor wrong.

    Raises ResightError where no picture has a true box.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    if not any(len(boxes) for boxes in truth):
        raise ResightError("no picture has a box drawn in it, so there is nothing to find")
    stated = [(image, box, 0) for image, boxes in enumerate(truth) for box in boxes.tolist()]
    stated += [(image, box, 1) for image, boxes in enumerate(ignored or ()) for box in boxes.tolist()]
    drawn = [
        {"id": number, "image_id": image, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": crowd}
        for number, (image, box, crowd) in enumerate(stated, start=1)
    ]
    given = [
        {"image_id": image, "category_id": 1, "bbox": box, "score": score}
        for image, one in enumerate(found)
        for box, score in zip(one.boxes.tolist(), one.scores.tolist(), strict=True)
    ]
    if not given:
        return DetectionFigures(0.0, 0.0, 0.0, 0.0)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {},
            "images": [{"id": image} for image in range(len(truth))],
            "annotations": drawn,
            "categories": [{"id": 1, "name": "animal"}],
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(given), "bbox")
        run.params.maxDets = [1, 10, MOST]
        run.evaluate()
        run.accumulate()
        run.summarize()
    overlaps = []
    for one in run.evalImgs:
        if one is None or one["aRng"] != [0, 1e10]:
            continue
        matched = (one["dtMatches"][0] > 0) & ~one["dtIgnore"][0].astype(bool)
        shared = run.ious[one["image_id"], 1]
        if len(shared) and matched.any():
            places = {truth_id: place for place, truth_id in enumerate(_ids(run, one["image_id"]))}
            rows = np.flatnonzero(matched)
            overlaps += [shared[row, places[int(one["dtMatches"][0][row])]] for row in rows]
    return DetectionFigures(
        ap50=float(run.stats[1]),
        ap75=float(run.stats[2]),
        ap=float(run.stats[0]),
        overlap=float(np.mean(overlaps)) if overlaps else 0.0,
    )


def _ids(run: object, image: int) -> list[int]:
    return [int(one["id"]) for one in run._gts[image, 1]]  # type: ignore[attr-defined]
