"""What an entry states of a photo that the catalogue has already: a side, an encounter, a time or a place.

Sides and encounters are decisions, and go into the log; time and place are facts of the photo, and are filled in.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from resight.catalogue.decisions import Corrected, Decision
from resight.catalogue.present import Sight, sights
from resight.catalogue.store import date_and_place, encounter_ids
from resight.types import Place, Record, Rejection, Side

NEAR = 0.01  # degrees of a great circle, about a kilometre


def completed(session: Session, stated: list[tuple[int, Record]]) -> tuple[list[Decision], list[Rejection]]:
    """Corrections that fill in what was not known of the entries' annotations; and statements that contradict it.

    What is known stays: it may be somebody's correction. Writes no decision, only the encounters that are new, and
    times and places where there were none.
    """
    now = sights(session, [key for key, _ in stated])
    # Time and place belong to the photo, and so to all annotations in it.
    taken = {sight.photo: (sight.taken_at, sight.place) for sight in now.values()}
    filled: list[tuple[int, Side | None, str]] = []
    disputed: list[Rejection] = []
    for key, record in stated:
        label, (taken_at, place) = own_encounter(record), taken[now[key].photo]
        sight = replace(now[key], taken_at=taken_at, place=place)
        side = record.side if sight.side is Side.UNKNOWN and record.side is not Side.UNKNOWN else None
        encounter = label if not sight.encounter else ""
        if side or encounter:
            filled.append((key, side, encounter))
        now[key] = replace(
            sight,
            side=side or sight.side,
            encounter=encounter or sight.encounter,
            taken_at=taken_at or record.taken_at,
            place=place or record.place,
        )
        if (now[key].taken_at, now[key].place) != (taken_at, place):
            taken[sight.photo] = now[key].taken_at, now[key].place
            date_and_place(session, sight.photo, *taken[sight.photo])
        disputed += [Rejection(record.path, reason) for reason in _contradictions(now[key], record)]
    ids = encounter_ids(session, {label: key for key, _, label in reversed(filled) if label})
    return [Corrected(key, side, encounter=ids[label] if label else None) for key, side, label in filled], disputed


def own_encounter(record: Record) -> str:
    """The encounter's label in the catalogue, where one is one animal at one place and time.

    Tables often number the encounters of each individual from 1.
    """
    if not record.encounter or record.identity is None or record.encounter.startswith(f"{record.identity}/"):
        return record.encounter
    return f"{record.identity}/{record.encounter}"


def _contradictions(sight: Sight, record: Record) -> list[str]:
    found = []
    if record.side not in (Side.UNKNOWN, sight.side):
        found.append(f"stated to show its {record.side} side, but the catalogue says {sight.side}")
    # Without the name before it: a photo may have been added without one, and a name that differs is its own dispute.
    if record.encounter and record.encounter.rpartition("/")[2] != sight.encounter.rpartition("/")[2]:
        found.append(f"stated to be of the encounter {record.encounter}, but the catalogue says {sight.encounter}")
    if record.taken_at and sight.taken_at and record.taken_at.date() != sight.taken_at.date():
        found.append(f"stated to be of {record.taken_at.date()}, but the catalogue says {sight.taken_at.date()}")
    if record.place and sight.place and _far_apart(record.place, sight.place):
        found.append(f"stated to be taken at {_words(record.place)}, but the catalogue says {_words(sight.place)}")
    return found


def _far_apart(one: Place, other: Place) -> bool:
    """Whether they are about a kilometre apart: a site's position in a table is seldom the camera's own."""
    east = abs((one.lon - other.lon + 180) % 360 - 180) * np.cos(np.deg2rad(one.lat))
    return bool(np.hypot(one.lat - other.lat, east) > NEAR)


def _words(place: Place) -> str:
    return f"{place.lat:.4f}, {place.lon:.4f}"
