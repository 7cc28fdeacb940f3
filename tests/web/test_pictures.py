"""Pictures for the screen do not fill the disk."""

import os
from pathlib import Path

from resight.web.pictures import trim


def test_what_nobody_has_looked_at_for_longest_goes_first(tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / f"a{number}" / f"{number}.jpg"
        path.parent.mkdir()
        path.write_bytes(b"x" * 100)
        os.utime(path, (1000 + number, 1000))
    os.utime(tmp_path / "a0" / "0.jpg", (2000, 1000))  # made first, and looked at last
    trim(tmp_path, most=250)
    assert {path.stem for path in tmp_path.rglob("*.jpg")} == {"0", "4"}
    trim(tmp_path, most=250)
    assert len(list(tmp_path.rglob("*.jpg"))) == 2
