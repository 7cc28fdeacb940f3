"""What is believed of scores before a catalogue's own photos say anything."""

import numpy as np
import pytest

from resight.identify.calibration import Experience, fit
from resight.identify.usual import OF_SPOTS, learned, usual
from resight.method import open_method

PATCHES = OF_SPOTS["patches"]
EACH = np.array([1, 2, 2, 1, 3, 2, 1])


def lessons(queries: int, individuals: int = 8) -> Experience:
    """Own photos score five times what a stranger does."""
    rng = np.random.default_rng(queries)
    scores = np.exp(rng.normal(-2, 0.5, (queries, individuals))).astype(np.float32)
    scores[:, 0] *= 5
    order = np.argsort(-scores, axis=1)
    best = np.take_along_axis(scores, order, axis=1)
    strangers = -np.sort(-scores[:, 1:], axis=1)
    return Experience(best, (order == 0).argmax(axis=1), np.ones(queries, bool), strangers, individuals)


def test_too_few_lessons_leave_what_is_usual_with_the_catalogues_own_share_of_new_animals() -> None:
    found = learned(lessons(10), EACH, PATCHES)
    assert found is not None and not found.own
    assert found.numbers.tolist() == PATCHES.numbers.tolist()
    assert found.share_new == pytest.approx(3 / 12)
    assert found.taught_new == PATCHES.taught_new


def test_a_catalogue_without_a_name_has_what_is_usual() -> None:
    none = np.zeros((0, 20), np.float32)
    nothing = Experience(none, np.zeros(0, np.int64), np.zeros(0, bool), none, 0)
    found = learned(nothing, np.zeros(0, np.int64), PATCHES)
    assert found is not None and not found.own


def test_enough_lessons_are_believed_alone() -> None:
    found = learned(lessons(25), EACH, PATCHES)
    assert found is not None and found.own
    assert found == fit(lessons(25), found.share_new)


def test_each_describer_has_its_own_usual_scores() -> None:
    for name in OF_SPOTS:
        opened = open_method(name)
        assert usual(opened.fingerprint, opened.matcher.name) is OF_SPOTS[name]


def test_of_what_nobody_has_tried_nothing_is_usual() -> None:
    embedded = open_method("thumbnail")
    assert usual(embedded.fingerprint, embedded.matcher.name) is None
    assert usual("rootsift-0f", "cosine") is None
    assert learned(lessons(10), EACH, None) is None
