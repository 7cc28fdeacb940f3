"""ALIKED's keypoints matched by LightGlue (Lindenberger et al. 2023), on a shortlist made by votes."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from resight.describe.aliked import NUMBERS
from resight.describe.packed import unpacked
from resight.errors import ResightError
from resight.match.local import local_gallery
from resight.match.open import features
from resight.match.seam import Matcher
from resight.types import Bools, Descriptors, Evidence, Floats, LocalFeatures, Strings
from resight.weights import Weights

if TYPE_CHECKING:
    from resight.match.lightglue_network import LightGlue

LIGHTGLUE = Weights(
    name="aliked_lightglue.pth",
    sha256="d975e965b105311a6143194852297dff4f02aea5cc2e10cecfed966ca0e22503",
    url="https://github.com/cvg/LightGlue/releases/download/v0.1_arxiv/aliked_lightglue.pth",
    licence="Apache-2.0",
)
MISSING = "lightglue needs PyTorch: run pip install 'resight[lightglue]'"
SHORTLIST = 15  # photos that are matched
KEPT = 50_000  # pairs whose matches are remembered: calibrating a catalogue asks about the same ones again
KEYPOINTS = 256  # of each photo, the strongest: the time grows faster than their number


def lightglue(argument: str) -> Matcher:
    """LightGlue on the most voted photos, of which a number after the colon tells how many: `lightglue:30`."""
    if argument and not (argument.isdecimal() and int(argument) > 0):
        raise ResightError(f"lightglue takes how many photos are matched after the colon, not {argument!r}")
    shortlist = int(argument) if argument else SHORTLIST
    return Matcher(
        "lightglue",
        True,
        lambda found, known: LightGlueGallery(features(found, "lightglue"), known.individual, shortlist),
    )


class LightGlueGallery:
    """Gallery of ALIKED's keypoints: the sum of the matches' confidences on the shortlist, bare votes below it.

    The shortlist is that of `match.local`, votes and geometry. A photo on it scores 1 and the sum; one below it less
    than 1. ResightError for keypoints of another kind, and where PyTorch or the weights cannot be had.
    """

    def __init__(self, found: LocalFeatures, individuals: Strings, shortlist: int = SHORTLIST) -> None:
        # ALIKED's keypoints of one photo are all of one scale; SIFT's, of as many numbers, are not.
        scales = np.append(found.scales, 1)[found.offsets[:-1]][found.owners]
        if found.vectors.shape[1] != NUMBERS or not np.array_equal(scales, found.scales):
            raise ResightError("lightglue has learned to match ALIKED's keypoints: use it as 'aliked@lightglue'")
        self._features, self._shortlist = found, shortlist
        self._local = local_gallery(found, individuals)
        self._network = _network()
        self._matched: dict[tuple[bytes, int], Evidence] = {}

    def __len__(self) -> int:
        return len(self._features)

    def scores(self, queries: Descriptors, allowed: Bools) -> Floats:
        """1 and the sum of confidences on the shortlist; below it, less than 1, in the order of votes and geometry."""
        roughly = self._local.scores(queries, allowed)
        asked = features(queries, "lightglue")
        found = (roughly / (1 + roughly)).astype(np.float32)
        for query, likeness in enumerate(roughly):
            order = np.argsort(-likeness, kind="stable")[: self._shortlist]
            one = asked.take([query])
            for row in order[likeness[order] > 0].tolist():
                found[query, row] = 1 + self.evidence(one, row, allowed[query]).weights.sum()
        return found

    def evidence(self, query: Descriptors, row: int, allowed: Bools) -> Evidence:
        """The matched spots, each with the network's confidence; a pair that is met again is not matched again."""
        del allowed  # LightGlue looks at two photos alone
        one = features(query, "lightglue")
        pair = (hashlib.sha256(one.vectors.tobytes()).digest(), row)
        if pair not in self._matched:
            if len(self._matched) >= KEPT:
                self._matched.clear()
            self._matched[pair] = self._compared(one, row)
        return self._matched[pair]

    def _compared(self, one: LocalFeatures, row: int) -> Evidence:
        import torch

        from resight.match.lightglue_network import Spots

        other = self._features.take([row])
        with torch.inference_mode():
            ours, theirs, sure = self._network(
                *(Spots(*map(torch.from_numpy, _strongest(photo))) for photo in (one, other))
            )
        return Evidence(one.positions[ours.numpy()], other.positions[theirs.numpy()], sure.numpy())


def _strongest(photo: LocalFeatures) -> tuple[Floats, Floats]:
    """Places from -1 to 1 and vectors of the strongest keypoints of one photo."""
    positions = photo.positions[:KEYPOINTS]
    # Only distances between places count, so their middle will do for the photo's.
    middle = (positions.min(axis=0) + positions.max(axis=0)) / 2 if len(positions) else np.zeros(2, np.float32)
    places = (positions - middle) / (photo.sizes[0].max() / 2)
    return places.astype(np.float32), unpacked(photo.vectors[:KEYPOINTS])


@cache
def _network() -> LightGlue:
    try:
        import torch  # noqa: F401

        from resight.learn.packaged import packaged_weights
        from resight.match.lightglue_network import opened
    except ImportError as error:
        raise ResightError(MISSING) from error
    return opened(packaged_weights(LIGHTGLUE))
