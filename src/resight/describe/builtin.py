"""The describers that come with resight, registered as any third party's are."""

from __future__ import annotations

from resight.describe.fake import ThumbnailDescriber
from resight.describe.onnx import OnnxDescriber, model_file
from resight.describe.rootsift import FEATURES, INSET, MANY, RootSift
from resight.describe.seam import Describer
from resight.errors import ResightError

OPTIONS = "inside", "upright", "many", "colour"


def rootsift(argument: str) -> Describer:
    """Local features.

    `inside` keeps off the animal's edge, `upright` keeps keypoints' direction, `many` takes more of them, `colour`
    looks at colours too.
    """
    return _spots(argument, learned=False)


def patches(argument: str) -> Describer:
    """The same keypoints and options, described by the shipped embedding of what lies round each, near and wide."""
    return _spots(argument, learned=True)


def _spots(argument: str, learned: bool) -> Describer:
    wanted = set(argument.split(",")) - {""}
    if strange := sorted(wanted - set(OPTIONS)):
        raise ResightError(
            f"{'patches' if learned else 'rootsift'} takes 'inside', 'upright', 'many' and 'colour' after the colon, "
            f"not {strange[0]!r}"
        )
    return RootSift(
        features=MANY if "many" in wanted else FEATURES,
        upright="upright" in wanted,
        inset=INSET if "inside" in wanted else 0.0,
        colour="colour" in wanted,
        learned=learned,
    )


def onnx(argument: str) -> Describer:
    """An image model by its file's name."""
    return OnnxDescriber(model_file("onnx", argument))


def thumbnail(argument: str) -> Describer:
    """A few pixels, for tests of everything round it."""
    del argument
    return ThumbnailDescriber()
