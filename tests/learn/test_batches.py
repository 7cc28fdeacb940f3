"""What makes a batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from resight.learn.batches import batches, default_count

sets = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["a", "b", "c"])), min_size=8, max_size=60)


@given(sets, st.integers(2, 4), st.integers(2, 5), st.integers(0, 99))
def test_a_batch_holds_different_animals_and_equally_many_photos(
    drawn: list[tuple[int, str]], individuals: int, photos: int, seed: int
) -> None:
    flanks = np.unique([flank for flank, _ in drawn], return_inverse=True)[1]
    encounters = np.array([encounter for _, encounter in drawn])
    individuals = min(individuals, int(flanks.max()) + 1)
    seen: list[int] = []
    for rows in batches(flanks, encounters, individuals, photos, 12, np.random.default_rng(seed)):
        of = flanks[rows].reshape(individuals, photos)
        assert (of == of[:, :1]).all()
        assert len(set(of[:, 0].tolist())) == individuals
        seen += of[:, 0].tolist()
        for group in rows.reshape(individuals, photos):
            own = flanks == flanks[group[0]]
            # All encounters of an animal, as long as there is room, and no photo twice unless there are too few.
            met = len(set(encounters[own].tolist()))
            assert len(set(encounters[group].tolist())) == min(met, photos)
            assert len(set(group.tolist())) == min(np.count_nonzero(own), photos)
    counts = np.bincount(seen, minlength=int(flanks.max()) + 1)
    assert counts.max() - counts.min() <= 2


def test_an_epoch_shows_about_every_photo() -> None:
    assert default_count(np.zeros(640, np.int64), 16, 4) == 10
    assert default_count(np.zeros(3, np.int64), 16, 4) == 1


def test_those_of_a_kind_come_together() -> None:
    flanks = np.repeat(np.arange(24), 3)
    kin = np.array([f"kind {flank % 3}" for flank in flanks])
    nowhere = np.full(len(flanks), "")
    for rows in batches(flanks, nowhere, 8, 2, 6, np.random.default_rng(1), kin, alike=4):
        kinds = kin[rows].reshape(2, 8)
        assert all(len(set(pack)) == 1 for pack in kinds.tolist()), kinds
