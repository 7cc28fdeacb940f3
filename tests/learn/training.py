"""A training, to be killed from outside: python training.py TABLE FOLDER EPOCHS."""

import sys
from pathlib import Path

from resight.learn.recipe import Data, Model, Recipe, Training
from resight.learn.train import train

RECIPE = Recipe(
    data=Data(size=64, held_out=0.34),
    model=Model(start="random", dimensions=16),
    training=Training(epochs=4, individuals=4, photos=2, precision="float32", warmup=0),
)


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


if __name__ == "__main__":
    train(RECIPE, [Path(sys.argv[1])], Path(sys.argv[2]), silent, int(sys.argv[3]))
