"""Is a folder on a network drive? SQLite's write-ahead log does not work there."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")

NETWORK = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "gfs2", "glusterfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "smb2", "smb3", "smbfs"),
        *("vboxsf", "virtiofs", "vmhgfs"),
    )
)


def network_type(folder: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the network file system the folder lies on; None where it is local.

    `mounts` is the system's table of mounts. A system without one (macOS, Windows) is taken as local, but
    for Windows paths that start with a server's name.

    >>> network_type(Path("/"))
    """
    resolved = folder.resolve()
    if str(resolved).startswith("\\\\"):
        return "smb"
    if not mounts.is_file():
        return None
    held = {Path(point): kind for point, kind in _mount_points(mounts.read_text(errors="replace"))}
    kind = next((held[point] for point in (resolved, *resolved.parents) if point in held), "")
    # FUSE names the real type after a dot: fuse.sshfs, fuse.rclone. Hardly any of them is a local disk.
    return kind if kind in NETWORK or kind.startswith("fuse.") else None


def _mount_points(table: str) -> list[tuple[str, str]]:
    fields = [line.split() for line in table.splitlines() if len(line.split()) >= 3]
    return [(re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), point), kind) for _, point, kind, *_ in fields]
