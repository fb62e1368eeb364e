#!/bin/sh
# Builds tail_emulated at $1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cuda=$here/../../main/cuda
exec "${CXX:-g++}" -O2 -std=c++17 -DPB_EMULATOR -ffp-contract=fast -fno-strict-aliasing -mavx2 -mfma -mf16c \
  -Wall -Wextra -Wno-unknown-pragmas -Wno-unused-function -I"$cuda" -I"$here" \
  "$here/tail_emulated.cpp" "$cuda"/emulator/*.cpp -o "${1:?usage: tail_emulated.sh OUT}"
