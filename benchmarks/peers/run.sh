#!/usr/bin/env bash
# This library against PyTorch (Debian's) and libtorch (TorchSharp's) on the same weights and slices, in one run; writes a table below
# docs/benchmarks. Needs python3-torch, python3-onnx, python3-numpy and python3-pil.
#   bash benchmarks/peers/run.sh [model.onnx] [--width 1 --size 224] [--turns 15] [--threads n] [--python path]
set -euo pipefail
cd "$(dirname "$0")/../.."
python=/usr/bin/python3
"$python" -c 'import torch, onnx, numpy, PIL' || { echo "Install them first: apt-get install python3-torch python3-onnx python3-numpy python3-pil"; exit 1; }
dotnet run -c Release --project benchmarks/CovidCtNet.Lib.Benchmarks -- peers "$@"
