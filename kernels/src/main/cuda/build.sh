#!/bin/sh
# Builds the CUDA kernels, every *.cu of this folder: for the host emulator with g++, into
# OUT_DIR/libpatchbay_emulator.so; and with nvcc, where there is one, into a fatbin each (sm_80,
# sm_90 and PTX of both), with OUT_DIR/resources.txt: kernel, architecture, registers, bytes of
# spills, bytes of shared memory; the PTX of compute_90 stays in OUT_DIR/objects, for tests. Only what
# is older than something it was made of is made again, as many files at once as there are processors.
# Usage: build.sh OUT_DIR [SOURCE_DIR]; the kernels of another folder for the emulator alone. CXX and
# NVCC name other compilers. For itself: build.sh OUT_DIR SOURCE_DIR HOW SOURCE OBJECT, one object.
set -eu

out=${1:?usage: build.sh OUT_DIR [SOURCE_DIR]}
src=$(cd "$(dirname "$0")" && pwd)
sources=$(cd "${2:-$src}" && pwd)
cxx=${CXX:-g++}
nvcc=${NVCC:-nvcc}
mkdir -p "$out/objects"

# -ftz of nvcc is set by the emulator at each launch.
common="-O3 -std=c++17 -fPIC -fno-exceptions -fno-rtti -fvisibility=hidden"
common="$common -Wall -Wextra"
case $(uname -m) in
  x86_64 | amd64) common="$common -mavx2 -mfma -mf16c" ;;
esac
# Each kernel is compiled twice: to call the emulator before each access to memory that it makes, and
# for speed. Both must give the same bits, so no compiler makes multiply-adds of its own. At -O3 loops
# of known length are unrolled before those calls come in, and sums stay in registers.
watched="-fsanitize=kernel-address,alignment --param asan-instrumentation-with-call-threshold=0"
watched="$watched --param asan-stack=0 --param asan-globals=0"
watched="$watched -DPB_WATCHED"
kernels="-g1 -DPB_EMULATOR -ffp-contract=off -fno-strict-aliasing -Wno-unknown-pragmas -Wno-unused-function"

# Is $1 missing, or older than this script or than a file of the list of what it was made of, $1.d?
stale() {
  [ -f "$1" ] && [ -f "$1.d" ] || return 0
  for origin in "$src/build.sh" $(sed -e 's/^[^:]*://' -e 's/\\$//' "$1.d"); do
    [ -f "$origin" ] && [ ! "$origin" -nt "$1" ] || return 0
  done
  return 1
}

runtime() {
  # shellcheck disable=SC2086
  "$cxx" $common -MMD -MF "$2.d" -c "$1" -o "$2.part" && mv "$2.part" "$2"
}

# The functions of each file are its own.
kernel() {
  name=$(basename "$1" .cu)
  how=
  case $2 in *.watched.o) how=$watched ;; esac
  printf '#include "patchbay.cuh"\n#include "mma.cuh"\nnamespace {\n#include "%s"\n}\n' "$1" >"$2.cpp"
  # shellcheck disable=SC2086
  "$cxx" $common $kernels $how "-DPB_SOURCE=\"$name\"" "-I$src" "-I$sources" -MMD -MF "$2.d" -c "$2.cpp" \
    -o "$2.part" &&
    mv "$2.part" "$2"
}

targets="-gencode arch=compute_90,code=[sm_90,compute_90]"
both="-gencode arch=compute_80,code=[sm_80,compute_80] $targets"

# A file whose first line says "sm_90 alone" is for that architecture and later ones.
fatbin() {
  for_targets=$both
  case $(head -n 1 "$1") in *"sm_90 alone"*) for_targets=$targets ;; esac
  name=$(basename "$1" .cu)
  mkdir -p "$2.kept"
  # shellcheck disable=SC2086
  if "$nvcc" -std=c++17 -ftz=true -fatbin $for_targets -Xptxas -v -MD -MF "$2.d" --keep --keep-dir "$2.kept" -o "$2.part" "$1" >"$2.log" 2>&1; then
    mv "$2.kept/$name.compute_90.ptx" "${2%.fatbin}.ptx"
    rm -r "$2.kept"
    mv "$2.part" "$2"
  else
    cat "$2.log" >&2
    return 1
  fi
}

# One object, of those that are made at once.
if [ $# -eq 5 ]; then
  "$3" "$4" "$5"
  exit
fi

# Has object $3 to be made of source $2 by $1? Then it is listed.
work=$out/objects/work
: >"$work"
make_object() {
  if stale "$3"; then printf '%s\n' "$1" "$2" "$3" >>"$work"; fi
}

emulates=no
if command -v "$cxx" >/dev/null 2>&1; then
  emulates=yes
  objects=
  for file in "$src"/emulator/*.cpp; do
    object=$out/objects/emulator_$(basename "$file" .cpp).o
    objects="$objects $object"
    make_object runtime "$file" "$object"
  done
  for file in "$sources"/*.cu; do
    [ -f "$file" ] || continue
    for object in "$out/objects/$(basename "$file" .cu)".watched.o "$out/objects/$(basename "$file" .cu)".o; do
      objects="$objects $object"
      make_object kernel "$file" "$object"
    done
  done
else
  echo "patchbay: no g++ found, the emulator of CUDA kernels is left out" >&2
fi

compiles=no
if [ "$sources" = "$src" ]; then
  if command -v "$nvcc" >/dev/null 2>&1; then
    compiles=yes
    for file in "$sources"/*.cu; do
      make_object fatbin "$file" "$out/objects/$(basename "$file" .cu).fatbin"
    done
  else
    rm -f "$out"/*.fatbin "$out/resources.txt"
    echo "patchbay: no nvcc found, the CUDA kernels are left out; the emulator's remain" >&2
  fi
fi

if [ -s "$work" ]; then
  tr '\n' '\0' <"$work" | xargs -0 -n 3 -P "$(getconf _NPROCESSORS_ONLN)" sh "$0" "$out" "$sources"
fi
rm "$work"

if [ $emulates = yes ]; then
  library=$out/libpatchbay_emulator.so
  # shellcheck disable=SC2086
  if [ ! -f "$library" ] || [ -n "$(find $objects -newer "$library")" ] ||
    [ "$objects" != "$(cat "$out/objects/list" 2>/dev/null)" ]; then
    "$cxx" -shared -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,-z,defs -o "$library.part" $objects -lm
    mv "$library.part" "$library"
    echo "$objects" >"$out/objects/list"
  fi
fi

[ $compiles = yes ] || exit 0
rm -f "$out"/*.fatbin
: >"$out/resources.txt"
for file in "$sources"/*.cu; do
  [ -f "$file" ] || continue
  name=$(basename "$file" .cu)
  cp "$out/objects/$name.fatbin" "$out/$name.fatbin"
  awk -v source="$name" '
    /Compiling entry function/ { split($0, part, "\047"); kernel = part[2]; arch = part[4] }
    /bytes spill stores/ { spills = $5 + $9 }
    /Used [0-9]+ registers/ {
      shared = 0
      for (i = 1; i <= NF; i++) {
        if ($i == "registers,") registers = $(i - 1)
        if ($i ~ /^smem/) shared = $(i - 2)
      }
      print source, kernel, arch, registers, spills, shared
    }' "$out/objects/$name.fatbin.log" >>"$out/resources.txt"
done
