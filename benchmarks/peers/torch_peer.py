"""PyTorch as a peer: runs an ONNX graph of this project in torch, by the same weights, and times it on request.

Started by `benchmarks -- peers`, which sends one JSON object a line on standard input and reads one a line back:
  {"do": "logits"}                                          -> {"logits": [...]}
  {"do": "cam"}                                             -> {"cam": [...]}, Grad-CAM of the first slice
  {"do": "prepare", "files": [...], "way": float | gray, "width": W, "height": H, "mean": m, "deviation": s, "values": true | false}
                                                            -> {"seconds": for all files, "values": of the first file or []}
  {"do": "time", "way": WAY, "batch": B, "runs": N}         -> {"seconds": best of N runs}
WAY is eager, frozen (traced and frozen), channels_last, frozen_channels_last, cam, cam_channels_last, or occlude_channels_last
(B covered copies in batches of 8). Grad-CAM and Grad-CAM++ share one forward and one backward, and the backward ends at the
target layer.
"""
import json
import sys
import time
import warnings

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F
from PIL import Image


class Graph(torch.nn.Module):
    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.output = graph.output[0].name
        self.input = graph.input[0].name
        self.weights = torch.nn.ParameterDict()
        self.names = {}
        self.constants = {}
        for i, tensor in enumerate(graph.initializer):
            value = onnx.numpy_helper.to_array(tensor).copy()
            self.constants[tensor.name] = value
            self.names[tensor.name] = f"w{i}"
            self.weights[f"w{i}"] = torch.nn.Parameter(torch.from_numpy(value), requires_grad=False)
        readers = {}
        for index, node in enumerate(graph.node):
            for name in node.input:
                readers.setdefault(name, []).append(index)
        self.steps = []
        for index, node in enumerate(graph.node):
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            alone = len(readers.get(node.input[0], [])) == 1
            last = [n for n in node.input if n in readers and n not in self.names and readers[n][-1] == index]
            self.steps.append((node.op_type, list(node.input), node.output[0], attributes, alone, last))

    def weight(self, name):
        return self.weights[self.names[name]]

    def run(self, op, names, attributes, alone, values):
        x = values[names[0]]
        if op == "Conv":
            pads = attributes.get("pads", [0, 0, 0, 0])
            if pads[:2] != pads[2:]:
                x, pads = F.pad(x, (pads[1], pads[3], pads[0], pads[2])), [0, 0, 0, 0]
            bias = self.weight(names[2]) if len(names) > 2 else None
            return F.conv2d(x, self.weight(names[1]), bias, attributes.get("strides", [1, 1]), pads[:2], attributes.get("dilations", [1, 1]), attributes.get("group", 1))
        if op == "Relu":
            return F.relu_(x) if alone else F.relu(x)
        if op == "BatchNormalization":
            scale, shift, mean, variance = (self.weight(n) for n in names[1:])
            return F.batch_norm(x, mean, variance, scale, shift, False, 0.0, attributes.get("epsilon", 1e-5))
        if op == "InstanceNormalization":
            scale, shift = (self.weight(n) for n in names[1:])
            return F.instance_norm(x, None, None, scale, shift, True, 0.0, attributes.get("epsilon", 1e-5))
        if op in ("Add", "Mul"):
            y = self.weight(names[1]) if names[1] in self.names else values[names[1]]
            return x + y if op == "Add" else x * y
        if op == "MaxPool":
            pads = attributes.get("pads", [0, 0, 0, 0])
            return F.max_pool2d(x, attributes["kernel_shape"], attributes.get("strides"), pads[:2], 1, bool(attributes.get("ceil_mode", 0)))
        if op == "Resize":
            scales = self.constants[names[2]]
            size = [int(np.floor(x.shape[2 + i] * float(scales[2 + i]))) for i in range(2)]
            corners = attributes["coordinate_transformation_mode"] == b"align_corners"
            return F.interpolate(x, size, mode="bilinear", align_corners=corners)
        if op == "Sigmoid":
            return torch.sigmoid(x)
        if op == "GlobalAveragePool":
            return F.adaptive_avg_pool2d(x, 1)
        if op == "Flatten":
            return torch.flatten(x, 1)
        if op == "Gemm":
            weight = self.weight(names[1])
            return F.linear(x, weight if attributes.get("transB", 0) else weight.t(), self.weight(names[2]))
        raise NotImplementedError(op)

    def forward(self, x, target=None):
        values = {self.input: x}
        kept = None
        for op, names, output, attributes, alone, last in self.steps:
            # The gradient needs the target as it is.
            y = self.run(op, names, attributes, alone and names[0] != target, values)
            if output == target:
                kept = y = y.detach().requires_grad_()
            for name in last:
                values.pop(name, None)
            values[output] = y
        return values[self.output] if target is None else (values[self.output], kept)


def cams(model, x, target):
    logits, features = model(x, target)
    gradient, = torch.autograd.grad(logits[:, -1].sum(), features)
    features = features.detach()
    cam = F.relu((gradient.mean((2, 3), keepdim=True) * features).sum(1))
    square, cube = gradient ** 2, gradient ** 3
    below = 2 * square + (features * cube).sum((2, 3), keepdim=True)
    alpha = square / torch.where(below != 0, below, torch.ones_like(below))
    plus = F.relu(((alpha * F.relu(gradient)).sum((2, 3), keepdim=True) * features).sum(1))
    return cam, plus


def prepare(path, command):
    """Pillow and NumPy: gray resizes whole gray values, which is what most pipelines do; float resizes intensities, as this project does."""
    size = (command["width"], command["height"])
    with Image.open(path) as image:
        gray = image if image.mode == "L" else image.convert("L")
        if command["way"] == "gray":
            values = np.asarray(gray.resize(size, Image.BILINEAR), dtype=np.float32) / np.float32(255)
        else:
            intensity = Image.fromarray(np.asarray(gray, dtype=np.float32) / np.float32(255))
            values = np.asarray(intensity.resize(size, Image.BILINEAR))
    return (values - np.float32(command["mean"])) / np.float32(command["deviation"])


def main():
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    path, data, side, target, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
    torch.set_num_threads(threads)
    slices = torch.from_numpy(np.fromfile(data, dtype=np.float32).reshape(-1, 1, side, side))
    model = Graph(path).eval()
    last = Graph(path).eval().to(memory_format=torch.channels_last)
    frozen = {}

    def freeze(module, batch, layout):
        key = (batch, layout)
        if key not in frozen:
            with torch.no_grad():
                frozen[key] = torch.jit.freeze(torch.jit.trace(module, slices[:batch].contiguous(memory_format=layout)))
        return frozen[key]

    def work(way, batch):
        layout = torch.channels_last if way.endswith("channels_last") else torch.contiguous_format
        module = last if way.endswith("channels_last") else model
        if way.startswith("occlude"):
            with torch.no_grad():
                for start in range(0, batch, 8):
                    x = slices[:1].repeat(8, 1, 1, 1)
                    for i in range(8):
                        x[i, :, i * 4:i * 4 + side // 8, :side // 8] = 0
                    module(x.contiguous(memory_format=layout))
            return
        x = slices[:batch].contiguous(memory_format=layout)
        if way.startswith("cam"):
            cams(module, x, target)
        else:
            with torch.no_grad():
                (freeze(module, batch, layout) if way.startswith("frozen") else module)(x)

    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "logits":
            with torch.no_grad():
                print(json.dumps({"logits": model(slices).flatten().tolist()}), flush=True)
            continue
        if command["do"] == "cam":
            print(json.dumps({"cam": cams(model, slices[:1], target)[0].flatten().tolist()}), flush=True)
            continue
        if command["do"] == "prepare":
            begun = time.perf_counter()
            planes = [prepare(path, command) for path in command["files"]]
            seconds = time.perf_counter() - begun
            print(json.dumps({"seconds": seconds, "values": planes[0].flatten().tolist() if command["values"] else []}), flush=True)
            continue
        best = float("inf")
        for _ in range(command["runs"]):
            begun = time.perf_counter()
            work(command["way"], command["batch"])
            best = min(best, time.perf_counter() - begun)
        print(json.dumps({"seconds": best}), flush=True)


if __name__ == "__main__":
    main()
