// What the kernels of changes read, in the order in which they read it.
//
// Weights once per program, clean values once per base. Each number is read and written once: the
// conv4 decoder has 2 MB of packed weights, a base 34 KiB of packed clean values.
#include "change.cuh"

namespace {

// A tile of 32 channels x 32 pixels of a base at a time, turned over in shared memory.
template <class Write>
PB_DEVICE void turn_over(const ChangeCleanParams &p, float (*tile)[33], Write write) {
  const long long across = (p.channels + 31) / 32;
  const long long along = (p.plane + 31) / 32;
  const long long all = *p.bases * across * along;
  const int x = threadIdx.x & 31;
  for (long long t = blockIdx.x; t < all; t += gridDim.x) {
    const long long base = t / (across * along) * p.channels * p.plane;
    const long long c0 = t % across * 32;
    const long long p0 = t / across % along * 32;
    __syncthreads();
    for (int y = threadIdx.x >> 5; y < 32; y += 8) {
      if (c0 + y < p.channels && p0 + x < p.plane) {
        tile[y][x] = p.from[base + (c0 + y) * p.plane + p0 + x];
      }
    }
    __syncthreads();
    for (int y = threadIdx.x >> 5; y < 32; y += 8) {
      if (p0 + y < p.plane && c0 + x < p.channels) {
        write(base + (p0 + y) * p.channels + c0 + x, tile[x][y]);
      }
    }
  }
}

// The weight of input `depth` of a phase's 4 CIN.
PB_DEVICE float up_weight(const float *weights, int cin, int cout, int phase, int depth, int out) {
  const int tap = depth / cin;
  const int ky = 3 - 2 * (tap >> 1) - (phase >> 1);
  const int kx = 3 - 2 * (tap & 1) - (phase & 1);
  return weights[((depth % cin * cout + out) * 4 + ky) * 4 + kx];
}

}  // namespace

// (CIN, COUT, 4, 4) to 16-byte pairs of registers: [phase][32 outputs][16 of 4 CIN inputs][lane][2].
PB_KERNEL(change_up_pack, ChangePackParams, 256, 4) {
  const int cin = (int)p.rows;
  const int cout = (int)p.columns;
  const int steps = cin / 4;
  const int all = 4 * cin * cout * 4 / 2;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int r = i % 8;
    const int lane = i / 8 % 32;
    const int k = i / 256 % steps;
    const int group = i / 256 / steps % (cout / 32);
    const int phase = i / 256 / steps / (cout / 32);
    const int out = group * 32 + change_output(4, r >> 1, lane >> 2);
    const int depth = k * 16 + (r & 1) * 8 + (lane & 3) * 2;
    ((unsigned *)p.to)[i] = pack_bf16(up_weight(p.from, cin, cout, phase, depth, out),
                                      up_weight(p.from, cin, cout, phase, depth + 1, out));
  }
}

// (CIN, COUT, 4, 4) to [phase][16 outputs][16 of 4 CIN inputs][lane][high, low][4], for
// change_up_first.
PB_KERNEL(change_up_split_pack, ChangePackParams, 256, 4) {
  const int cin = (int)p.rows;
  const int cout = (int)p.columns;
  const int steps = cin / 4;
  const int all = 4 * cin * cout * 4 / 2;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int r = i % 4;
    const int lane = i / 4 % 32;
    const int k = i / 128 % steps;
    const int group = i / 128 / steps % (cout / 16);
    const int phase = i / 128 / steps / (cout / 16);
    const int out = group * 16 + change_output(2, r >> 1, lane >> 2);
    const int depth = k * 16 + (r & 1) * 8 + (lane & 3) * 2;
    unsigned high, low;
    change_split_pair(up_weight(p.from, cin, cout, phase, depth, out),
                      up_weight(p.from, cin, cout, phase, depth + 1, out), high, low);
    unsigned *to = (unsigned *)p.to + (i / 4) * 8 + r;
    to[0] = high;
    to[4] = low;
  }
}

// (COUT, CIN, 4, 4) to [32 outputs][16 of 16 CIN inputs][lane][8], for change_down.
PB_KERNEL(change_down_pack, ChangePackParams, 256, 4) {
  const int cin = (int)p.rows;
  const int all = 16 * cin * (int)p.columns / 2;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int r = i % 8;
    const int lane = i / 8 % 32;
    const int k = i / 256 % cin;
    const int out = i / 256 / cin * 32 + change_output(4, r >> 1, lane >> 2);
    const int depth = k * 16 + (r & 1) * 8 + (lane & 3) * 2;
    const float *from = p.from + ((long long)out * cin + depth % cin) * 16 + depth / cin;
    ((unsigned *)p.to)[i] = pack_bf16(from[0], from[16]);
  }
}

// (COUT, CIN, 4, 4) to [16 inputs][16 outputs][high, low][lane][4], for change_squares: CIN / 16 times 16
// inputs of each tap in turn; of an image of few channels the 16 taps of each.
PB_KERNEL(change_down_split_pack, ChangePackParams, 256, 4) {
  const int cin = (int)p.rows;
  const int groups = (int)p.columns / 16;
  const int all = 16 * cin * (int)p.columns / 2;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int r = i % 4;
    const int lane = i / 4 % 32;
    const int group = i / 128 % groups;
    const int step = i / 128 / groups;
    const int out = group * 16 + change_output(2, r >> 1, lane >> 2);
    const int depth = step * 16 + (r & 1) * 8 + (lane & 3) * 2;
    const bool image = cin % 16 != 0;
    const float *from = p.from + (long long)out * cin * 16 + (image ? depth : depth % cin * 16 + depth / cin);
    unsigned high, low;
    change_split_pair(from[0], from[image ? 1 : 16], high, low);
    unsigned *to = (unsigned *)p.to + (i / 128) * 256 + i % 128;
    to[0] = high;
    to[128] = low;
  }
}

// (N, K) to [16 outputs][16 inputs][high, low][lane][4]; outputs that stand for (C, plane) in the
// order (plane, C).
PB_KERNEL(change_linear_pack, ChangePackParams, 256, 4) {
  const int inputs = (int)p.rows;
  const int steps = inputs / 16;
  const int plane = (int)p.plane;
  const int channels = (int)p.columns / plane;
  const int all = inputs * (int)p.columns / 2;
  for (int i = blockIdx.x * 256 + threadIdx.x; i < all; i += gridDim.x * 256) {
    const int r = i % 4;
    const int lane = i / 4 % 32;
    const int k = i / 128 % steps;
    const int block = i / 128 / steps;
    const int out = block * 16 + change_output(2, r >> 1, lane >> 2);
    const int depth = k * 16 + (r & 1) * 8 + (lane & 3) * 2;
    const float *from = p.from + (long long)(out % channels * plane + out / channels) * inputs;
    unsigned high, low;
    change_split_pair(from[depth], from[depth + 1], high, low);
    unsigned *to = (unsigned *)p.to + (i / 128) * 256 + i % 128;
    to[0] = high;
    to[128] = low;
  }
}

PB_KERNEL(change_clean_pack, ChangeCleanParams, 256, 4) {
  PB_SHARED(bytes);
  unsigned short *to = (unsigned short *)p.to;
  turn_over(p, (float (*)[33])bytes,
            [=](long long at, float value) { to[at] = to_f16(value); });
}

PB_KERNEL(change_clean_order, ChangeCleanParams, 256, 4) {
  PB_SHARED(bytes);
  float *to = (float *)p.to;
  turn_over(p, (float (*)[33])bytes, [=](long long at, float value) { to[at] = value; });
}

// Cells of float32 as split pixels: (cells; C, H, W) to (cells; H, W, 2, C).
PB_KERNEL(change_split_pack, ChangeCleanParams, 256, 4) {
  PB_SHARED(bytes);
  unsigned short *to = (unsigned short *)p.to;
  const long long channels = p.channels;
  turn_over(p, (float (*)[33])bytes, [=](long long at, float value) {
    unsigned high, low;
    change_split_pair(value, 0.0f, high, low);
    unsigned short *pixel = to + at / channels * 2 * channels + at % channels;
    pixel[0] = (unsigned short)high;
    pixel[channels] = (unsigned short)low;
  });
}
