"""What a file's name tells, and how to show a name to people."""

from __future__ import annotations

from pathlib import Path

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif"}
    | {".heic", ".heif", ".hif"}
)

# Pillow opens many raw files as TIFF and finds only the thumbnail, so these are known by their names.
RAW_SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw"}
    | {".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"}
)

FILM_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".avi", ".webm", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".3gp"}
)

RAW_REASON = "a camera's raw file: export it as JPEG or TIFF, and use that"
NOT_TEXT_REASON = "the name is not valid text (UTF-8), so it cannot be recorded: rename it"


def shown(path: Path) -> str:
    r"""A path as people may see it: line breaks, control characters and undecodable bytes are escaped.

    >>> print(shown(Path("photos/Zoë.jpg")))
    photos/Zoë.jpg
    >>> print(shown(Path("two\nlines.jpg")))
    'two\nlines.jpg'
    """
    text = str(path)
    return text if text.isprintable() else repr(text)


def is_text(path: Path) -> bool:
    r"""Whether a path can be written down as UTF-8; a file's name may be any bytes.

    >>> is_text(Path("Zoë.jpg")), is_text(Path("Zo\udceb.jpg"))
    (True, False)
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
