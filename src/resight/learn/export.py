"""Trained networks as ONNX models, which need no torch, with a check that they say the same."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from resight.chip.mask import KIND, PROBABLE
from resight.describe.onnx import UNIT
from resight.errors import ResightError
from resight.learn.mask_network import MaskNetwork, Probable

OPSET = 17
ALIKE = 1e-3


def export_embedder(network: nn.Module, size: int, path: Path, about: dict[str, str]) -> float:
    """Write a model that takes (n, 3, size, size), normalised as for ImageNet, and gives vectors.

    `about` is written into it, and `resight.unit` = 0 where its vectors keep their lengths, so that whoever reads it
    leaves them alone. Gives the largest difference of a number from torch's; ResightError where that is more than a
    thousandth, of the largest number where that is more than 1.
    """
    if not getattr(network, "unit", True):
        about = {**about, UNIT: "0"}
    example = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0)) * 4 - 2
    with torch.inference_mode():
        largest = float(network.cpu().eval()(example).abs().max())
    return _export(network, example, path, ["vectors"], about, ALIKE * max(1.0, largest))


def export_detector(network: nn.Module, height: int, width: int, path: Path) -> float:
    """Write a model that takes (1, 3, height, width), and gives corners and scores as `detect.onnx` reads them.

    Gives the largest difference of a number, pixels among them, from torch's.
    """
    example = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(0)) * 4 - 2
    return _export(network, example, path, ["corners", "scores"], {"resight.layout": "resight"}, 0.1)


def export_mask(network: MaskNetwork, size: int, path: Path) -> float:
    """Write a model that takes (1, 3, size, size), and gives the probability of each pixel, as `chip.mask` reads it.

    Gives the largest difference of a probability from torch's.
    """
    example = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0)) * 4 - 2
    return _export(Probable(network), example, path, ["probability"], {KIND: PROBABLE}, 1e-3)


def _export(
    network: nn.Module, example: Tensor, path: Path, outputs: list[str], about: dict[str, str], alike: float
) -> float:
    import onnx
    import onnxruntime

    network = network.to("cpu", memory_format=torch.contiguous_format).eval()  # type: ignore[call-overload]
    batch = {name: {0: "n"} for name in ("pictures", *outputs)} if len(example) > 1 else None
    unfinished = path.with_name(f"{path.stem}.unfinished.onnx")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with torch.inference_mode(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        # The older of torch's two exporters: of networks without branches it writes the same, in a second, not twenty.
        torch.onnx.export(
            network, (example,), str(unfinished), input_names=["pictures"], output_names=outputs,
            opset_version=OPSET, dynamic_axes=batch, dynamo=False,
        )  # fmt: skip
        told = network(example)
    model = onnx.load(unfinished)
    for name, value in about.items():
        model.metadata_props.add(key=name, value=value)
    onnx.save(model, unfinished)
    session = onnxruntime.InferenceSession(str(unfinished), providers=["CPUExecutionProvider"])
    given = session.run(None, {"pictures": example.numpy()})
    expected = told if isinstance(told, tuple) else (told,)
    most = max(float(np.abs(a - b.numpy()).max()) for a, b in zip(given, expected, strict=True))
    if not most <= alike:
        unfinished.unlink()
        raise ResightError(f"the ONNX model differs from the trained one by {most:.2g}; {path} was not written")
    unfinished.replace(path)
    return most
