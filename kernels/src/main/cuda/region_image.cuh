// The last layer of a region, onto an image, in shared memory (change_region.cu).
#pragma once

#include "region_features.cuh"

// The last layer onto an image of C channels. The pixels (2 m - 1, 2 m) both ways see inputs m - 1
// and m.
template <int C>
PB_DEVICE void region_image(const RegionLayer &l, const RegionInput &in, RegionOutput &out) {
  const int down = in.rect.height() + 1;
  const int across = in.rect.width() + 1;
  const int groups = static_cast<int>((l.channels + 3) / 4);
  const float4 *weights = reinterpret_cast<const float4 *>(l.weights);
  // Weights are read in fours where they lie so.
  const int whole = in.first % 4 == 0 ? in.channels : 0;
  for (int quad = threadIdx.x; quad < down * across; quad += blockDim.x) {
    const int m = quad / across;
    const int n = quad % across;
    const float *x = out.room + in.at + m * in.row + n * in.pitch;
    float sums[C][2][2] = {};
    int c = 0;
    for (; c + 4 <= whole; c += 4) {
#pragma unroll (C == 1 ? 2 : 1)
      for (int t = 0; t < 4; t++) {
        const float4 v =
            *reinterpret_cast<const float4 *>(x + (t >> 1) * in.row + (t & 1) * in.pitch + c);
#pragma unroll
        for (int s = 0; s < 4 * C; s++) {
          const int dy = s >> 1 & 1;
          const int dx = s & 1;
          const int tap = (2 + dy - 2 * (t >> 1)) * 4 + 2 + dx - 2 * (t & 1);
          const float4 w = weights[((s >> 2) * groups + ((in.first + c) >> 2)) * 16 + tap];
          float &sum = sums[s >> 2][dy][dx];
          sum = fmaf(v.x, w.x, sum);
          sum = fmaf(v.y, w.y, sum);
          sum = fmaf(v.z, w.z, sum);
          sum = fmaf(v.w, w.w, sum);
        }
      }
    }
    for (; c < in.channels; c++) {
#pragma unroll 1
      for (int t = 0; t < 4; t++) {
        const float v = x[(t >> 1) * in.row + (t & 1) * in.pitch + c];
#pragma unroll
        for (int s = 0; s < 4 * C; s++) {
          const int dy = s >> 1 & 1;
          const int dx = s & 1;
          const int tap = (2 + dy - 2 * (t >> 1)) * 4 + 2 + dx - 2 * (t & 1);
          float &sum = sums[s >> 2][dy][dx];
          const int from = in.first + c;
          sum = fmaf(v, l.weights[(((s >> 2) * groups + (from >> 2)) * 16 + tap) * 4 + (from & 3)], sum);
        }
      }
    }
#pragma unroll
    for (int s = 0; s < 4 * C; s++) {
      const int y = 2 * (in.rect.y0 + m) - 1 + (s >> 1 & 1);
      const int px = 2 * (in.rect.x0 + n) - 1 + (s & 1);
      if (y < out.rect.y0 || y >= out.rect.y1 || px < out.rect.x0 || px >= out.rect.x1) continue;
      const float clean = out.clean[((s >> 2) * out.height + y) * out.width + px];
      const float d = sums[s >> 2][s >> 1 & 1][s & 1];
      out.take(s >> 2, y, px, change_moved(out.activation, clean, d));
    }
  }
}

// The same of many pixels, one channel of an image: each input pixel's sixteen taps, two pixels to a
// thread, in the place of the input; then each output pixel from the four that reach it. A pair of
// weights' loads serves two pixels, and no input is read twice.
PB_DEVICE void region_taps(const RegionLayer &l, const RegionInput &in, RegionOutput &out, int plane) {
  const int width = in.rect.width();
  const int pixels = in.rect.height() * width;
  float sums[2][16] = {};
  const float4 *weights = reinterpret_cast<const float4 *>(l.weights) + 4 * in.first;
  int x[2];
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const int at = change_least(threadIdx.x + i * blockDim.x, pixels - 1);
    x[i] = in.at + (at / width + in.margin) * in.row + (at % width + in.margin) * in.pitch;
  }
#pragma unroll 1
  for (int c = 0; c < in.channels; c += 4) {
    float4 v[2];
#pragma unroll
    for (int i = 0; i < 2; i++) v[i] = *reinterpret_cast<const float4 *>(out.room + x[i] + c);
#pragma unroll
    for (int tap = 0; tap < 16; tap++) {
      const float4 w = weights[4 * c + tap];
#pragma unroll
      for (int i = 0; i < 2; i++) {
        sums[i][tap] = fmaf(v[i].x, w.x, sums[i][tap]);
        sums[i][tap] = fmaf(v[i].y, w.y, sums[i][tap]);
        sums[i][tap] = fmaf(v[i].z, w.z, sums[i][tap]);
        sums[i][tap] = fmaf(v[i].w, w.w, sums[i][tap]);
      }
    }
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < 2; i++) {
    const int at = threadIdx.x + i * blockDim.x;
    if (at >= pixels) continue;
#pragma unroll
    for (int tap = 0; tap < 16; tap++) out.room[in.at + tap * plane + at] = sums[i][tap];
  }
  __syncthreads();
  const int across = out.rect.width();
  // The pixel of a thread and how far on its next one lies, without a division each.
  const int rows_on = static_cast<int>(blockDim.x) / across;
  const int columns_on = static_cast<int>(blockDim.x) % across;
  int y = out.rect.y0 + static_cast<int>(threadIdx.x) / across;
  int px = out.rect.x0 + static_cast<int>(threadIdx.x) % across;
  for (; y < out.rect.y1; y += rows_on) {
    float d = 0.0f;
#pragma unroll
    for (int t = 0; t < 4; t++) {
      const int ky = ((y + 1) & 1) + 2 * (t >> 1);
      const int kx = ((px + 1) & 1) + 2 * (t & 1);
      const int iy = ((y + 1 - ky) >> 1) - in.rect.y0;
      const int ix = ((px + 1 - kx) >> 1) - in.rect.x0;
      if (iy >= 0 && iy < in.rect.height() && ix >= 0 && ix < width) {
        d += out.room[in.at + (4 * ky + kx) * plane + iy * width + ix];
      }
    }
    const float clean = out.clean[y * out.width + px];
    out.take(0, y, px, change_moved(out.activation, clean, d));
    px += columns_on;
    if (px >= out.rect.x1) {
      px -= across;
      y++;
    }
  }
}

// Whether there are enough pixels for that, and not too many, and room for the taps: floats from one
// tap to the next, else 0. Planes lie half of the banks apart.
PB_DEVICE int region_plane(const RegionLayer &l, const RegionInput &in) {
  const int pixels = in.rect.height() * in.rect.width();
  const int threads = static_cast<int>(blockDim.x);
  const int plane = (pixels + 31) / 32 * 32 + 16;
  const bool fits = 16 * plane <= change_room(l, in.rect, in.channels);
  const bool fours = (in.first | in.channels) % 4 == 0;
  return fits && fours && pixels > threads && pixels <= 2 * threads ? plane : 0;
}
