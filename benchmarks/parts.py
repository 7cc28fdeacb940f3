"""What each part of naming is worth: real animals named with one part taken out, or changed, at a time.

python -m benchmarks.parts DATA [--cage FOLDER] [--weights FOLDER]

DATA holds the folders of real animals. Of each set some photos of some individuals are asked about among themselves,
never within an encounter, sides apart, the photos of an encounter answered together; with a third of the individuals
taken out for known against new. One row a way, one column a set: the share whose first candidate is right, and AUROC
of known against new. With the folder of ImageNet's weights a vector of the whole animal is weighed in too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.usual_scores import SETS, sample_of
from resight.evaluate.result import Estimate
from resight.evaluate.run import Annotations, Protocol, evaluate
from resight.identify.decide import PRESETS
from resight.index.faiss_index import FaissIndex
from resight.match.comparable import Sides
from resight.match.local import LocalGallery, LocalSearch, feature_index, search_among
from resight.match.open import features
from resight.match.seam import Gallery, Matcher
from resight.method import INSIDE, MASKED, PLAIN, open_method, with_option
from resight.types import Bools, Descriptors, Floats, Ints, Labels
from resight.work.sample import Sample

NEVER = PRESETS["never-ask"]


class EqualSpots:
    """An index by which every neighbour is as good as another, but the first that says nothing any more."""

    def __init__(self, index: FaissIndex) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    def search(self, vectors: Floats, k: int, allowed: Bools | None = None) -> tuple[Floats, Ints]:
        """The neighbours as they are; their distances next to nothing, in the order that they had, the last one far."""
        distances, ids = self._index.search(vectors, k, allowed)
        even = np.where(np.isfinite(distances), distances * 1e-6, distances)
        even[:, -1] = np.where(np.isfinite(distances[:, -1]), float(np.mean(vectors**2) * vectors.shape[1]), np.inf)
        return even.astype(np.float32), ids


@dataclass(frozen=True, slots=True)
class Way:
    """What is changed: how photos are described, and how they are compared and answered."""

    name: str
    method: str = MASKED
    matcher: Callable[[Matcher], Matcher] = lambda usual: usual
    together: bool = True


def _searched(change: Callable[[LocalSearch], LocalSearch], equal: bool = False) -> Callable[[Matcher], Matcher]:
    """Spots compared by another search."""

    def gallery(found: Descriptors, known: Labels) -> Gallery:
        spots = features(found, "local")
        index = feature_index(iter([spots]), spots, len(spots.vectors))
        # A gallery only searches its index.
        held = EqualSpots(index) if equal else index
        return LocalGallery(spots, held, change(search_among(known.individual)))  # type: ignore[arg-type]

    return lambda usual: replace(usual, gallery=gallery)


WAYS = (
    Way("all of it"),
    Way("no mask", PLAIN),
    Way("keypoints well inside the mask only", INSIDE),
    Way("spots by RootSIFT, not by the embedding", "rootsift+mask"),
    Way("twice the keypoints", with_option(MASKED, "many")),
    Way("with colours", with_option(MASKED, "colour")),
    Way("votes without geometry", matcher=_searched(lambda usual: replace(usual, shortlist=0))),
    Way("geometry of every photo, no shortlist", matcher=_searched(lambda usual: replace(usual, shortlist=10**6))),
    Way("common spots count as much as rare ones", matcher=_searched(lambda usual: usual, equal=True)),
    Way("the best photo of an individual alone", matcher=lambda usual: replace(usual, best_photo_only=True)),
    Way("each photo answered alone", together=False),
)


def figures(way: Way, sample: Sample) -> str:
    """Top-1 and the AUROC of known against new."""
    opened = open_method(way.method)
    labels = sample.labels
    nothing = np.full(len(labels), "", np.str_)
    groups = labels.encounter if way.together else nothing
    photos = Annotations(labels, sample.descriptors[way.method], labels.encounter, groups)
    protocol = Protocol(Sides.APART, NEVER, lessons=100)
    matcher = way.matcher(opened.matcher)
    measures = evaluate(photos, photos, protocol, opened.name, opened.fingerprint, matcher=matcher)[0].measures
    top1, auroc = measures["top1"], measures["auroc_new"]
    return " · ".join(f"{one.value:.3f}" if isinstance(one, Estimate) else "–" for one in (top1, auroc))


def _vectors(weights: Path, folder: Path) -> Way:
    os.environ["RESIGHT_WEIGHTS"] = str(weights)
    from resight.learn.export import export_embedder
    from resight.learn.frozen import imagenet_features

    model = folder / "imagenet.onnx"
    export_embedder(imagenet_features(), 160, model, {})
    name = MASKED.removesuffix("+mask")
    return Way("and ImageNet's vector of the whole animal", f"together:{name}&onnx:{model}+mask@joint")


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--cage", type=Path, help="folder of simulated heads, from 'resight bench --data cage'")
    asked.add_argument("--weights", type=Path)
    given = asked.parse_args()
    sets = {name: (given.data / name / "metadata.csv", *of) for name, of in SETS.items()}
    if given.cage:
        sets["cage"] = given.cage / "metadata.csv", 60, 4
    with TemporaryDirectory() as folder:
        ways = [*WAYS, _vectors(given.weights, Path(folder))] if given.weights else list(WAYS)
        methods = list(dict.fromkeys(way.method for way in ways))
        samples = {name: sample_of(*of, methods) for name, of in sets.items()}
        print(f"| way | {' | '.join(sets)} |")
        print("|---|" + "---|" * len(sets))
        for way in ways:
            print(f"| {way.name} | {' | '.join(figures(way, sample) for sample in samples.values())} |", flush=True)


if __name__ == "__main__":
    main()
