"""Learn the embedding of keypoints that ships with resight, from what may be redistributed.

    python -m training.patches FOLDER --data DATA [--also PAIRS...]

Two photos of a procedural animal, whose skin is known in every pixel, give pairs of keypoints that show one spot; so do
two warped views of a photo of DATA's `fish_boxes` and `four_species`. Pairs are kept in FOLDER; stopped, the same
command goes on. `--also` learns from further pairs: such a map must not be shipped.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from resight.chip.cut import cut, tighten
from resight.cli.console import Tell, progress
from resight.config import settings
from resight.describe.rootsift import MANY, RootSift
from resight.describe.surroundings import Surroundings, embedded, histograms, rooted, write_surroundings
from resight.learn.discriminant import discriminant, found_again
from resight.learn.spot_pairs import SeenSpots, spot_pairs
from resight.media.photo import read_photo
from resight.simulate.animals.animals import animal, place_of
from resight.simulate.animals.kind import kind
from resight.simulate.animals.photograph import draw_day, photograph
from resight.types import Box, Floats, Ints, Mask, Photo, Pixels
from resight.work.processes import local_processes
from resight.work.written import write
from training.warped import two_views

WIDTHS = (0.7, 1.0, 1.4, 2.0)  # of a keypoint's own window
NUMBERS = 128
SEED = 777
KINDS, ANIMALS, ENCOUNTERS = 50, 8, 3
VIEWED, PHOTOS = 50, 8  # lots of warped photos, and photos in each
KEPT = 10  # kinds, and lots of photos, that are not learned from
MOST = 64  # pairs of spots from two photos
NAMED = 4  # times that a photo of a named animal counts, for there are few
LARGEST = 360  # pixels of a photo that views are cut out of
SIZE = 448  # pixels of a chip
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Histograms (n, windows, 128) of pairs of keypoints, and which animal and which two photos (n, 2) show each."""

    first: Bytes
    second: Bytes
    shown: Ints


def main() -> None:
    """Draw, learn, write, and tell how well spots are found again that were not learned."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--also", type=Path, nargs="*", default=[])
    given = asked.parse_args()
    (given.folder / "pairs").mkdir(parents=True, exist_ok=True)
    with progress() as tell:
        drawn = made("drawn", KINDS, partial(of_kind, frames(given.data)), given.folder, tell)
        warped = made("warped", VIEWED, partial(of_photos, photos(given.data)), given.folder, tell)
    learned = surroundings([*drawn[KEPT:], *warped[KEPT:], *map(read_pairs, given.also)])
    write_surroundings(learned, given.folder / "patches.npz")
    for name, kept in (("drawn animals", drawn[:KEPT]), ("warped photos", warped[:KEPT])):
        plain, better = again(kept, None), again(kept, learned)
        print(
            f"{name} that it did not learn: RootSIFT finds {plain:.3f} of the spots again, the embedding {better:.3f}"
        )
    print(f"wrote {given.folder / 'patches.npz'}")


def surroundings(lots: list[Pairs]) -> Surroundings:
    """The map learned from these pairs."""
    first, second = (rooted(np.concatenate([getattr(lot, one) for lot in lots])) for one in ("first", "second"))
    mean, projection = discriminant(first, second, NUMBERS)
    return Surroundings(WIDTHS, mean.astype(np.float32), projection.astype(np.float32))


def again(lots: list[Pairs], by: Surroundings | None) -> float:
    """How often a spot is found again among those of other animals of its lot, of one pair of photos each."""
    shares = []
    for lot in lots:
        chosen = np.concatenate([_one_meeting(lot, one)[:20] for one in np.unique(lot.shown[:, 0])])
        first, second = (
            embedded(found[chosen], by) if by else rooted(found[chosen][:, [WIDTHS.index(1.0)]])
            for found in (lot.first, lot.second)
        )
        shares.append(found_again(first, second))
    return float(np.mean(shares))


def _one_meeting(lot: Pairs, individual: int) -> Ints:
    mine = np.flatnonzero(lot.shown[:, 0] == individual)
    return np.asarray(mine[lot.shown[mine, 1] == lot.shown[mine[0], 1]])


def made(name: str, lots: int, make: Callable[[int], Pairs], folder: Path, tell: Tell) -> list[Pairs]:
    """So many lots of pairs, those that are in the folder already read from there."""
    work = partial(_kept, name, make, folder / "pairs")
    found = []
    for done, path in enumerate(local_processes(settings().workers)(work, range(lots))):
        tell(f"Finding spots again: {name}", done + 1, lots)
        found.append(read_pairs(path))
    return found


def _kept(name: str, make: Callable[[int], Pairs], folder: Path, number: int) -> Path:
    path = folder / f"{name}-{number:04}.npz"
    if not path.exists():
        write_pairs(make(number), path)
    return path


def write_pairs(pairs: Pairs, path: Path) -> None:
    """Write them, whole or not at all."""
    held = io.BytesIO()
    np.savez(held, first=pairs.first, second=pairs.second, shown=pairs.shown)
    write(path, held.getvalue())


def read_pairs(path: Path) -> Pairs:
    """What `write_pairs` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        return Pairs(kept["first"], kept["second"], kept["shown"])


def of_kind(places: list[Path], number: int) -> Pairs:
    """Pairs from photos of the animals of one procedural kind, each photographed once in each of its encounters."""
    of = kind(SEED, number)
    lots = []
    for individual in range(ANIMALS):
        one = animal(of, SEED, number, individual)
        photos = []
        for encounter in range(ENCOUNTERS):
            rng = np.random.default_rng([SEED, number, individual, 13, encounter])
            taken = photograph(of, one, draw_day(rng, place_of(places, rng)), rng)
            photos.append(seen(taken.pixels, taken.skin, taken.mask, tighten(taken.box, taken.mask)))
        lots += [
            _pairs(first, second, individual, meeting)
            for meeting, (first, second) in enumerate(combinations(photos, 2))
        ]
    return joined(lots)


def of_photos(photos: list[Path], number: int) -> Pairs:
    """Pairs from two warped views of two parts of some photos."""
    rng = np.random.default_rng([SEED, number, 99])
    lots = []
    for individual, row in enumerate(rng.choice(len(photos), PHOTOS, replace=False)):
        pixels = read_photo(photos[row]).pixels
        by = min(1.0, LARGEST / max(pixels.shape[:2]))
        small = np.asarray(cv2.resize(pixels, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), np.uint8)
        for meeting in range(2):
            first, second = (seen(view.pixels, view.shown) for view in two_views(small, rng))
            lots.append(_pairs(first, second, individual, meeting))
    return joined(lots)


def seen(pixels: Pixels, skin: Floats, mask: Mask | None = None, box: Box | None = None) -> SeenSpots:
    """The keypoints of a photo as they are described when it is named, in pixels of the photo."""
    chip = cut(Photo(Path("drawn"), "", pixels), box, SIZE, mask)
    places = RootSift(features=MANY).places(chip)
    grey = np.asarray(cv2.cvtColor(chip.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    found = histograms(grey, places, WIDTHS)
    across, down = chip.to_photo[0, 0], chip.to_photo[1, 1]
    moved = places.copy()
    moved[:, :2] = (places[:, :2] + 0.5) @ chip.to_photo[:, :2].T + chip.to_photo[:, 2] - 0.5
    moved[:, 2] *= np.sqrt(across * down)
    return SeenSpots(moved, found, skin)


def _pairs(first: SeenSpots, second: SeenSpots, individual: int, meeting: int) -> Pairs:
    rows = spot_pairs(first, second, np.random.default_rng([individual, meeting]), MOST)
    shown = np.tile(np.array([[individual, meeting]], np.int64), (len(rows), 1))
    return Pairs(first.histograms[rows[:, 0]], second.histograms[rows[:, 1]], shown)


def joined(lots: list[Pairs]) -> Pairs:
    """All pairs of these."""
    return Pairs(*(np.concatenate([getattr(lot, one) for lot in lots]) for one in ("first", "second", "shown")))


def photos(data: Path) -> list[Path]:
    """The photos that views are cut out of; those of named animals, which are few, several times."""
    with (data / "four_species" / "metadata.csv").open(encoding="utf-8") as file:
        named = [data / "four_species" / row["path"] for row in csv.DictReader(file)]
    return [*frames(data), *named * NAMED]


def frames(data: Path) -> list[Path]:
    """The frames of `fish_boxes`: also what is behind drawn animals."""
    return sorted((data / "fish_boxes" / "images").iterdir())


if __name__ == "__main__":
    main()
