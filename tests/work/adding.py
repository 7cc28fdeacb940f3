"""The program that `test_add` kills: adds a folder of photos to a catalogue, and says when it has begun."""

from __future__ import annotations

import sys
from pathlib import Path

from resight.catalogue import folder
from resight.media.folders import scan
from resight.method import open_method
from resight.work.add import add
from resight.work.processes import local_processes


def main(catalogue: Path, photos: Path, method_name: str, workers: int) -> None:
    """Add the photos, a folder for each individual; a line for each shard that is done."""
    method = open_method(method_name)
    with folder.open(catalogue) as opened:
        print("begun", flush=True)
        add(
            opened,
            scan([photos], by_folder=True),
            method.name,
            method.fingerprint,
            local_processes(workers),
            "adding",
            lambda done: print(done, flush=True),
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
