"""What is true of a simulated film, on disk: COCO (boxes, masks, key points) and MOT Challenge (tracks)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resight.errors import ResightError
from resight.simulate.cage import FilmPlan, Preset
from resight.simulate.scene import TrueHead
from resight.types import Detections, Floats, Ints, Mask, Strings

_SYNTHETIC = "SYNTHETIC: simulated by resight; no fish, cage or camera took part"
_HEAD = {
    "id": 1,
    "name": "head",
    "supercategory": "salmon",
    "keypoints": ["eye", "snout", "gill cover"],
    "skeleton": [[2, 3]],
}


@dataclass(frozen=True, slots=True)
class Truth:
    """The heads of one film, a row for each head and frame, frame by frame.

    `individual` and `side` name who it is, and `track` (n,) numbers the flank that swims by; `inside` (n,) is the share
    of the head that is in the picture, and `visible` (n,) the share of that which nothing hides.
    """

    film: Path
    pass_: int
    cage: int
    rate: float
    detections: Detections
    individual: Strings
    side: Strings
    track: Ints
    inside: Floats
    visible: Floats

    def __len__(self) -> int:
        return len(self.detections)


def coco(preset: Preset, plan: FilmPlan, frames: Sequence[tuple[TrueHead, ...]]) -> dict[str, object]:
    """The film's heads as COCO has them, with the fish's identity beside."""
    tracks = {(swim.individual, swim.side): place + 1 for place, swim in enumerate(plan.swims)}
    film = f"{plan.name}.mp4"
    size = {"width": preset.width, "height": preset.height}
    annotations = [
        _annotation(frame, head, tracks[head.individual, head.side])
        for frame, heads in enumerate(frames)
        for head in heads
    ]
    return {
        "info": {
            "description": _SYNTHETIC,
            "film": film,
            "pass": plan.pass_ + 1,
            "cage": plan.cage + 1,
            "rate": preset.rate,
            "seed": preset.seed,
        },
        "images": [
            {"id": frame, "file_name": f"{film}#{frame}", "frame": frame, "seconds": frame / preset.rate, **size}
            for frame in range(len(frames))
        ],
        "categories": [_HEAD],
        "annotations": [{"id": number + 1, **one} for number, one in enumerate(annotations)],
    }


def mot(plan: FilmPlan, frames: Sequence[tuple[TrueHead, ...]]) -> str:
    """The film's tracks as MOT Challenge has them: frame from 1, track, x, y, w, h, counts, class, visibility."""
    tracks = {(swim.individual, swim.side): place + 1 for place, swim in enumerate(plan.swims)}
    return "".join(
        f"{frame + 1},{tracks[head.individual, head.side]},{head.box.x:g},{head.box.y:g},{head.box.w:g},{head.box.h:g},"
        f"1,1,{head.visible:.3f}\n"
        for frame, heads in enumerate(frames)
        for head in heads
    )


def read_truth(path: Path) -> Truth:
    """The truth of a simulated film from its COCO file; the film lies beside it.

    Raises ResightError where the file is none of `resight simulate`.
    """
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        info, rows = stated["info"], stated["annotations"]
        columns = [
            (row["image_id"], row["bbox"], row["identity"], row["side"], row["track"], row["inside"], row["visible"])
            for row in rows
        ]
        film = path.parent / info["film"]
    except (ValueError, KeyError, TypeError) as error:
        raise ResightError(f"{path} does not hold the truth of a simulated film ({error})") from error
    frames, boxes, individual, side, track, inside, visible = zip(*columns, strict=True) if columns else ((),) * 7
    return Truth(
        film=film,
        pass_=int(info["pass"]) - 1,
        cage=int(info["cage"]) - 1,
        rate=float(info["rate"]),
        detections=Detections(
            np.array(frames, np.int64), np.array(boxes, np.float64).reshape(-1, 4), np.ones(len(rows), np.float32)
        ),
        individual=np.array(individual, np.str_),
        side=np.array(side, np.str_),
        track=np.array(track, np.int64),
        inside=np.array(inside, np.float32),
        visible=np.array(visible, np.float32),
    )


def _annotation(frame: int, head: TrueHead, track: int) -> dict[str, object]:
    box = head.box
    points = [(*head.eye, 2), (*head.line[0], 2), (*head.line[1], 2)]
    return {
        "image_id": frame,
        "category_id": 1,
        "iscrowd": 0,
        "bbox": [box.x, box.y, box.w, box.h],
        "area": int(np.count_nonzero(head.mask)),
        "segmentation": run_lengths(head.mask),
        "keypoints": [round(float(number), 1) for point in points for number in point],
        "num_keypoints": 3,
        "identity": identity(head.individual),
        "side": str(head.side),
        "track": track,
        "inside": round(head.inside, 3),
        "visible": round(head.visible, 3),
        "spots": [
            [round(float(x), 1), round(float(y), 1), int(seen)]
            for (x, y), seen in zip(head.spots, head.seen, strict=True)
        ],
    }


def identity(individual: int) -> str:
    """The fish's name.

    >>> identity(0)
    'fish-001'
    """
    return f"fish-{individual + 1:03}"


def run_lengths(mask: Mask) -> dict[str, object]:
    """A mask as COCO's run lengths: column by column, how many pixels are off, then on, and so on.

    >>> run_lengths(np.array([[0, 255], [0, 255]], np.uint8))
    {'size': [2, 2], 'counts': [2, 2]}
    """
    flat = mask.ravel(order="F") > 127
    changes = np.flatnonzero(np.diff(flat)) + 1
    edges = np.concatenate([[0], changes, [len(flat)]])
    counts = np.diff(edges).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if flat[0] else counts}
