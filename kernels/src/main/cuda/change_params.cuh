// What the kernels of changes are given, and how much shared memory: plain C++, for hosts too.
#pragma once

// Of a function that kernels ask too: NVRTC compiles none that may be the host's alone.
#ifdef __CUDACC__
#define PB_CONSTEXPR __host__ __device__ constexpr
#else
#define PB_CONSTEXPR constexpr
#endif

// change_up_pack, change_linear_pack.
struct ChangePackParams {
  const float *from;
  void *to;
  long long rows;     // inputs of a linear layer; input channels of a transposed convolution
  long long columns;  // outputs; output channels
  long long plane;    // pixels that each channel of a linear layer's outputs has; 1: in their own order
};

// change_clean_pack, change_clean_order.
struct ChangeCleanParams {
  const float *from;  // (bases; C, H, W)
  void *to;           // (bases; H, W, C), fp16 (pack) or float32 (order)
  const int *bases;
  long long channels;
  long long plane;    // H W
};

// change_linear_any, change_linear_256, change_linear_256_split.
struct ChangeLinearParams {
  const void *in;          // (cells; K) float32 (any) or (cells; 2, K) split rows (256)
  const void *weights;     // (N, K) float32 (any) or packed by change_linear_pack (256)
  const float *clean;      // (bases; N), in the order of the outputs
  const int *base;         // (cells), any order
  const int *cells;
  void *out;               // (cells; N)
  long long k, n;
  long long rectifies;     // whether the activation is a rectifier; else there is none
  long long splits;        // any: whether the output is split rows, else float32; split: channels of a pixel
};

struct ChangeSplitParams {
  const float *in;
  const int *cells;
  unsigned short *out;
  long long k;
};

// change_up_*, change_up_first_*, change_up_exact_*, change_down_*, change_down_image_*: the sizes of a convolution to
// twice the size; those of one to half of it are turned round.
struct ChangeUpParams {
  const void *in;                // (cells; H, H, CIN) bf16, (cells; H, H, 2, CIN) split (first, exact) or
                                 // (cells; CIN, H, H) float32 (image)
  const void *weights;           // float32 (image) or packed by change_up_pack, change_up_split_pack or
                                 // change_down_pack
  const unsigned short *clean;   // (bases; 2 H, 2 H, COUT) fp16, packed by change_clean_pack; float32 (exact), by
                                 // change_clean_order
  const int *base;               // (cells), any order
  const int *cells;
  unsigned short *out;           // (cells; 2 H, 2 H, COUT) bf16, or (cells; 2 H, 2 H, 2, COUT) split (exact)
};

// Bytes of shared memory of a launch.
constexpr int kChangeCleanShared = 32 * 33 * 4;
constexpr int kChangeAnyShared = 32 * 257 * 4 + 32 * 8 * 4;

// Bytes of a row of pixels of `bytes`, padded by 16, with its border. Tiles of 4 x 4 pixels are read
// two rows at once: these lie half of the banks apart.
PB_CONSTEXPR int change_row(int bytes, int width) {
  const int tight = (width + 2) * (bytes + 16);
  return width == 4 ? (tight + 63) / 128 * 128 + 64 : tight;
}
// For batches of `cells` images of size x size pixels: change_up_* has pixels of 2 CIN bytes.
PB_CONSTEXPR int change_shared(int bytes, int size, int cells, int stages) {
  return stages * ((cells * (size + 2) * change_row(bytes, size) + cells * 4 + 15) / 16 * 16);
}
// What the warps of change_linear_256* that share a sum hand to each other, and with it all of their launch.
constexpr int kChangeLinearHanded = 2 * 8 * 32 * 32;
PB_CONSTEXPR int change_linear_shared(int k, int cells, int stages) {
  return stages * ((cells * (4 * k + 16) + cells * 4 + 15) / 16 * 16) + kChangeLinearHanded;
}
// Besides change_shared(2 CIN, ...): what the warps that share a sum hand to each other.
PB_CONSTEXPR int change_down_handed(int cin) { return cin == 64 ? 24576 : 16384; }

// Numbers of a row of an image with its border: rows lie half of the banks apart.
PB_CONSTEXPR int change_image_row(int hout) { return (2 * hout + 2 + 15) / 32 * 32 + 16; }
PB_CONSTEXPR int change_image_shared(int channels, int hout, int stages) {
  return stages * channels * (2 * hout + 2) * change_image_row(hout) * 4;
}
