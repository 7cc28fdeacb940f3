"""When and where annotations were photographed, as far as the catalogue knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import select

from resight.catalogue.chunks import chunks
from resight.catalogue.folder import Catalogue
from resight.catalogue.models import Annotation, Photo
from resight.types import Doubles, Ints

DAY = 86_400.0
UNKNOWN = (np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of n annotations: `days` (n,) since 1970, by the camera's clock, and `places` (n, 2), latitude and longitude.

    NaN where it is not known.
    """

    days: Doubles
    places: Doubles


def moments(catalogue: Catalogue, ids: Sequence[int] | Ints) -> Moments:
    """When and where these annotations were photographed, in this order."""
    found: dict[int, tuple[float, float, float]] = {}
    query = select(Annotation.id, Photo.taken_at, Photo.lat, Photo.lon).join(Photo, Photo.id == Annotation.photo_id)
    with catalogue.reading() as session:
        for some in chunks([int(key) for key in ids]):
            for key, taken_at, lat, lon in session.execute(query.where(Annotation.id.in_(some))):
                placed = (np.nan, np.nan) if lat is None or lon is None else (lat, lon)
                found[key] = (np.nan if taken_at is None else _days(taken_at), *placed)
    rows = np.array([found.get(int(key), UNKNOWN) for key in ids], np.float64).reshape(-1, 3)
    return Moments(rows[:, 0], rows[:, 1:])


def _days(taken_at: datetime) -> float:
    # A camera's clock has no zone; that it is a few hours off does not matter here.
    return (taken_at if taken_at.tzinfo else taken_at.replace(tzinfo=UTC)).timestamp() / DAY
