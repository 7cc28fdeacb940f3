"""Learn the embedding that ships with resight, from animals that may be redistributed.

    python -m training.embedding FOLDER --data DATA [--recipe training/embedding.toml] [--also TABLE...]

Procedural animals before the places of DATA's `fish_boxes`, heads of the simulated cage, and `four_species`. `--also`
learns from other photos besides: such a model must not be shipped. Stopped, the same command goes on.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from resight.cli.console import progress
from resight.config import settings
from resight.learn.halved import halve
from resight.learn.recipe import Recipe, read_recipe
from resight.learn.trained import trained_embedding
from resight.simulate.animals.animals import Herds, write_animals
from resight.simulate.dataset import write_heads
from resight.types import Side
from resight.work.processes import local_processes

HERDS = Herds(kinds=300, individuals=8, encounters=3, photos=2, seed=2026)
FISH, PASSES = 120, 3


def main() -> None:
    """Draw, learn, export."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--recipe", type=Path, default=Path(__file__).with_name("embedding.toml"))
    asked.add_argument("--also", type=Path, nargs="*", default=[])
    given = asked.parse_args()
    with progress() as tell:
        places = sorted((given.data / "fish_boxes" / "images").iterdir())
        drawn = write_animals(
            HERDS, given.folder / "animals", places, local_processes(settings().workers),
            lambda done, total: tell("Drawing kinds of animals", done, total),
        )  # fmt: skip
        tables = [drawn, heads(given.folder / "heads"), four_species(given.data, given.folder), *given.also]
        model = trained_embedding(read_recipe(given.recipe, Recipe), tables, given.folder / "training", tell)
    changed = halve(model, given.folder / "embedding.onnx")
    print(f"wrote {given.folder / 'embedding.onnx'}; halving its weights changed them by {changed:.2g} at most")


def heads(folder: Path) -> Path:
    """Heads of the cage, each fish in several passes, as one table."""
    table = folder / "metadata.csv"
    if table.exists():
        return table
    tables = write_heads(folder, FISH, PASSES, 2, seed=4071, sides=(Side.LEFT, Side.RIGHT))
    rows = [row | {"path": f"{path.parent.name}/{row['path']}", "mask": f"{path.parent.name}/{row['mask']}"}
            for path in tables for row in csv.DictReader(path.open(encoding="utf-8"))]  # fmt: skip
    return written(rows, table)


def four_species(data: Path, folder: Path) -> Path:
    """The table of `four_species`, with each species as a part, so that its animals come to a batch together."""
    source = data / "four_species" / "metadata.csv"
    with source.open(encoding="utf-8") as file:
        rows = [
            row | {"path": str(source.parent / row["path"]), "part": row["species"]} for row in csv.DictReader(file)
        ]
    return written(rows, folder / "four_species.csv")


def written(rows: list[dict[str, str]], table: Path) -> Path:
    """These rows as a table."""
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return table


if __name__ == "__main__":
    main()
