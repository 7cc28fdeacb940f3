"""The seam of describers: what every one of them offers, built in or third party."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from resight.types import Chip, Descriptors


class Describer(Protocol):
    """Turns chips into descriptors, one for each chip, in order.

    `fingerprint` changes whenever the same chip would be described differently; descriptors with different
    fingerprints are never compared. `size` is the longer side, in pixels, of the chips that it wants.
    """

    @property
    def name(self) -> str:
        """The name on the command line."""
        ...

    @property
    def fingerprint(self) -> str:
        """How descriptors are made: method, version, parameters or the model's hash."""
        ...

    @property
    def size(self) -> int:
        """The working size: the longer side of a chip, pixels."""
        ...

    def describe(self, chips: Sequence[Chip]) -> Descriptors:
        """One descriptor for each chip; a chip without any feature gets an empty set, never an error.

        No chips give a container of no annotations.
        """
        ...
