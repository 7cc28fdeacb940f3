"""Write down ALIKED's network for onnxruntime: its layers alone, for the weights are their authors'.

    python -m training.aliked

Two graphs, between which the keypoints are chosen: from a picture to its maps and scores, and from the maps to vectors
at places. Numbers of the layers stand outside the files, under the names that the authors' weights have.
"""

from __future__ import annotations

import warnings
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import Tensor, nn

from resight.describe.aliked import GRAPHS, STRIDE
from resight.describe.aliked_network import CHANNELS, Aliked

LEVELS = [f"level{number}" for number in range(1, len(CHANNELS) + 1)]


class Seen(nn.Module):
    """From a picture (3, h, w) to its maps, and the scores of its pixels."""

    def __init__(self, network: Aliked) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        """Four maps and (h, w) scores."""
        levels = self.network.levels(picture)
        return (*levels, self.network.scores(levels))


class Told(nn.Module):
    """From the maps and places (m, 2) to vectors."""

    def __init__(self, network: Aliked) -> None:
        super().__init__()
        self.network = network

    def forward(self, one: Tensor, two: Tensor, three: Tensor, four: Tensor, places: Tensor) -> Tensor:
        """Vectors (m, 128)."""
        return self.network.vectors((one, two, three, four), places)


def main() -> None:
    """Write both graphs into the package."""
    network = Aliked().eval()
    picture, places = torch.rand(3, 4 * STRIDE, 5 * STRIDE), torch.rand(50, 2) * 4 * STRIDE
    with torch.no_grad():
        *levels, _ = Seen(network)(picture)
    sizes = {f"level{number}": {2: f"h{number}", 3: f"w{number}"} for number in range(1, len(CHANNELS) + 1)}
    with as_file(files("resight.models")) as package:
        write(
            Seen(network),
            (picture,),
            ["picture"],
            [*LEVELS, "scores"],
            {"picture": {1: "h", 2: "w"}},
            package / GRAPHS[0],
        )
        write(
            Told(network),
            (*levels, places),
            [*LEVELS, "places"],
            ["vectors"],
            sizes | {"places": {0: "m"}},
            package / GRAPHS[1],
        )


def write(
    module: nn.Module,
    given: tuple[Tensor, ...],
    takes: list[str],
    gives: list[str],
    free: dict[str, dict[int, str]],
    into: Path,
) -> None:
    """Export a module, and leave its numbers out."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the older exporter says of itself
        whole = Path(folder, into.name)
        # The newer exporter writes down where on the machine each layer was.
        torch.onnx.export(
            module, given, whole, input_names=takes, output_names=gives, dynamic_axes=free, opset_version=17,
            dynamo=False, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE,
        )  # fmt: skip
        model = onnx.load(whole)
    graph = model.graph
    # Sizes that the exporter guesses are those of the example.
    del graph.value_info[:]
    for output in graph.output:
        for number, side in enumerate(output.type.tensor_type.shape.dim):
            side.dim_param = f"{output.name} {number}"
    named = {tensor.name: tensor.name.removeprefix("network.") for tensor in graph.initializer}
    for node in graph.node:
        node.input[:] = [named.get(name, name) for name in node.input]
        node.ClearField("doc_string")
    for tensor in graph.initializer:
        tensor.name = named[tensor.name]
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="weights")
    into.write_bytes(model.SerializeToString())


if __name__ == "__main__":
    main()
