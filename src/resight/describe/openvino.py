"""The same image models by OpenVINO, in bfloat16 where the processor has it: there about twice as fast."""

from __future__ import annotations

from pathlib import Path

from resight.describe.onnx import Network, OnnxDescriber, model_file
from resight.describe.seam import Describer
from resight.errors import ResightError
from resight.types import Floats

MISSING = "openvino is not installed: run pip install 'resight[openvino]', or use onnx:MODEL.onnx"


def openvino(argument: str) -> Describer:
    """An image model by its file's name: `openvino:model.onnx`.

    Its vectors are kept apart from those of `onnx:model.onnx`: bfloat16 rounds, so the two differ by about 0.001. On a
    processor without it they are those of 32 bits, and can stand in one catalogue with the others.
    """
    return OnnxDescriber(model_file("openvino", argument), name="openvino", engine=compiled)


def compiled(model: Path) -> Network:
    """The model, compiled for this processor, on one thread, as photos are spread over processes."""
    try:
        from openvino import Core
    except ImportError as error:
        raise ResightError(MISSING) from error
    asked = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "bf16"}
    request = Core().compile_model(model, "CPU", asked).create_infer_request()

    def run(images: Floats) -> Floats:
        # The array that it gives is its own memory, written over by the next images.
        found: Floats = request.infer({0: images})[0].copy()
        return found

    return run
