"""Piles of photos sorted into individuals, beside who is really on them.

python -m benchmarks.piles DATA [--cage FOLDER] [--method patches+mask]

DATA holds the folders of real animals. Of each, some photos of some individuals are sorted as `resight sort` does,
their names unseen. One row a set: how many groups there truly are (each side of an animal by itself, where sides are
known) and how many were found, of the pairs of photos put together the share that is one animal, of the pairs of one
group those put together, and the adjusted Rand index.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.usual_scores import sample_of, tables
from resight.evaluate.clustering import clustering
from resight.identify.pile import Pile, sort_pile
from resight.identify.usual import usual
from resight.method import MASKED, Method, open_method
from resight.types import Labels
from resight.work.sample import Sample


def row(name: str, sample: Sample, method: Method, encounters: bool) -> str:
    """A set's row of the table, with its encounters known or not."""
    found, labels = sample.descriptors[method.name], sample.labels
    if not encounters:
        labels = replace(labels, encounter=np.full(len(labels), "", np.str_))
    calibration = usual(method.fingerprint, method.matcher.name)
    assert calibration is not None
    pile = sort_pile(found, labels, method.matcher, calibration)
    known = "known" if encounters else "unknown"
    return f"| {name} | {known} | {len(labels)} | {told(pile, labels, encounters)} |"


def told(pile: Pile, labels: Labels, encounters: bool) -> str:
    """Groups that there are and that were found, and what became of pairs."""
    # An encounter joins both sides of an animal; without one nothing can.
    flank = labels.individual if encounters else np.char.add(np.char.add(labels.individual, " "), labels.side)
    pairs = np.triu(np.ones((len(labels), len(labels)), np.bool_), k=1)
    together = (pile.individual[:, None] == pile.individual[None]) & pairs
    one_animal = (labels.individual[:, None] == labels.individual[None]) & pairs
    one_flank = (flank[:, None] == flank[None]) & pairs
    right = (together & one_animal).sum() / max(1, together.sum())
    held = (together & one_flank).sum() / one_flank.sum()
    ari = clustering(flank, pile.individual).ari
    return f"{len(np.unique(flank))} | {pile.fewest} to {pile.many} | {right:.2f} | {held:.2f} | {ari:.2f}"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--cage", type=Path, help="folder of simulated heads, from 'resight bench --data cage'")
    asked.add_argument("--method", default=MASKED)
    given = asked.parse_args()
    method = open_method(given.method)
    print("| set | encounters | photos | groups there are | found | pairs right | pairs found | ARI |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (table, individuals, photos) in tables(given.data, given.cage).items():
        sample = sample_of(table, individuals, photos, [method.name])
        for encounters in (False, True):
            if not encounters or (sample.labels.encounter != "").any():
                print(row(name, sample, method, encounters), flush=True)


if __name__ == "__main__":
    main()
