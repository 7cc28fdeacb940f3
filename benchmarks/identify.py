"""How well the default names real animals: each set by its own honest protocol, one table.

    python benchmarks/identify.py --data ../shared/data [--sets nyaladata liondata ...] [--json OUT.json]

Every photo is asked about in turn. What is never compared with it: photos of its own encounter (nyaladata), of its
own clip (fs48), of its own fold of five (liondata), and the photo itself (humpback100). Known against new is measured
in a second pass with a seeded third of the individuals taken out of the gallery; each lesson of the calibration is
asked without its own encounter. With `--drawn` the sample is taken out of the gallery instead, and asked about all that
is left, its own encounters too: easier, and how data sets of the field are mostly split. The method is the one that the
set chooses for itself, unless one is named. Descriptors are kept in a cache folder between runs, and timed when they
are made.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resight.catalogue.shard_file import read, write
from resight.config import settings
from resight.evaluate.result import Estimate, Figure
from resight.evaluate.run import Annotations, Protocol, evaluate
from resight.evaluate.splits import folds
from resight.evaluate.tables import read_annotations
from resight.identify.decide import PRESETS
from resight.match.comparable import Sides
from resight.media.table import read_table
from resight.method import open_method
from resight.types import Labels, Record, Strings
from resight.work.choose import choose
from resight.work.processes import local_processes

SHOWN = ("top1", "top5", "map5", "auroc_new", "baks", "baus", "ece")


@dataclass(frozen=True)
class Set:
    """A data set, what of it is never compared, and the ways it is asked."""

    name: str
    tags: Callable[[Annotations], Strings]
    sides: tuple[Sides, ...] = (Sides.ANY,)
    protocol: str = ""


def encounters(annotations: Annotations) -> Strings:
    """The encounter of each photo."""
    return annotations.labels.encounter


def five_folds(annotations: Annotations) -> Strings:
    """The fold of each photo, five in all, each individual's photos dealt evenly."""
    parts = np.zeros(len(annotations), np.int64)
    for number, fold in enumerate(folds(annotations.labels, 5, seed=0)):
        parts[fold.test] = number
    return np.char.add("fold ", parts.astype(np.str_))


def nothing(annotations: Annotations) -> Strings:
    """No tag: only the photo itself is left out."""
    return nothing_of(len(annotations))


SETS = (
    Set("nyaladata", encounters, (Sides.APART, Sides.ANY), "each encounter against the others"),
    Set("liondata", five_folds, (Sides.APART, Sides.ANY), "five-fold"),
    Set("fs48", encounters, (Sides.ANY,), "never within a clip"),
    Set("humpback100", nothing, (Sides.ANY,), "each photo against the others"),
)


def described(data: Path, name: str, method: str, cache: Path) -> tuple[Annotations, float]:
    """The set's annotations, and the seconds a photo took to describe on all cores; nan from the cache."""
    opened = open_method(method)
    kept = cache / f"{name}-{opened.fingerprint}.npz"
    labels = cache / f"{name}-{opened.fingerprint}-labels.npz"
    if kept.exists() and labels.exists():
        with np.load(labels) as archive:
            known = Labels(*(archive[column] for column in ("individual", "side", "part", "encounter", "photo")))
        _, descriptors = read(kept, opened.fingerprint, "local features", np.arange(len(known)))
        return Annotations(known, descriptors, *[nothing_of(len(known))] * 2), np.nan
    started = time.perf_counter()
    table = data / name / "metadata.csv"
    found, _ = read_annotations(table, opened.name, local_processes(settings().workers))
    seconds = (time.perf_counter() - started) / len(found)
    cache.mkdir(parents=True, exist_ok=True)
    write(kept, opened.fingerprint, range(len(found)), found.descriptors)
    one = found.labels
    np.savez(
        labels,
        individual=one.individual, side=one.side, part=one.part, encounter=one.encounter, photo=one.photo,
    )  # fmt: skip
    return found, seconds


def chosen(data: Path, name: str) -> str:
    """The method that a catalogue of these photos would choose for itself."""
    entries = read_table(data / name / "metadata.csv")
    choice = choose((one for one in entries if isinstance(one, Record)), local_processes(settings().workers))
    tried = ", ".join(f"{method} {share:.3f}" for method, share in choice.tried.items())
    print(f"{name}: {choice.method} is chosen ({tried})", file=sys.stderr)
    return choice.method


def nothing_of(n: int) -> Strings:
    """So many empty tags."""
    return np.full(n, "", dtype=np.str_)


def shown(figure: Figure) -> str:
    """A figure with its interval."""
    if not isinstance(figure, Estimate):
        return "–"
    return (
        f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})" if figure.low is not None else f"{figure.value:.3f}"
    )


def main() -> None:
    """Describe, ask, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", default=[one.name for one in SETS])
    parser.add_argument("--method", default="auto")
    parser.add_argument("--cache", type=Path, default=settings().cache / "benchmarks")
    parser.add_argument("--most", type=int, default=0, help="ask only a seeded sample of so many photos")
    parser.add_argument(
        "--together", action="store_true", help="answer what is never compared together: encounters, of nyaladata alone"
    )
    parser.add_argument(
        "--drawn", action="store_true", help="take the sample out, and ask about all that is left, own encounters too"
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.drawn and not given.most:
        parser.error("--drawn needs --most: how many photos are to be drawn")
    results = []
    print("| set | protocol | sides | queries | " + " | ".join(SHOWN) + " | s/query |")
    print("|---|---|---|---|" + "---|" * (len(SHOWN) + 1))
    for one in (one for one in SETS if one.name in given.sets):
        opened = open_method(chosen(given.data, one.name) if given.method == "auto" else given.method)
        annotations, seconds = described(given.data, one.name, opened.name, given.cache)
        tags = one.tags(annotations)
        if given.together:
            annotations = replace(annotations, groups=tags)
        if not np.isnan(seconds):
            print(f"{one.name}: {seconds:.3f} s a photo to describe, mask included", file=sys.stderr)
        asked = np.flatnonzero(annotations.labels.individual != "")
        if given.most and given.most < len(asked):
            asked = np.sort(np.random.default_rng(0).permutation(asked)[: given.most])
        if given.drawn:
            gallery = annotations.take(np.setdiff1d(np.arange(len(annotations)), asked))
        else:
            gallery = annotations = replace(annotations, tags=tags)
            if given.together:
                asked = np.flatnonzero(np.isin(annotations.groups, annotations.groups[asked]))
        query = annotations.take(asked)
        for sides in one.sides:
            protocol = Protocol(sides, PRESETS["never-ask"])
            evaluation, _ = evaluate(gallery, query, protocol, opened.name, opened.fingerprint)
            cells = " | ".join(shown(evaluation.measures[name]) for name in SHOWN)
            how = "drawn at random" if given.drawn else one.protocol
            print(
                f"| {one.name} | {how} | {sides.value} | {evaluation.n_query} | {cells} "
                f"| {evaluation.seconds_per_query:.3f} |",
                flush=True,
            )
            results.append(json.loads(evaluation.to_json()) | {"set": one.name, "sides": sides.value})
    if given.json:
        given.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
