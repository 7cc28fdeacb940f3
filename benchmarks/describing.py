"""Photos described a second on two processors, from the file to the vector, beside the same network in eager torch.

python -m benchmarks.describing PHOTOS [--photos 1000] [--size 160] [--networks]

PHOTOS is a folder of photographs, taken again and again if there are fewer. The network is MobileNetV2 as it left
ImageNet. Eager torch does what a plain script does: it reads and resizes one photo after another and gives batches of
16 to the network, which may use both processors. Ours: two processes, each with one thread of onnxruntime or of
OpenVINO, as `resight add` works; starting them counts. `patches` and `rootsift` are local features, without a network;
`--networks` leaves them out. The last column is how far a vector differs from eager torch's, as 1 - cosine, at most.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from resight.chip.cut import cut
from resight.chip.padded import normalised, padded
from resight.media.photo import read_photo
from resight.method import Method, open_method
from resight.types import Embeddings, Floats, Record
from resight.work.processes import local_processes

BATCH, WORKERS = 16, 2


def batches(photos: list[Path]) -> list[list[Path]]:
    """The photos, so many at a time."""
    return [photos[start : start + BATCH] for start in range(0, len(photos), BATCH)]


def eager(photos: list[Path], size: int) -> Floats:
    """The vectors of photos by eager torch."""
    import torch  # not above, for our processes would load it too

    from resight.learn.frozen import imagenet_features

    network = imagenet_features().eval()
    found = []
    for paths in batches(photos):
        chips = np.stack([padded(cut(read_photo(path), None, size), size, size) for path in paths])
        with torch.inference_mode():
            found.append(network(torch.from_numpy(normalised(chips))).numpy())
    return np.concatenate(found)


def described(method: str, paths: list[Path]) -> Floats | None:
    """What a worker does: read, cut out and describe some photos; gives their vectors where there is one of each."""
    opened = _opened(method)
    chips = [opened.preparation(read_photo(path), Record(path)).chip for path in paths]
    found = opened.describer.describe(chips)
    return found.vectors if isinstance(found, Embeddings) else None


@cache
def _opened(method: str) -> Method:
    return open_method(method)


def ours(photos: list[Path], method: str) -> Iterator[Floats | None]:
    """The same by a method of resight, in two processes."""
    return local_processes(WORKERS)(partial(described, method), batches(photos))


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--photos", type=int, default=1000)
    asked.add_argument("--size", type=int, default=160)
    asked.add_argument("--networks", action="store_true")
    given = asked.parse_args()
    from resight.learn.export import export_embedder
    from resight.learn.frozen import imagenet_features

    photos = [path for path in sorted(given.folder.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    photos = list(islice(cycle(photos), given.photos))
    eager(photos[:BATCH], given.size)
    began = time.perf_counter()
    theirs = eager(photos, given.size)
    base = len(photos) / (time.perf_counter() - began)
    print("| way | photos a second | times | differs |\n|---|---|---|---|")
    print(f"| eager torch, MobileNetV2 at {given.size} pixels | {base:.1f} | 1.0 | – |")
    with TemporaryDirectory() as place:
        model = Path(place) / "imagenet.onnx"
        export_embedder(imagenet_features(), given.size, model, {})
        networks = [f"onnx:{model}", f"openvino:{model}", f"onnx:{model}+mask"]
        spots = [] if given.networks else ["rootsift+mask", "patches+mask", "patches:many+mask"]
        for method in networks + spots:
            list(ours(photos[: WORKERS * BATCH], method))
            began = time.perf_counter()
            found = [some for some in ours(photos, method) if some is not None]
            fast = len(photos) / (time.perf_counter() - began)
            same = (
                f"{1 - (np.concatenate(found) * theirs).sum(axis=1).min():.1e}" if found and "+" not in method else "–"
            )
            print(f"| {method.replace(str(model), 'the same')} | {fast:.1f} | {fast / base:.1f} | {same} |", flush=True)


if __name__ == "__main__":
    main()
