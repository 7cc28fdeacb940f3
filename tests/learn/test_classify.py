"""A closed set: whom a classifier names, and what it cannot answer."""

from pathlib import Path

import numpy as np
import pytest
from tests.learn.training import silent

from resight.errors import ResightError
from resight.learn.classify import classify, ranked
from resight.learn.pictures import read_pictures
from resight.learn.recipe import Data, Model, Recipe, Training
from resight.learn.train import train

CLASSIFIER = Recipe(
    data=Data(size=64, held_out=0.5, mirrored=False, validate_on="photos"),
    model=Model(name="cnn3", start="random", dimensions=16, unit=False),
    training=Training(
        epochs=2, individuals=6, photos=2, batches=8, arcface=0, contrastive=0, softmax=1.0, precision="float32",
        warmup=0, averaged=0.9,
    ),
)  # fmt: skip


def test_it_names_those_it_learned_and_goes_on_where_it_stopped(table: Path, tmp_path: Path) -> None:
    pictures, _ = read_pictures([table], 64, tmp_path / "asked.npy")
    train(CLASSIFIER, [table], tmp_path / "calm", silent)
    found = classify(tmp_path / "calm", pictures, most=3)
    assert found.names.shape == found.probabilities.shape == (24, 3)
    assert (np.diff(found.probabilities, axis=1) <= 0).all()
    assert set(found.names.ravel()) <= {f"animal {animal}" for animal in range(6)}
    # By chance it is one in six.
    assert found.hits(pictures.individual, 1) > 0.6
    assert found.hits(pictures.individual, 3) >= found.hits(pictures.individual, 1)
    train(CLASSIFIER, [table], tmp_path / "stopped", silent, epochs=1)
    train(CLASSIFIER, [table], tmp_path / "stopped", silent)
    assert np.array_equal(classify(tmp_path / "stopped", pictures, 3).probabilities, found.probabilities)


def test_mirror_images_that_were_learned_are_no_answer(table: Path, tmp_path: Path) -> None:
    mirrored = CLASSIFIER.model_copy(update={"data": CLASSIFIER.data.model_copy(update={"mirrored": True})})
    train(mirrored, [table], tmp_path, silent, epochs=1)
    pictures, _ = read_pictures([table], 64, tmp_path / "asked.npy")
    found = classify(tmp_path, pictures, most=99)
    assert found.names.shape == (24, 6)
    assert not any("mirrored" in name for name in found.names.ravel())
    assert np.allclose(found.probabilities.sum(axis=1), 1)


def test_sides_of_one_animal_count_together() -> None:
    vectors = np.zeros((1, 2), np.float32)
    bias = np.log(np.array([0.3, 0.4, 0.2, 0.1], np.float32))
    found = ranked(vectors, np.zeros((4, 2), np.float32), bias, ["ann", "bob", "ann", ""], 5)
    assert found.names[0].tolist() == ["ann", "bob"]
    np.testing.assert_allclose(found.probabilities[0], [5 / 9, 4 / 9], atol=1e-6)


def test_a_folder_without_a_classifier_is_named(table: Path, tmp_path: Path) -> None:
    pictures, _ = read_pictures([table], 64, tmp_path / "asked.npy")
    with pytest.raises(ResightError, match="no finished training of a classifier"):
        classify(tmp_path, pictures)
