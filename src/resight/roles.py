"""Who is at work, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each role may do what the ones before it may."""

    VIEWER = "viewer"  # look
    REVIEWER = "reviewer"  # say who is in a photo
    CURATOR = "curator"  # merge, split, rename, correct, add photos, run jobs
    ADMIN = "admin"  # people and settings

    def may(self, needed: Role) -> bool:
        """Whether this role is enough.

        >>> Role.CURATOR.may(Role.REVIEWER), Role.VIEWER.may(Role.REVIEWER)
        (True, False)
        """
        return ORDER.index(self) >= ORDER.index(needed)


ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at work, by the name that the log will hold."""

    name: str
    role: Role
