#!/bin/sh
# Builds tail_emulated at $1. The kernels are there twice, watched and not, as in build.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cuda=$here/../../main/cuda
out=${1:?usage: tail_emulated.sh OUT}
flags="-O2 -std=c++17 -DPB_EMULATOR -ffp-contract=off -fno-strict-aliasing -mavx2 -mfma -mf16c -Wall -Wextra"
flags="$flags -Wno-unknown-pragmas -Wno-unused-function -I$cuda -I$here"
watched="-g1 -fsanitize=kernel-address,alignment --param asan-instrumentation-with-call-threshold=0"
watched="$watched --param asan-stack=0 --param asan-globals=0"
cxx=${CXX:-g++}
# The order of threads decides which of the two the emulator runs.
# shellcheck disable=SC2086
"$cxx" $flags $watched -DPB_WATCHED -DTAIL_KERNELS '-DPB_SOURCE="tail"' -c "$here/tail_emulated.cpp" -o "$out.watched.o"
# shellcheck disable=SC2086
"$cxx" $flags -DTAIL_KERNELS '-DPB_SOURCE="tail"' -c "$here/tail_emulated.cpp" -o "$out.o"
# shellcheck disable=SC2086
"$cxx" $flags "$here/tail_emulated.cpp" "$cuda"/emulator/*.cpp "$out.o" "$out.watched.o" -o "$out"
rm "$out.o" "$out.watched.o"
