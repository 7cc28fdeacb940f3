"""Simulated films on disk: MP4 with the truth beside, and a manifest of what they are."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np

from resight.errors import ResightError
from resight.simulate.cage import VERSION, FilmPlan, Preset, plan
from resight.simulate.scene import TrueHead, draw_conditions, filmed, gain_for, scene
from resight.simulate.truth import coco, mot
from resight.types import Pixels
from resight.work.processes import Executor

MANIFEST = "cage.json"
_README = """These films are SYNTHETIC. No fish, cage or camera took part: resight drew them.

{sides} sides of simulated salmon swim past a camera {passes} times, in {cages} cages (preset {name}, seed {seed},
version {version}). Beside each film lies the truth: .json in the format of COCO (the head's box, mask, eye, head line
and spots, who it is and which side), .txt in that of MOT Challenge. cage.json lists the files with their sha256.
"""


def write_cage(preset: Preset, folder: Path, run: Executor, progress: Callable[[int, int], None] | None = None) -> Path:
    """Film a preset into a folder; gives its manifest, which is written last.

    Started again after a stop, it goes on with the films that are not finished; the same preset gives the same bytes
    with the same version of the encoder. `progress` is told the films done and in all.

    Raises ResightError where the folder holds something else, or another preset's films.
    """
    readme = _README.format(**{name: getattr(preset, name) for name in _NAMED}, version=VERSION)
    marker = folder / "README.txt"
    if folder.exists() and any(folder.iterdir()) and not (marker.is_file() and marker.read_text("utf-8") == readme):
        raise ResightError(f"{folder} already holds something else: name a new or an empty folder for the films")
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text(readme, encoding="utf-8")
    films = plan(preset)
    for done, _ in enumerate(run(partial(_write_film, preset, folder), films), start=1):
        if progress is not None:
            progress(done, len(films))
    files = {path.name: _sha256(path) for film in films for path in _paths(folder, film)}
    stated = {name: getattr(preset, name) for name in (*_NAMED, "width", "height", "rate")}
    content = {"synthetic": True, "version": VERSION, "preset": stated, "encoder": av.library_versions, "files": files}
    _write(folder / MANIFEST, (json.dumps(content, indent=2, default=list) + "\n").encode())
    return folder / MANIFEST


_NAMED = ("name", "sides", "passes", "cages", "seed")


def films_of(folder: Path) -> list[Path]:
    """The truth files (COCO) of a cage's films, in order; ResightError where the folder is no finished cage."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError) as error:
        raise ResightError(f"{folder} holds no finished films: make them with 'resight simulate {folder}'") from error
    return [folder / name for name in files if name.endswith(".json")]


def _write_film(preset: Preset, folder: Path, film: FilmPlan) -> None:
    video, truth, tracks = _paths(folder, film)
    if tracks.exists():
        return  # it is written last
    cv2.setNumThreads(1)  # films are spread over processes
    frames: list[tuple[TrueHead, ...]] = []
    _encode(video, preset, _frames(preset, film, frames), draw_conditions(preset, film).camera.quality)
    _write(truth, json.dumps(coco(preset, film, frames), separators=(",", ":")).encode())
    _write(tracks, mot(film, frames).encode())


def _frames(preset: Preset, film: FilmPlan, heads: list[tuple[TrueHead, ...]]) -> Iterator[Pixels]:
    """The film's pictures, one by one; their heads are put down as they come."""
    conditions = draw_conditions(preset, film)
    gain = None
    for number in range(film.frames):
        drawn = scene(preset, film, conditions, number)
        gain = gain_for(drawn, conditions, gain)
        heads.append(drawn.heads)
        lit = gain if gain is not None else conditions.camera.balance
        yield filmed(preset, film, conditions, number, np.asarray(lit, np.float64), drawn.light)


def _encode(path: Path, preset: Preset, pictures: Iterator[Pixels], quality: int) -> None:
    """H.264 of a strength that follows the camera's quality; equal pictures give equal bytes."""
    unfinished = path.with_suffix(".unfinished.mp4")
    with av.open(str(unfinished), "w", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = "synthetic: simulated by resight"
        stream = container.add_stream("libx264", rate=Fraction(preset.rate))
        stream.width, stream.height, stream.pix_fmt = preset.width, preset.height, "yuv420p"
        # With threads, and where x264 looks at what comes, its choices differ from one run to the next.
        stream.codec_context.thread_count = 1
        steady = {"preset": "veryfast", "x264-params": "mbtree=0:weightp=0"}
        stream.options = {"crf": str(28 - round((quality - 72) / 22 * 8)), **steady}
        for pixels in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def _paths(folder: Path, film: FilmPlan) -> tuple[Path, Path, Path]:
    return folder / f"{film.name}.mp4", folder / f"{film.name}.json", folder / f"{film.name}.txt"


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
