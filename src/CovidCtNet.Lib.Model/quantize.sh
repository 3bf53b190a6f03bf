#!/usr/bin/env bash
# Makes covid-ct.int8.onnx anew of covid-ct.onnx beside it: run it whenever the float32 model changes, then commit both.
#   bash src/CovidCtNet.Lib.Model/quantize.sh [further options of samples/Quantize]
# The slices are those of SARS-CoV-2 CT-scan in $COVIDCTNET_DATA/sarscov2-ct (default: ../shared/data), by folds of whole scan groups: ranges
# come from $CALIBRATION_FOLDS (default "2 3 4"), $VALIDATION_FOLD (1) decides, $TEST_FOLD (0) is reported. The float32 model was trained on
# all of them (--seen): the figures tell what rounding loses, not how well the model judges.
set -euo pipefail
cd "$(dirname "$0")/../.."
list="${COVIDCTNET_DATA:-../shared/data}/sarscov2-ct/groups.csv"
filters=()
for fold in ${CALIBRATION_FOLDS:-2 3 4}; do filters+=(--calibrate-only "fold=$fold"); done
dotnet run -c Release --project samples/Quantize -- src/CovidCtNet.Lib.Model/covid-ct.onnx \
  --calibrate "$list" "${filters[@]}" \
  --validate "$list" --validate-only "fold=${VALIDATION_FOLD:-1}" \
  --test "$list" --test-only "fold=${TEST_FOLD:-0}" \
  --seen --out src/CovidCtNet.Lib.Model/covid-ct.int8.onnx "$@"
