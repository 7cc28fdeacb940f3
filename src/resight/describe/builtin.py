"""The describers that come with resight, registered as any third party's are."""

from __future__ import annotations

from pathlib import Path

from resight.describe.fake import ThumbnailDescriber
from resight.describe.onnx import OnnxDescriber
from resight.describe.rootsift import RootSift
from resight.describe.seam import Describer
from resight.errors import ResightError


def rootsift(argument: str) -> Describer:
    """Local features; `upright` keeps their direction, `outline` takes those at the animal's edge too; or both."""
    wanted = set(argument.split(",")) - {""}
    if strange := sorted(wanted - {"upright", "outline"}):
        raise ResightError(f"rootsift takes 'upright' and 'outline' after the colon, not {strange[0]!r}")
    inset = 0.0 if "outline" in wanted else RootSift.inset
    return RootSift(upright="upright" in wanted, inset=inset)


def onnx(argument: str) -> Describer:
    """An image model by its file's name."""
    if not argument:
        raise ResightError("onnx needs the model's file after a colon: onnx:model.onnx")
    path = Path(argument).expanduser()
    if not path.is_file():
        raise ResightError(f"there is no model {path}: give the path of an .onnx file")
    return OnnxDescriber(path)


def thumbnail(argument: str) -> Describer:
    """A few pixels, for tests of everything round it."""
    del argument
    return ThumbnailDescriber()
