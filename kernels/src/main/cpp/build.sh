#!/bin/sh
# Compiles the CPU kernels: every *.cpp of this folder once per instruction set, all objects linked
# into OUT_DIR/libpatchbay.so. Only what is older than its source (or than any header) is compiled
# again. Usage: build.sh OUT_DIR; CXX names another compiler.
set -eu

out=${1:?usage: build.sh OUT_DIR}
src=$(cd "$(dirname "$0")" && pwd)
cxx=${CXX:-g++}
if ! command -v "$cxx" >/dev/null 2>&1; then
  echo "patchbay: no g++ found, the cpu backend is left out; the reference backend remains" >&2
  exit 0
fi

common="-O3 -std=c++17 -fPIC -fno-exceptions -fno-rtti -fvisibility=hidden -ffp-contract=off"
common="$common -Wall -Wextra -Werror"
case $(uname -m) in
  x86_64 | amd64) isas="avx512 avx2 generic" ;;
  *) isas="generic" ;;
esac

isa_flags() {
  case $1 in
    avx512) echo "-DPB_ISA=avx512 -DPB_LANES=16 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mfma" \
      "-mavx2 -mprefer-vector-width=512" ;;
    avx2) echo "-DPB_ISA=avx2 -DPB_LANES=8 -mavx2 -mfma" ;;
    generic) echo "-DPB_ISA=generic -DPB_LANES=4" ;;
  esac
}

# What a source is compiled for beside its instruction set: kernels that run only where the machine
# is found to have more.
file_flags() {
  case $1-$2 in
    avx512-propagate_bf16) echo "-mavx512bf16" ;;
  esac
}

# Is object $1 missing, or older than its source $2, a header or this script?
stale() {
  [ -f "$1" ] || return 0
  [ -z "$(find "$2" "$src"/*.h "$src/build.sh" -newer "$1")" ] || return 0
  return 1
}

compile() {
  # shellcheck disable=SC2046,SC2086
  "$cxx" $common $(isa_flags "$1") $(file_flags "$1" "$(basename "$2" .cpp)") -c "$2" -o "$3.part" && mv "$3.part" "$3"
}

changed=no
objects=
before=
for isa in $isas; do
  mkdir -p "$out/objects/$isa"
  for file in "$src"/*.cpp; do
    object=$out/objects/$isa/$(basename "$file" .cpp).o
    objects="$objects $object"
    stale "$object" "$file" || continue
    changed=yes
    compile "$isa" "$file" "$object" &
    # Two at once: wait for the one started before this one.
    if [ -n "$before" ]; then wait "$before"; fi
    before=$!
  done
done
if [ -n "$before" ]; then wait "$before"; fi

library=$out/libpatchbay.so
if [ "$changed" = yes ] || [ ! -f "$library" ]; then
  # shellcheck disable=SC2086
  "$cxx" -shared -Wl,--as-needed -Wl,-z,defs -o "$library.part" $objects -lm
  mv "$library.part" "$library"
fi
