"""The weights in a file of PyTorch, read without PyTorch: a zip with a pickle of names, and the numbers beside it.

A pickle can name any function to be called. This reader calls none but its own: what the file names is refused unless
it is one of the few words that weights are written in.
"""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from resight.errors import ResightError

Array = npt.NDArray[np.generic]
KINDS = {
    "FloatStorage": np.float32, "DoubleStorage": np.float64, "HalfStorage": np.float16,
    "LongStorage": np.int64, "IntStorage": np.int32, "BoolStorage": np.bool_,
}  # fmt: skip


def read_weights(path: Path) -> Mapping[str, Array]:
    """The arrays of a file that holds a dictionary of them, by their names; ResightError where it holds none."""
    try:
        with zipfile.ZipFile(path) as file:
            (listed,) = (name for name in file.namelist() if name.endswith("data.pkl"))
            with file.open(listed) as pickled:
                found = _Reader(pickled, file, listed.removesuffix("data.pkl")).load()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        raise ResightError(f"{path} cannot be read as weights: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(one, np.ndarray) for one in found.values()):
        raise ResightError(f"{path} cannot be read as weights: it holds something else")
    return found


class _Reader(pickle.Unpickler):
    def __init__(self, pickled: Any, file: zipfile.ZipFile, folder: str) -> None:
        super().__init__(pickled)
        self._file, self._folder = file, folder

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in KINDS:
            return KINDS[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}, which is no weight")

    def persistent_load(self, pid: Any) -> Array:
        """The numbers of one storage: its kind, its key, the device it was on, and how many there are."""
        _, kind, key, _, count = pid
        return np.frombuffer(self._file.read(f"{self._folder}data/{key}"), kind, count)


def _tensor(numbers: Array, first: int, shape: tuple[int, ...], strides: tuple[int, ...], *_rest: object) -> Array:
    width = numbers.itemsize
    if first + sum((side - 1) * step for side, step in zip(shape, strides, strict=True)) >= max(1, len(numbers)):
        raise ValueError("a tensor is longer than its numbers")
    return np.lib.stride_tricks.as_strided(numbers[first:], shape, [step * width for step in strides]).copy()
