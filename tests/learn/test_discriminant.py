"""The map keeps what tells things apart and drops what changes between two views of one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resight.learn.discriminant import discriminant, found_again
from resight.types import Floats


def views(seed: int, things: int = 400) -> tuple[Floats, Floats]:
    """Things told apart by ten of thirty numbers, mixed up, of which the others are noise of a view."""
    rng = np.random.default_rng(seed)
    mixed, _ = np.linalg.qr(rng.normal(size=(30, 30)))
    tell, noise = np.repeat([1.0, 0.0], [10, 20]), np.repeat([0.3, 1.4], [10, 20])
    own = rng.normal(size=(things, 30)) * tell
    first, second = ((own + rng.normal(size=own.shape) * noise) @ mixed + 5.0 for _ in range(2))
    return first.astype(np.float32), second.astype(np.float32)


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_things_are_found_again_that_it_was_not_learned_from(seed: int) -> None:
    first, second = views(seed)
    mean, projection = discriminant(first[:300], second[:300], 10)
    asked, held = first[300:], second[300:]
    before = found_again(unit(asked - asked.mean(axis=0)), unit(held - held.mean(axis=0)))
    after = found_again(*(unit(((one - mean) @ projection).astype(np.float32)) for one in (asked, held)))
    assert after > 0.6 and after > before + 0.2


def test_all_that_is_kept_is_kept_in_order_of_what_it_tells() -> None:
    first, second = views(0, 4000)
    mean, projection = discriminant(first, second, 30, even=0.0)
    one, other = (first - mean) @ projection, (second - mean) @ projection
    noise = (one - other).var(axis=0) / 2
    np.testing.assert_allclose(noise, 1, rtol=0.02)
    spread = one.var(axis=0)
    assert (np.diff(spread) < 0.2).all()
    assert spread[9] > 3 * spread[10]
