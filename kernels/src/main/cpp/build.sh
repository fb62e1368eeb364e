#!/bin/sh
# Compiles the CPU kernels: every *.cpp of this folder once per instruction set, all objects linked
# into OUT_DIR/libpatchbay.so. Only what is older than its source (or than any header) is compiled
# again, as many files at once as there are processors. Usage: build.sh OUT_DIR; CXX names another
# compiler. For itself: build.sh OUT_DIR ISA SOURCE OBJECT, one object.
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

# One object, of those that are made at once.
if [ $# -eq 4 ]; then
  compile "$2" "$3" "$4"
  exit
fi

mkdir -p "$out/objects"
work=$out/objects/work
: >"$work"
objects=
for isa in $isas; do
  mkdir -p "$out/objects/$isa"
  for file in "$src"/*.cpp; do
    object=$out/objects/$isa/$(basename "$file" .cpp).o
    objects="$objects $object"
    if stale "$object" "$file"; then printf '%s\n' "$isa" "$file" "$object" >>"$work"; fi
  done
done
changed=no
if [ -s "$work" ]; then
  changed=yes
  tr '\n' '\0' <"$work" | xargs -0 -n 3 -P "$(getconf _NPROCESSORS_ONLN)" sh "$0" "$out"
fi
rm "$work"

library=$out/libpatchbay.so
if [ "$changed" = yes ] || [ ! -f "$library" ]; then
  # shellcheck disable=SC2086
  "$cxx" -shared -Wl,--as-needed -Wl,-z,defs -o "$library.part" $objects -lm
  mv "$library.part" "$library"
fi
