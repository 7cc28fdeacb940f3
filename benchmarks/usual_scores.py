"""What scores of matched spots mean for animals that taught nothing: a calibration from other sets beside a set's own.

python -m benchmarks.usual_scores DATA [--cage FOLDER] [--method patches+mask]

DATA holds the folders of real animals. Of each, some photos of some individuals are described; each photo is asked
about as a known and as a new animal. One row a set: the calibration error of the first candidate's probability, and how
often it was right where the probability was 0.9 or more, by a calibration learned from all other sets together (each
counts as much as another) and by the set's own. The last line is the calibration from all real sets, for
`resight.identify.usual`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from resight.config import settings
from resight.evaluate.calibration import expected_calibration_error
from resight.identify.calibration import BOUNDS, Calibration, Experience, fit, loss_of, usual_background
from resight.identify.experience import experience
from resight.media.table import read_table
from resight.method import MASKED, open_method
from resight.types import Doubles, Record
from resight.work.processes import local_processes
from resight.work.sample import Sample, describe_sample

# How many individuals, and photos of each, spread over all of them: some 60 to 300 photos a set.
SETS = {
    "nyaladata": (60, 6), "fs48": (24, 8), "humpback100": (150, 4), "atrw": (52, 4), "liondata": (60, 5),
    "four_species": (18, 10),
}  # fmt: skip
SHARE_NEW, SURE, SEED = 0.3, 0.9, 5


def tables(data: Path, cage: Path | None) -> dict[str, tuple[Path, int, int]]:
    """The table of each set, and how many individuals and photos of each are taken of it."""
    of = {name: (data / name / "metadata.csv", *taken) for name, taken in SETS.items()}
    return of if cage is None else of | {"cage": (cage / "metadata.csv", 60, 4)}


def sample_of(table: Path, individuals: int, photos: int, methods: Sequence[str]) -> Sample:
    """Some photos of some individuals of a table, described in these ways."""
    of: dict[str, list[Record]] = {}
    for row in read_table(table):
        if isinstance(row, Record) and row.identity:
            of.setdefault(row.identity, []).append(row)
    names = [str(one) for one in np.random.default_rng(SEED).permutation(sorted(of))[:individuals]]
    spread = {name: np.unique(np.linspace(0, len(of[name]) - 1, photos).round().astype(int)) for name in names}
    chosen = [of[name][place] for name in names for place in spread[name]]
    return describe_sample(chosen, methods, local_processes(settings().workers))


def lessons(sample: Sample, method: str) -> Experience:
    """What the photos of a sample score among each other."""
    found = sample.descriptors[method]
    return experience(open_method(method).matcher.gallery(found, sample.labels), found.take, sample.labels)


def together(of: list[Experience]) -> Calibration:
    """The calibration that is most likely for all of them, each counting the same.

    It looks at how many times as high as the background a score is, and not how high both are: in a catalogue of twenty
    photos all scores are higher than in one of thousands, and nobody has a name yet who could tell.
    """
    usual = float(np.exp(np.mean([np.log(usual_background(one.scores)) for one in of])))
    losses = [loss_of(one, SHARE_NEW, usual) for one in of]

    def loss(numbers: Doubles) -> float:
        bias, slope, hidden, lapse = numbers
        return float(np.mean([each(np.array([bias, slope, slope, hidden, lapse])) for each in losses]))

    bounds = [*BOUNDS[:2], *BOUNDS[3:]]
    best = minimize(loss, np.array([-7.0, 5.0, 0.3, 0.03]), method="L-BFGS-B", bounds=bounds)
    bias, slope, hidden, lapse = (float(number) for number in best.x)
    return Calibration(bias, slope, slope, hidden, lapse, usual, SHARE_NEW, SHARE_NEW, 0)


def held_against(calibration: Calibration, of: Experience) -> str:
    """The calibration error, and how often what is sure is right, with a share of new animals among the queries."""
    p, right, counts = [], [], []
    asked = (of.scores[of.findable], of.strangers[of.findable], of.truth[of.findable].tolist())
    for known, strangers, truth in zip(*asked, strict=True):
        for new, scores in ((False, known), (True, strangers)):
            among = scores[~np.isnan(scores)]
            if len(among):
                p.append(calibration.probabilities(among, of.individuals - new)[0][0])
                right.append(not new and truth == 0)
                counts.append(SHARE_NEW if new else 1 - SHARE_NEW)
    chances, was, weights = np.array(p), np.array(right, np.bool_), np.array(counts)
    sure = chances >= SURE
    often = f"{np.average(was[sure], weights=weights[sure]):.2f}" if sure.any() else "–"
    share = weights[sure].sum() / weights.sum()
    return f"{expected_calibration_error(chances, was, weights):.3f} | {often} of {share:.0%}"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--cage", type=Path, help="folder of simulated heads, from 'resight bench --data cage'")
    asked.add_argument("--method", default=MASKED)
    given = asked.parse_args()
    taken = tables(given.data, given.cage)
    found = {name: lessons(sample_of(*of, [given.method]), given.method) for name, of in taken.items()}
    real = {name: one for name, one in found.items() if name in SETS}
    print("| set | photos | first right | others' error | right where sure | own error | right where sure |")
    print("|---|---|---|---|---|---|---|")
    for name, of in found.items():
        others = together([one for other, one in real.items() if other != name])
        first = f"{(of.truth[of.findable] == 0).mean():.2f}"
        own = fit(of, SHARE_NEW)
        print(
            f"| {name} | {len(of.truth)} | {first} | {held_against(others, of)} | {held_against(own, of)} |", flush=True
        )
    print(together(list(real.values())))


if __name__ == "__main__":
    main()
