"""Errors for people: what happened, to which file, what to do."""

from __future__ import annotations


class ResightError(Exception):
    """Anything the user can put right; its text is shown as it stands, without a traceback."""


class PhotoError(ResightError):
    """A photo, mask or table row that cannot be used; the rest of the work goes on without it."""


class VideoError(ResightError):
    """A video that cannot be used."""


class NothingFoundError(ResightError):
    """A film or photo in which no animal was found."""


class CatalogueError(ResightError):
    """The catalogue cannot do what was asked; nothing in it has changed."""


class DatabaseError(CatalogueError):
    """The database itself failed, or was busy for too long: the same may be tried again."""
