"""The head of a detector inside its graph: the chain that turns the last features into the probability map."""

from __future__ import annotations

from dataclasses import dataclass

from ocrweb.errors import OcrwebError
from ocrweb.model.onnx_graph.read import Graph, Node


@dataclass(frozen=True)
class Head:
    """feature: name of the tensor that the head reads. nodes: from its first convolution to the sigmoid, in order."""

    feature: str
    nodes: tuple[Node, ...]

    @property
    def last_arrays(self) -> tuple[str, str | None]:
        """Names of the weight and, where there is one, of the bias of the last (transposed) convolution."""
        last = next(node for node in reversed(self.nodes) if node.op in {"Conv", "ConvTranspose"})
        return last.inputs[1], last.inputs[2] if len(last.inputs) > 2 else None


def find_head(graph: Graph) -> Head:
    """Walk back from the map to the nearest convolution: it is the head's first, and its input the head's feature.

    Raises ``graph.no-head`` when the map does not come from a sigmoid over one plain chain.
    """
    chain: list[Node] = []
    name = graph.result
    while not chain or chain[0].op != "Conv":
        node = graph.producer(name)
        sources = [source for source in node.inputs if source and source not in graph.arrays] if node else []
        if node is None or len(sources) != 1 or (not chain and node.op != "Sigmoid"):
            raise OcrwebError("graph.no-head", output=graph.output)
        chain.insert(0, node)
        name = sources[0]
    return Head(name, tuple(chain))
