"""What each part of naming is worth: real animals named with one part taken out, or changed, at a time.

python -m benchmarks.parts DATA [--cage FOLDER] [--weights FOLDER]

DATA holds the folders of real animals. Of each set some photos of some individuals are asked about among themselves,
one by one, never within an encounter, sides apart. One row a way, one column a set: the share of those photos that can
be answered whose first candidate is right; and how many photos the way won and lost against the first row. With the
folder of ImageNet's weights a vector of the whole animal is weighed in too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.usual_scores import sample_of, tables
from resight.identify.ranking import rank
from resight.index.faiss_index import FaissIndex
from resight.match.comparable import Sides, comparable, elsewhere
from resight.match.local import LocalGallery, LocalSearch, feature_index, search_among
from resight.match.open import features
from resight.match.seam import Gallery, Matcher
from resight.method import INSIDE, MASKED, PLAIN, open_method, with_option
from resight.types import Bools, Descriptors, Floats, Ints, Labels
from resight.work.sample import Sample


class EqualSpots:
    """An index by which every neighbour is as good as another, but the last, which is the background."""

    def __init__(self, index: FaissIndex) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    def search(self, vectors: Floats, k: int, allowed: Bools | None = None) -> tuple[Floats, Ints]:
        """The same neighbours in the same order, all next to nothing away but the last one."""
        distances, ids = self._index.search(vectors, k, allowed)
        found = np.isfinite(distances)
        even = np.where(found, distances * 1e-6, distances)
        even[:, -1] = np.where(found[:, -1], np.median(distances[found]), np.inf)
        return even.astype(np.float32), ids


@dataclass(frozen=True, slots=True)
class Way:
    """What is changed: how photos are described, or how they are compared."""

    name: str
    method: str = MASKED
    matcher: Callable[[Matcher], Matcher] = lambda usual: usual


def searched(change: Callable[[LocalSearch], LocalSearch], equal: bool = False) -> Callable[[Matcher], Matcher]:
    """The matcher of spots with another search."""

    def gallery(found: Descriptors, known: Labels) -> Gallery:
        spots = features(found, "local")
        index = feature_index(iter([spots]), spots, len(spots.vectors))
        # Of its index a gallery only asks for neighbours.
        held = EqualSpots(index) if equal else index
        return LocalGallery(spots, held, known.individual, change(search_among(known.individual)))  # type: ignore[arg-type]

    return lambda usual: replace(usual, gallery=gallery)


WAYS = (
    Way("all of it: `patches+mask`"),
    Way("no mask", PLAIN),
    Way("only keypoints well inside the mask", INSIDE),
    Way("spots by RootSIFT, not by the embedding", "rootsift+mask"),
    Way("twice the keypoints", with_option(MASKED, "many")),
    Way("with colours", with_option(MASKED, "colour")),
    Way("votes alone, no geometry", matcher=searched(lambda usual: replace(usual, shortlist=0))),
    Way("no second look", matcher=searched(lambda usual: replace(usual, again=0))),
    Way("no shortlist: geometry of every photo", matcher=searched(lambda usual: replace(usual, shortlist=10**6))),
    Way("a spot that all have counts as much as a rare one", matcher=searched(lambda usual: usual, equal=True)),
    Way("an individual by its best photo alone", matcher=lambda usual: replace(usual, best_photo_only=True)),
)


def named(way: Way, sample: Sample) -> Bools:
    """Whether the first candidate is right, of every photo that can be answered."""
    labels = sample.labels
    allowed = comparable(labels, labels, Sides.APART) & elsewhere(labels, labels)
    matcher = way.matcher(open_method(way.method).matcher)
    found = sample.descriptors[way.method]
    ranking = rank(
        matcher.gallery(found, labels).scores(found, allowed), allowed, labels.individual, matcher.best_photo_only
    )
    own = (labels.individual[:, None] == labels.individual[None]) & allowed
    firsts = {row: ranking.individuals[ranking.order(row)[0]] for row in np.flatnonzero(own.any(axis=1)).tolist()}
    return np.array([first == labels.individual[row] for row, first in firsts.items()])


def cell(right: Bools, before: Bools) -> str:
    """The share that is right, and what was won and lost."""
    won, lost = int((right & ~before).sum()), int((before & ~right).sum())
    return f"{right.mean():.3f}" + (f" (+{won}, −{lost})" if won or lost else "")


def with_vectors(weights: Path, folder: Path) -> Way:
    """ImageNet's vector of the whole animal beside the spots, weighed by the photos' own names."""
    os.environ["RESIGHT_WEIGHTS"] = str(weights)
    from resight.learn.export import export_embedder
    from resight.learn.frozen import imagenet_features

    model = folder / "imagenet.onnx"
    export_embedder(imagenet_features(), 160, model, {})
    return Way("and ImageNet's vector of the whole animal", f"together:{PLAIN}&onnx:{model}+mask@joint")


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("data", type=Path)
    asked.add_argument("--cage", type=Path, help="folder of simulated heads, from 'resight bench --data cage'")
    asked.add_argument("--weights", type=Path)
    given = asked.parse_args()
    sets = tables(given.data, given.cage)
    with TemporaryDirectory() as folder:
        ways = [*WAYS, with_vectors(given.weights, Path(folder))] if given.weights else list(WAYS)
        methods = list(dict.fromkeys(way.method for way in ways))
        samples = {name: sample_of(*of, methods) for name, of in sets.items()}
        whole = {name: named(ways[0], sample) for name, sample in samples.items()}
        print(f"| way | {' | '.join(f'{name}, {len(whole[name])}' for name in sets)} |")
        print("|---|" + "---|" * len(sets))
        for way in ways:
            cells = [cell(named(way, sample), whole[name]) for name, sample in samples.items()]
            print(f"| {way.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
