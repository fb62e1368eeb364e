#!/bin/sh
# Builds OUT/tail_bench, and the same with a part of the tail left out, whose results are wrong and
# whose times say what the part costs: OUT/tail_without_PART.
set -eu
root=$(cd "$(dirname "$0")/../../../.." && pwd)
out=${1:?usage: tail_bench.sh OUT}
mkdir -p "$out"
build() {
  nvcc -std=c++17 -ftz=true -arch=sm_90 -O3 -I"$1" -I"$root/kernels/src/test/cuda" -o "$out/$2" \
    "$root/bench/src/test/cuda/tail_bench.cu"
}
# without PART FILE SED
without() {
  rm -rf "$out/sources"
  mkdir "$out/sources"
  cp "$root"/kernels/src/main/cuda/*.cu* "$out/sources"
  sed -i "$3" "$out/sources/$2"
  if cmp -s "$out/sources/$2" "$root/kernels/src/main/cuda/$2"; then
    echo "tail_bench.sh: $1 leaves nothing out" >&2
    exit 1
  fi
  build "$out/sources" "tail_without_$1"
  rm -rf "$out/sources"
}
build "$root/kernels/src/main/cuda" tail_bench
without image tail_turns.cuh 's/if ((i & 1) == 1) measure(i >> 1);/if (i == 99) measure(i >> 1);/'
without rectifier tail.cuh 's/= bent(clean.[xy], \(sums\[j\]\[.*\]\));/= \1;/'
without half_the_products tail.cuh 's/if (kBegins) mma/if (kBegins \&\& k == 3) mma/'
without ldmatrix tail.cuh 's/ldmatrix_x4(a, tile + (at ^ k \* 32));/for (int i = 0; i < 4; i++) a[i] = at + i + k;/'
without taps tail.cuh 's/\*reinterpret_cast<float4 \*>(to + (i >> 1) \* kTaps + (i \& 1) \* kHalfPlane) =/if (t[0] == 123.0f) &/'
