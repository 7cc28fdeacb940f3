"""A catalogue of many individuals with many photos waiting for review, made without describing any of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from resight.catalogue import proposals, store
from resight.catalogue.decisions import Decision, NewIndividual
from resight.catalogue.folder import Catalogue, create
from resight.catalogue.log import append_all
from resight.catalogue.proposals import Proposal, Proposed
from resight.identify.propose import worth
from resight.simulate import write_heads
from resight.types import Box, Side, Verdict

PHOTOS_EACH = 4
CANDIDATES = 8
SCALE = 6  # the simulated photos are enlarged to the size of a camera's
FILES = 60
AT_ONCE = 500


def large_catalogue(home: Path, individuals: int, waiting: int) -> Catalogue:
    """So many individuals with four photos each, and so many photos that wait, each with eight candidates.

    There are 60 files of 3,840 x 2,880 pixels; a photo is one of them under a hash of its own, so that its picture is
    made anew.
    """
    files = _files(home / "photos")
    catalogue = create(home / "catalogue", method="rootsift")
    rng = np.random.default_rng(1)
    best: list[tuple[int, int]] = []
    for start in range(0, individuals, AT_ONCE):
        names = [f"A{number:05}" for number in range(start + 1, min(start + AT_ONCE, individuals) + 1)]
        with catalogue.writing() as session:
            photos = [
                _photo(files, f"{name} {n}", f"{name} walk {n}", Side.LEFT)
                for name in names
                for n in range(PHOTOS_EACH)
            ]
            keys = [added.annotation for (added,) in store.add_shard(session, photos)]
            made: list[Decision] = [
                NewIndividual(name, tuple(keys[PHOTOS_EACH * n : PHOTOS_EACH * (n + 1)]))
                for n, name in enumerate(names)
            ]
            ids = append_all(session, made, "benchmark")
            best += list(zip(ids, keys[::PHOTOS_EACH], strict=True))
    for start in range(0, waiting, AT_ONCE):
        with catalogue.writing() as session:
            photos = [_photo(files, f"query {n}", f"query walk {n}", Side.LEFT) for n in range(start, start + AT_ONCE)]
            keys = [added.annotation for (added,) in store.add_shard(session, photos)]
            proposals.keep(session, [_proposal(key, best, rng) for key in keys])
    return catalogue


def _files(folder: Path) -> list[tuple[Path, int, int]]:
    write_heads(folder / "small", FILES, passes=1, photos_per_pass=1, seed=3)
    found = []
    for path in sorted((folder / "small").rglob("*.jpg"))[:FILES]:
        picture = cv2.imread(str(path))
        assert picture is not None
        large = cv2.resize(picture, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
        to = folder / path.name
        cv2.imwrite(str(to), large, [cv2.IMWRITE_JPEG_QUALITY, 90])
        found.append((to, large.shape[1], large.shape[0]))
    return found


def _photo(files: list[tuple[Path, int, int]], name: str, encounter: str, side: Side) -> store.NewPhoto:
    digest = hashlib.sha256(name.encode()).hexdigest()
    path, width, height = files[int(digest[:6], 16) % len(files)]
    box = Box(0.1 * width, 0.2 * height, 0.7 * width, 0.6 * height)
    annotation = store.NewAnnotation(box=box, side=side, quality=0.5, encounter=encounter)
    return store.NewPhoto(path, digest, path.stat().st_size, width, height, (annotation,))


def _proposal(annotation: int, best: list[tuple[int, int]], rng: np.random.Generator) -> Proposal:
    chances = np.sort(rng.dirichlet(np.full(CANDIDATES + 1, 0.3)))[::-1]
    chosen = [best[place] for place in rng.choice(len(best), CANDIDATES, replace=False).tolist()]
    spots = [tuple(row) for row in rng.uniform(500, 2500, (40, 5)).round(1).tolist()]
    candidates = tuple(
        Proposed(individual, shown, 9.0 - n, float(chances[n]), tuple(spots) if n < 3 else ())
        for n, (individual, shown) in enumerate(chosen)
    )
    p = float(chances[0])
    verdict = Verdict.KNOWN if p > 0.9 else Verdict.UNDECIDED
    return Proposal(annotation, "benchmark", verdict, worth(p), float(chances[-1]), candidates)
