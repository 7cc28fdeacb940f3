"""Model weights by name: a local folder, then the cache, then the network; always checked by sha256."""

from __future__ import annotations

import hashlib
import os
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from resight.config import Settings, settings
from resight.errors import ResightError


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights that resight knows: its name, its fingerprint, and where the world keeps it."""

    name: str
    sha256: str
    url: str
    licence: str


U2NETP = Weights(
    name="u2netp.onnx",
    sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    url="https://github.com/danielgatis/rembg/releases/download/v0.0.0/u2netp.onnx",
    licence="Apache-2.0",
)


class WeightsMissingError(ResightError):
    """The weights are neither on this machine nor to be had from the network now."""


def find_weights(weights: Weights, where: Settings | None = None) -> Path:
    """The path of a file of weights whose sha256 has been checked.

    Raises WeightsMissingError where it is not on this machine and cannot be downloaded, and ResightError where
    the file found is not the one that was asked for.
    """
    where = where or settings()
    for folder in (where.weights, where.cache):
        if folder is not None and (path := folder / weights.name).is_file():
            _check(path, weights)
            return path
    if where.offline:
        raise WeightsMissingError(
            f"{weights.name} is not on this machine and RESIGHT_OFFLINE is set. Put the file into a folder and "
            "name the folder in RESIGHT_WEIGHTS."
        )
    return _download(weights, where.cache)


def _download(weights: Weights, cache: Path) -> Path:
    # Several processes may want the same file at once: each writes its own, and the last rename wins.
    path, partial = cache / weights.name, cache / f"{weights.name}.{os.getpid()}.partial"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(weights.url, timeout=10) as answer, partial.open("wb") as file:
            while block := answer.read(1 << 20):
                file.write(block)
        # A connection cut short ends like a complete one; a login page of the network arrives as a file.
        if (found := _sha256(partial)) != weights.sha256:
            raise OSError(f"what arrived is cut short or another file, its sha256 is {found}")
        partial.replace(path)
    except (OSError, HTTPException) as error:
        raise WeightsMissingError(
            f"{weights.name} could not be downloaded from {weights.url} ({error}). Without a network, put the "
            "file into a folder and name the folder in RESIGHT_WEIGHTS."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, weights: Weights) -> None:
    if (found := _sha256(path)) != weights.sha256:
        raise ResightError(
            f"{path} is not the {weights.name} that resight knows: its sha256 is {found}, not {weights.sha256}. "
            "Delete the file, or put the right one in its place."
        )
