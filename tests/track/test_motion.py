"""Tracks by motion: through crossings and hiding places, with unsure boxes and without."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from resight.evaluate.tracking import tracking_figures
from resight.track.dbscan import NOISE, dbscan_tracks
from resight.track.motion import Follower, Motion, motion_tracks
from resight.types import Bools, Detections, Ints

Swim = Callable[..., tuple[Detections, Ints]]
CROSSING = np.array([[0.0, 100], [300, 102]]), np.array([[5.0, 0], [-5, 0]])


def hidden_between(first: int, last: int, animal: int, animals: int = 2, length: int = 60) -> Bools:
    hidden = np.zeros((length, animals), np.bool_)
    hidden[first:last, animal] = True
    return hidden


def test_two_that_cross_keep_their_tracks(swim: Swim) -> None:
    some, of = swim(*CROSSING, 60)
    tracks = motion_tracks(some)
    # In frame 30 one lies on the other, and nobody could tell which box is whose.
    assert np.array_equal(tracks[some.frames != 30], of[some.frames != 30])


@pytest.mark.parametrize("gap", [1, 5, 12])
def test_one_that_hides_behind_the_other_is_found_again(swim: Swim, gap: int) -> None:
    some, of = swim(*CROSSING, 60, hidden_between(30 - gap // 2, 30 - gap // 2 + gap, 1))
    assert np.array_equal(motion_tracks(some), of)
    if gap > 10:
        # What clustering of boxes cannot do.
        assert dbscan_tracks(some).max() > 1


def test_one_that_is_gone_too_long_is_another(swim: Swim) -> None:
    some, _ = swim(np.array([[0.0, 0]]), np.array([[2.0, 0]]), 60, hidden_between(20, 40, 0, animals=1))
    assert motion_tracks(some, Motion(patience=19)).max() == 1
    assert motion_tracks(some, Motion(patience=20)).max() == 0


def test_an_unsure_box_goes_on_with_a_track_and_begins_none(swim: Swim) -> None:
    some, of = swim(np.array([[0.0, 0], [0, 300]]), np.array([[3.0, 0], [3, 0]]), 30)
    scores = some.scores.copy()
    scores[(of == 0) & (some.frames > 10) & (some.frames < 20)] = 0.3
    scores[of == 1] = 0.3
    tracks = motion_tracks(replace(some, scores=scores))
    assert (tracks[of == 0] == 0).all()
    assert (tracks[of == 1] == NOISE).all()
    # Every second frame of a film is numbered so.
    doubled = Detections(2 * some.frames, some.boxes, scores)
    assert np.array_equal(motion_tracks(doubled), tracks)
    ignored = motion_tracks(replace(some, scores=scores), Motion(weak=0.4))
    assert (ignored[scores < 0.4] == NOISE).all()


@pytest.mark.parametrize("margin", [0.0, 0.5])
def test_small_and_fast_animals_are_followed(swim: Swim, margin: float) -> None:
    some, of = swim(np.array([[0.0, 0]]), np.array([[80.0, 0]]), 20)
    assert np.array_equal(motion_tracks(some, Motion(margin=margin)), of)
    too_fast, _ = swim(np.array([[0.0, 0]]), np.array([[200.0, 0]]), 20)
    assert (motion_tracks(too_fast, Motion(margin=margin)) == NOISE).all()


def test_one_that_swims_out_is_not_taken_for_one_that_comes_in(swim: Swim) -> None:
    """The first leaves on the right, and 10 frames later another comes in there."""
    some, of = swim(np.array([[0.0, 100], [900, 105]]), np.array([[10.0, 0], [-10, 0]]), 80)
    inside = (some.boxes[:, 0] >= 0) & (some.boxes[:, 0] < 365)
    late = ~((of == 0) & (some.frames > 36)) & ~((of == 1) & (some.frames < 50))
    seen = some.take(inside & late)
    assert motion_tracks(seen, size=(400, 300)).max() == 1
    assert np.array_equal(motion_tracks(seen, size=(400, 300)), of[inside & late])


def test_one_that_turns_is_where_it_was(swim: Swim) -> None:
    there, _ = swim(np.array([[0.0, 0]]), np.array([[12.0, 0]]), 20)
    back = np.concatenate([there.boxes, there.boxes[::-1]])
    turned = Detections(np.arange(40), back, np.ones(40, np.float32))
    assert (motion_tracks(turned) == 0).all()


def test_every_third_frame_is_enough(swim: Swim) -> None:
    some, of = swim(np.array([[0.0, 0], [0, 200]]), np.array([[8.0, 0], [6, 0]]), 60)
    kept = some.frames % 3 == 0
    assert np.array_equal(motion_tracks(some.take(kept)), of[kept])


def test_who_is_out_of_sight_in_all_frames_is_out_of_sight(swim: Swim) -> None:
    some, _ = swim(np.array([[0.0, 0]]), np.array([[3.0, 0]]), 20, hidden_between(10, 15, 0, animals=1, length=20))
    # Half hidden is only who was in sight a moment ago.
    scores = np.where(some.frames == 15, 0.3, 1).astype(np.float32)
    tracks = motion_tracks(replace(some, scores=scores))
    assert tracks[some.frames == 15].tolist() == [NOISE]
    assert (tracks[some.frames != 15] == 0).all()


def test_how_often_was_looked_is_told_or_guessed(swim: Swim) -> None:
    some, _ = swim(np.array([[0.0, 0]]), np.array([[8.0, 0]]), 9)
    seldom = some.take(some.frames % 3 == 0)
    assert motion_tracks(seldom).tolist() == motion_tracks(seldom, every=3).tolist() == [0, 0, 0]
    # Who is in sight in every third of all frames only is nobody.
    assert motion_tracks(seldom, every=1).tolist() == [NOISE] * 3


def test_frames_that_are_passed_over_end_no_track(swim: Swim) -> None:
    some, _ = swim(np.array([[0.0, 0]]), np.array([[6.0, 0]]), 40)
    follower = Follower()
    tracks = [follower.see(frame, some.boxes[[frame]], some.scores[[frame]]).tolist() for frame in range(0, 40, 6)]
    assert tracks == [[0]] * 7


def test_few_boxes_are_no_track(swim: Swim) -> None:
    some, _ = swim(np.array([[0.0, 0]]), np.array([[1.0, 0]]), 4)
    assert motion_tracks(some, Motion(fewest=5)).tolist() == [NOISE] * 4
    assert motion_tracks(some.take(np.zeros(0, np.int64))).tolist() == []


def test_a_school_is_kept_apart_through_hiding(swim: Swim) -> None:
    rng = np.random.default_rng(0)
    hidden = np.zeros((200, 12), np.bool_)
    for animal in range(12):
        for start in rng.integers(10, 180, 3):
            hidden[start : start + 6, animal] = True
    starts, steps = rng.uniform((0, 0), (1500, 900), (12, 2)), rng.uniform(-4, 4, (12, 2))
    some, of = swim(starts, steps, 200, hidden)
    by_motion = tracking_figures(some, of, some, motion_tracks(some))
    by_clusters = tracking_figures(some, of, some, dbscan_tracks(some))
    assert by_motion.idf1 > 0.95
    assert by_motion.idf1 > by_clusters.idf1 + 0.2
