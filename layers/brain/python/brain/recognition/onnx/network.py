"""A recogniser that was imported from an ONNX file: it interprets the graph, one torch call per node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from brain.recognition.config import ModelConfig
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.onnx.graph import Graph, Layer, Node
from brain.recognition.onnx.operators import PRODUCTS, compute


class ImportedNetwork(DescriptorNetwork):
    """The network of `config.graph` with a gallery behind it.

    Attributes:
        constants: the graph's tensors by name, weights as parameters and integers as buffers.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        if config.graph is None:
            raise KeyError("the configuration holds no graph")
        self._graph = config.graph
        self.layers = tuple(layer.name for layer in self._graph.layers)
        self._last_uses = last_uses(self._graph)
        self.constants = nn.Module()
        for name, constant in self._graph.constants.items():
            tensor = torch.empty(constant.shape, dtype=getattr(torch, constant.dtype))
            if tensor.is_floating_point():
                self.constants.register_parameter(name, nn.Parameter(tensor, requires_grad=False))
            else:
                self.constants.register_buffer(name, tensor)
        self.gallery = nn.Linear(config.descriptor_size, config.identities)

    def forward_features(self, x: Tensor, layer: str | None = None, start: str | None = None) -> Tensor:
        """See `Classifier.forward_features`; without a ReLU where the layer has none."""
        if start is None:
            x = x.contiguous(memory_format=torch.channels_last)
        return self._run(x, start, self._layer(layer or self.cam_layer))

    def describe(self, features: Tensor, layer: str | None = None) -> Tensor:
        """See `DescriptorNetwork.describe`."""
        return functional.normalize(self._run(features, layer or self.cam_layer, None).flatten(1))

    @property
    def sides(self) -> dict[str, int]:
        """Side of each layer's maps, from the input to the output."""
        return {layer.name: layer.side for layer in self._graph.layers}

    @property
    def map_size(self) -> int:
        """See `Classifier.map_size`."""
        return self._layer(self.cam_layer).side

    @property
    def evidence_layers(self) -> tuple[str, ...]:
        """See `Classifier.evidence_layers`: the last layer with maps at least twice as fine, if any."""
        before = self._graph.layers[: self.layers.index(self.cam_layer)]
        return tuple(layer.name for layer in before if layer.side >= 2 * self.map_size)[-1:]

    @property
    def evidence_passes(self) -> float:
        """See `Classifier.evidence_passes`: a whole pass forward, and back through what follows the layer."""
        return sum(2 - self._layer(name).work for name in self.evidence_layers)

    @property
    def gradient_passes(self) -> float:
        """See `Classifier.gradient_passes`: once forward and once back through what follows the layer."""
        return 2 * (1 - self._layer(self.cam_layer).work)

    def stages(self) -> list[tuple[str, list[tuple[Tensor, Tensor | None]]]]:
        """The weights and biases of layers up to the last one of each size of maps, then of the rest.

        Returns:
            (name, weights) from the input to the output, named after the layer that ends the stage.
        """
        ends = list({layer.side: layer for layer in self._graph.layers}.values())
        constants = self._constants()
        found: dict[str, list[tuple[Tensor, Tensor | None]]] = {}
        for number, node in enumerate(self._graph.nodes):
            if node.operator not in PRODUCTS or node.inputs[1] not in constants:
                continue
            stage = next((layer.name for layer in ends if number <= layer.node), "descriptor")
            bias = constants.get(node.inputs[2]) if len(node.inputs) > 2 else None
            found.setdefault(stage, []).append((constants[node.inputs[1]], bias))
        return list(found.items())

    def _layer(self, name: str) -> Layer:
        return self._graph.layers[self.layers.index(name)]

    def _run(self, x: Tensor, start: str | None, to: Layer | None) -> Tensor:
        """Run the graph from the input, or from the layer `start`, to a layer or the output."""
        first = 0 if start is None else self._layer(start).node + 1
        last = len(self._graph.nodes) if to is None else to.node + 1
        values = {self._graph.input if start is None else start: x}
        constants = self._constants()
        for number in range(first, last):
            node = self._graph.nodes[number]
            values.update(evaluate(node, values, constants))
            for name in self._last_uses[number]:
                if to is None or name != to.name:
                    values.pop(name, None)
        return values[self._graph.output if to is None else to.name]

    def _constants(self) -> dict[str, Tensor]:
        return {**dict(self.constants.named_parameters()), **dict(self.constants.named_buffers())}


def evaluate(
    node: Node, values: Mapping[str, Tensor], constants: Mapping[str, Tensor]
) -> Iterator[tuple[str, Tensor]]:
    """The names and values of a node's outputs."""
    inputs = [
        None if not name else constants[name] if name in constants else values[name] for name in node.inputs
    ]
    return zip(node.outputs, compute(node, inputs), strict=False)


def last_uses(graph: Graph) -> Sequence[Sequence[str]]:
    """For each node, the values that no later node needs. They are dropped to save memory."""
    last = {name: number for number, node in enumerate(graph.nodes) for name in node.inputs}
    uses: list[list[str]] = [[] for _ in graph.nodes]
    for name, number in last.items():
        if name != graph.output:
            uses[number].append(name)
    return uses
