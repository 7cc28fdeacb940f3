"""The program that `test_kill` kills: adds a herd to a catalogue, shard by shard, and goes on where it was.

Each shard of photos is one transaction of photos, annotations, descriptors and decisions; after it come
decisions one by one. What is there already is not done again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from resight.catalogue import folder, log, lookup, store, vectors
from resight.catalogue.decisions import Assigned, Corrected, Decision, NewIndividual, Undone
from resight.catalogue.folder import Catalogue
from resight.types import Embeddings, Side

SHARDS, PHOTOS = 12, 6


def photo(shard: int, number: int) -> store.NewPhoto:
    name = f"{shard}-{number}"
    annotation = store.NewAnnotation(side=Side.LEFT, encounter=f"walk {shard}")
    return store.NewPhoto(Path(f"/herd/{name}.jpg"), name, 1000, 640, 480, (annotation,))


def add_shard(catalogue: Catalogue, shard: int) -> None:
    photos = [photo(shard, number) for number in range(PHOTOS)]
    if lookup.known_photos(catalogue, [p.sha256 for p in photos]):
        return
    known = {individual.name: individual.id for individual in lookup.individuals(catalogue)}
    with catalogue.writing() as session:
        ids = [added.annotation for (added,) in store.add_shard(session, photos)]
        seen = np.full((PHOTOS, 64), shard, np.float32)
        vectors.write_shard(catalogue, session, "steps-1", ids, Embeddings(seen))
        first: Decision = Assigned((ids[0],), known["Anna"]) if known else NewIndividual("Anna", (ids[0],))
        log.append_all(session, [first, NewIndividual(f"of walk {shard}", tuple(ids[1:4]))], "adding")


def correct(catalogue: Catalogue, shard: int) -> None:
    """Turn the shard's last annotation to the right, and undo its last decision, each once."""
    ids, labels = lookup.labels(catalogue)
    (row,) = np.flatnonzero(labels.photo == f"{shard}-{PHOTOS - 1}")
    if labels.side[row] != Side.RIGHT:
        log.append(catalogue, Corrected(int(ids[row]), side=Side.RIGHT), "correcting")
    name = f"of walk {shard}"
    made = [e for e in log.history(catalogue) if isinstance(e.decision, NewIndividual) and e.decision.name == name]
    if made[0].undone_by is None:
        log.append(catalogue, Undone(made[0].id), "correcting")


if __name__ == "__main__":
    with folder.open(Path(sys.argv[1])) as opened:
        for number in range(SHARDS):
            print(number, flush=True)
            add_shard(opened, number)
            correct(opened, number)
