"""The forms in which a whole catalogue can be written."""

from enum import StrEnum


class Format(StrEnum):
    """What comes out."""

    CSV = "csv"
    JSON = "json"
    HISTORY = "history"


SUFFIXES = {Format.CSV: "csv", Format.JSON: "json", Format.HISTORY: "csv"}
