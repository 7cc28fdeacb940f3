"""From which folder on the names of an upload's folders are those of animals."""

from __future__ import annotations

from pathlib import Path

from resight.media.cells import side_of
from resight.web.uploads import PHOTOS, SENT, Upload


def starts(upload: Upload, skipped: int) -> list[Path]:
    """Where a scan by folders begins: below so many outer folders, in what was sent and within each zip.

    A zip that holds no folders, or those of sides alone, is called as the animal in it.
    """
    found = _below(upload.photos / SENT, skipped)
    for tree in sorted(path for path in (upload.folder / PHOTOS).iterdir() if path.name != SENT):
        # A zip is opened into a folder of its own name, in the folders where it lay.
        zipped = _zip_in(tree, {item.place for item in upload.sent() if item.suffix == ".zip"})
        named_as_zip = not any(path.is_dir() and side_of(path.name) is None for path in zipped.iterdir())
        found += [zipped.parent] if named_as_zip else _below(zipped, skipped)
    return found


def _zip_in(tree: Path, places: set[str]) -> Path:
    return next((folder for place in sorted(places) if (folder := tree / Path(place).with_suffix("")).is_dir()), tree)


def _below(folder: Path, skipped: int) -> list[Path]:
    level = [folder] if folder.is_dir() else []
    for _ in range(skipped):
        level = [inner for one in level for inner in (sorted(one.iterdir()) if one.is_dir() else [one])]
    return level
