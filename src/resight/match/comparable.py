"""Which gallery annotations a query may be compared with at all."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from resight.types import Bools, Labels, Side


class Sides(StrEnum):
    """Whether a left flank may be compared with a right one."""

    APART = "apart"
    ANY = "any"


def comparable(queries: Labels, gallery: Labels, sides: Sides = Sides.APART) -> Bools:
    """(q, g): named annotations of other photos, and of the same side unless `sides` is ANY.

    A side that is not known may be any, so it is compared with all.
    """
    allowed = (gallery.individual != "")[None] & (queries.photo[:, None] != gallery.photo[None])
    if sides is Sides.APART:
        ours, theirs = queries.side[:, None], gallery.side[None]
        allowed &= (ours == theirs) | (ours == Side.UNKNOWN) | (theirs == Side.UNKNOWN)
    return np.asarray(allowed, dtype=np.bool_)


def elsewhere(queries: Labels, gallery: Labels) -> Bools:
    """(q, g): not of the query's own encounter; photos without an encounter are one of their own."""
    same = (queries.encounter[:, None] == gallery.encounter[None]) & (queries.encounter != "")[:, None]
    return np.asarray(~same, dtype=np.bool_)
