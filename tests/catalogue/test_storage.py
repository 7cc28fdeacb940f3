from __future__ import annotations

from pathlib import Path

import pytest

from resight.catalogue.storage import network_type

TABLE = """\
/dev/sda1 / ext4 rw 0 0
server:/data /mnt/shared\\040data nfs4 rw 0 0
/dev/sdb1 /mnt/shared\\040data/local xfs rw 0 0
me@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me", None),
        ("/mnt/shared data", "nfs4"),
        ("/mnt/shared data/herd/2024", "nfs4"),
        ("/mnt/shared data/local/herd", None),
        ("/mnt/ssh/herd", "fuse.sshfs"),
        ("/mnt/sshkeys", None),
    ],
)
def test_the_innermost_mount_tells(tmp_path: Path, folder: str, kind: str | None) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(TABLE)
    assert network_type(Path(folder), mounts) == kind


def test_without_a_table_of_mounts_a_folder_is_local(tmp_path: Path) -> None:
    assert network_type(tmp_path, tmp_path / "none") is None
