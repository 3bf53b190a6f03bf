#!/usr/bin/env bash
# Fuzzes one reader with coverage feedback: AFL++ drives it, SharpFuzz has instrumented the library.
#   bash benchmarks/Robustness/coverage.sh <target> [seconds]
# Needs afl-fuzz (Debian: apt-get install afl++) and sharpfuzz (dotnet tool install --global SharpFuzz.CommandLine). Findings lie in
# runs/coverage/<target>/out/default/{crashes,hangs}; each should become a test.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:?target}"
seconds="${2:-600}"
folder="runs/coverage/$target"
dotnet build -c Release benchmarks/Robustness -v q --nologo
rm -rf "$folder" && mkdir -p "$folder"
cp -r benchmarks/Robustness/bin/Release/net10.0 "$folder/bin"
"$folder/bin/Robustness" coverage "$target" --seeds "$folder/in"
for library in CovidCtNet.Lib CovidCtNet.Lib.Onnx CovidCtNet.Lib.Training BitMiracle.LibTiff.NET; do
  sharpfuzz "$folder/bin/$library.dll"
done
# The host is not built for AFL; cases above 1 MiB only slow it down. A case may take 10 s on a busy machine.
AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
  afl-fuzz -V "$seconds" -i "$folder/in" -o "$folder/out" -t 10000 -m none -G 1048576 -- "$folder/bin/Robustness" coverage "$target" > "$folder/log" 2>&1 || tail -n 20 "$folder/log"
grep -E "^(run_time|execs_done|execs_per_sec|corpus_count|corpus_found|bitmap_cvg|saved_crashes|saved_hangs)" "$folder/out/default/fuzzer_stats"
