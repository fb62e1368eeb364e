// A layer of a region onto features, in shared memory (change_region.cu).
//
// A thread makes two neighbouring channels of P output pixels that see the same taps: four channels of
// an input pixel are one load for eight multiply-adds, a pair of weights one for P, and neighbouring
// threads take neighbouring channels, so that inputs are broadcast and weights are read side by side.
#pragma once

#include "carried_rect.cuh"

constexpr int kRegionSums = 32;  // floats in front, for sums

// Changes in shared memory are known by their place there: an address would have twice the bits.
struct RegionInput {
  int at;  // [y][x][channel]
  ChangeRect rect;
  int margin, pitch, row;
  int first, channels;
};

// Where the sums of a layer go: into shared memory for the next one, into a row, or into a sum.
struct RegionOutput {
  const float *clean;      // of this base
  const float *direction;  // of this cell
  float *room;             // shared memory
  float *carried;          // (outputs, H, W)
  int at;                  // [y][x][channel] in shared memory
  ChangeRect rect;
  int margin, pitch, row;
  int height, width;
  int activation, end;
  bool keeps, rounds, scatters;
  float sum;

  PB_DEVICE void take(int channel, int y, int x, float moved) {
    if (keeps) {
      room[at + (y - rect.y0 + margin) * row + (x - rect.x0 + margin) * pitch + channel] =
          rounds ? change_bf16(moved) : moved;
    } else {
      const int element = (channel * height + y) * width + x;
      if (scatters) {
        carried[element] = moved;
      } else {
        sum = change_measured(end, sum, moved, end == kChangeProducts ? direction[element] : 0.0f);
      }
    }
  }
};

// Adds one tap of P pixels, whose inputs begin at room[x[i] + offset], to two channels of each.
template <int P>
PB_DEVICE void region_tap(const float *room, const int (&x)[P], int offset, const float *w, int next,
                          int channels, float (&a)[P], float (&b)[P]) {
  int c = 0;
  // Eight pixels at a time, so that their inputs fit the registers.
  constexpr int kSome = P < 8 ? P : 8;
  for (; c + 4 <= channels; c += 4) {
    float2 u[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      u[j] = *reinterpret_cast<const float2 *>(w + (c + j) * next);
    }
#pragma unroll
    for (int part = 0; part < P; part += kSome) {
      float4 v[kSome];
#pragma unroll
      for (int i = 0; i < kSome; i++) {
        v[i] = *reinterpret_cast<const float4 *>(room + x[part + i] + offset + c);
      }
#pragma unroll
      for (int i = 0; i < kSome; i++) {
        float &first = a[part + i];
        float &second = b[part + i];
        first = fmaf(v[i].x, u[0].x, first);
        second = fmaf(v[i].x, u[0].y, second);
        first = fmaf(v[i].y, u[1].x, first);
        second = fmaf(v[i].y, u[1].y, second);
        first = fmaf(v[i].z, u[2].x, first);
        second = fmaf(v[i].z, u[2].y, second);
        first = fmaf(v[i].w, u[3].x, first);
        second = fmaf(v[i].w, u[3].y, second);
      }
    }
  }
  for (; c < channels; c++) {
    const float2 u = *reinterpret_cast<const float2 *>(w + c * next);
#pragma unroll
    for (int i = 0; i < P; i++) {
      const float v = room[x[i] + offset + c];
      a[i] = fmaf(v, u.x, a[i]);
      b[i] = fmaf(v, u.y, b[i]);
    }
  }
}

// A layer onto features. T taps each way see an output pixel, of one of its parities going up.
template <int P, int T>
PB_DEVICE void region_features(const RegionLayer &l, const RegionInput &in, RegionOutput &out) {
  const bool up = T == 2;
  const int step = up ? 2 : 1;
  const int outputs = static_cast<int>(l.outputs);
  const int pairs = (outputs + 1) / 2;
  const int down = (out.rect.height() + step - 1) / step;
  const int across = (out.rect.width() + step - 1) / step;
  const int groups = (down * across + P - 1) / P;
  const int items = pairs * groups * step * step;
  const int channels = static_cast<int>(l.channels);
  for (int item = threadIdx.x; item < items; item += blockDim.x) {
    const int o = 2 * (item % pairs);
    const int group = item / pairs % groups;
    const int parity = item / pairs / groups;
    const int y0 = out.rect.y0 + (up ? parity >> 1 : 0);
    const int x0 = out.rect.x0 + (up ? parity & 1 : 0);
    const int rows = (out.rect.y1 - y0 + step - 1) / step;
    const int columns = (out.rect.x1 - x0 + step - 1) / step;
    const int all = rows * columns;
    if (group * P >= all) continue;
    const int ky = up ? ((y0 + 1) & 1) + 2 : 0;
    const int kx = up ? ((x0 + 1) & 1) + 2 : 0;
    // The first input of pixel (y0, x0), and how far on those of its neighbours lie.
    const int iy = (up ? (y0 - 1) >> 1 : 2 * y0 - 1) - in.rect.y0 + in.margin;
    const int ix = (up ? (x0 - 1) >> 1 : 2 * x0 - 1) - in.rect.x0 + in.margin;
    const int apart = up ? 1 : 2;
    int x[P];
#pragma unroll
    for (int i = 0; i < P; i++) {
      const int at = change_least(group * P + i, all - 1);
      x[i] = in.at + (iy + apart * (at / columns)) * in.row + (ix + apart * (at % columns)) * in.pitch;
    }
    float a[P] = {};
    float b[P] = {};
    const int next = 2 * pairs;
    for (int ty = 0; ty < T; ty++) {
      for (int tx = 0; tx < T; tx++) {
        const int tap = up ? (ky - 2 * ty) * 4 + kx - 2 * tx : 4 * ty + tx;
        const float *w = l.weights + (tap * channels + in.first) * next + o;
        region_tap<P>(out.room, x, ty * in.row + tx * in.pitch, w, next, in.channels, a, b);
      }
    }
#pragma unroll
    for (int i = 0; i < P; i++) {
      const int at = group * P + i;
      if (at >= all) continue;
      const int y = y0 + step * (at / columns);
      const int px = x0 + step * (at % columns);
      const float *clean = out.clean + 1ll * (y * out.width + px) * outputs + o;
      const bool bends = out.activation != kChangeNone;
      out.take(o, y, px, bends ? change_rectified(clean[0], a[i]) : a[i]);
      if (o + 1 < outputs) out.take(o + 1, y, px, bends ? change_rectified(clean[1], b[i]) : b[i]);
    }
  }
}
