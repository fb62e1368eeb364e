// A change that touches little, through all of its convolutions in shared memory: a block to a cell.
//
//   each layer: d = W (x' - x), x' - x = act(clean + d) - act(clean), inside of the rectangle that the
//   patch reaches, from the channels that it changes
//   at the end: the sum of the squares or of the sizes of the last change, or its product with the
//   cell's direction; or the change as a row (window; outputs, H, W) that further layers take
//
// One unit before a transposed convolution reaches 4 x 4 pixels after it, 10 x 10 after the next,
// then 22 x 22 and 46 x 46: 16, 8,045, 266,452 and 1,696,088 products to the image for the units of
// the conv4 decoder's four sites, where a whole decode has 7,355,008.
//
// Method. A layer's input lies in shared memory [y][x][channel] with a margin of zeros. A thread makes
// two neighbouring channels of P output pixels that see the same taps: four channels of an input
// pixel are one load for eight multiply-adds, a pair of weights one for P, and neighbouring threads
// take neighbouring channels, so that inputs are broadcast and weights are read side by side. Onto
// an image a thread makes the four pixels that see the same 2 x 2 inputs.
//
// Operations per cell: 2 per product above. Bytes: of the clean values what the rectangles cover, which
// all cells of a base share, and the weights, from the caches; 4 are written.
//
// A cell's result depends on that cell and its base alone.
#include "carried_rect.cuh"

struct ChangeRegion {
  ChangeCells cells;
  const int *list;   // (window)
  const int *count;
  const float *directions;  // (directions; size)
  const int *direction;     // (rows)
  const int *direction_rows;
  int *wrong_index;
  long long end;
  float *y;          // (rows), or null
  float *carried;    // (window; outputs, H, W), or null
};

struct RegionInput {
  const float *d;  // [y][x][channel]
  ChangeRect rect;
  int margin, pitch, row;
  int first, channels;
};

// Where the sums of a layer go: into shared memory for the next one, into a row, or into a sum.
struct RegionOutput {
  const float *clean;      // of this base
  const float *direction;  // of this cell
  float *to;               // [y][x][channel], or (outputs, H, W)
  ChangeRect rect;
  int margin, pitch, row;
  int height, width;
  int activation, end;
  bool keeps, rounds, scatters;
  float sum;

  PB_DEVICE void take(int channel, int y, int x, float moved) {
    if (keeps) {
      to[(y - rect.y0 + margin) * row + (x - rect.x0 + margin) * pitch + channel] =
          rounds ? change_bf16(moved) : moved;
    } else {
      const int at = (channel * height + y) * width + x;
      if (scatters) {
        to[at] = moved;
      } else {
        sum = change_measured(end, sum, moved, end == kChangeProducts ? direction[at] : 0.0f);
      }
    }
  }
};

// Adds one tap of P pixels, whose inputs begin at x[i] + offset, to two channels of each.
template <int P>
PB_DEVICE void region_tap(const float *d, const int (&x)[P], int offset, const float *w, int next,
                          int channels, float (&a)[P], float (&b)[P]) {
  int c = 0;
  for (; c + 4 <= channels; c += 4) {
    float4 v[P];
#pragma unroll
    for (int i = 0; i < P; i++) v[i] = *reinterpret_cast<const float4 *>(d + x[i] + offset + c);
    float2 u[4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
      u[j] = *reinterpret_cast<const float2 *>(w + (c + j) * next);
    }
#pragma unroll
    for (int i = 0; i < P; i++) {
      a[i] = fmaf(v[i].x, u[0].x, a[i]);
      b[i] = fmaf(v[i].x, u[0].y, b[i]);
      a[i] = fmaf(v[i].y, u[1].x, a[i]);
      b[i] = fmaf(v[i].y, u[1].y, b[i]);
      a[i] = fmaf(v[i].z, u[2].x, a[i]);
      b[i] = fmaf(v[i].z, u[2].y, b[i]);
      a[i] = fmaf(v[i].w, u[3].x, a[i]);
      b[i] = fmaf(v[i].w, u[3].y, b[i]);
    }
  }
  for (; c < channels; c++) {
    const float2 u = *reinterpret_cast<const float2 *>(w + c * next);
#pragma unroll
    for (int i = 0; i < P; i++) {
      const float v = d[x[i] + offset + c];
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
      x[i] = (iy + apart * (at / columns)) * in.row + (ix + apart * (at % columns)) * in.pitch;
    }
    float a[P] = {};
    float b[P] = {};
    const int next = 2 * pairs;
    for (int ty = 0; ty < T; ty++) {
      for (int tx = 0; tx < T; tx++) {
        const int tap = up ? (ky - 2 * ty) * 4 + kx - 2 * tx : 4 * ty + tx;
        const float *w = l.weights + (tap * channels + in.first) * next + o;
        region_tap<P>(in.d, x, ty * in.row + tx * in.pitch, w, next, in.channels, a, b);
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

// The last layer onto an image of C channels. The pixels (2 m - 1, 2 m) both ways see inputs m - 1
// and m.
template <int C>
PB_DEVICE void region_image(const RegionLayer &l, const RegionInput &in, RegionOutput &out) {
  const int down = in.rect.height() + 1;
  const int across = in.rect.width() + 1;
  const int channels = static_cast<int>(l.channels);
  // Weights are read in fours where they lie so.
  const int whole = (channels | in.first) % 4 == 0 ? in.channels : 0;
  for (int quad = threadIdx.x; quad < down * across; quad += blockDim.x) {
    const int m = quad / across;
    const int n = quad % across;
    const float *x = in.d + m * in.row + n * in.pitch;
    float sums[C][2][2] = {};
    int c = 0;
    for (; c + 4 <= whole; c += 4) {
#pragma unroll
      for (int t = 0; t < 4; t++) {
        const float4 v =
            *reinterpret_cast<const float4 *>(x + (t >> 1) * in.row + (t & 1) * in.pitch + c);
#pragma unroll
        for (int s = 0; s < 4 * C; s++) {
          const int dy = s >> 1 & 1;
          const int dx = s & 1;
          const int tap = (2 + dy - 2 * (t >> 1)) * 4 + 2 + dx - 2 * (t & 1);
          const float4 w = *reinterpret_cast<const float4 *>(
              l.weights + (tap * C + (s >> 2)) * channels + in.first + c);
          float &sum = sums[s >> 2][dy][dx];
          sum = fmaf(v.x, w.x, sum);
          sum = fmaf(v.y, w.y, sum);
          sum = fmaf(v.z, w.z, sum);
          sum = fmaf(v.w, w.w, sum);
        }
      }
    }
    for (; c < in.channels; c++) {
#pragma unroll
      for (int t = 0; t < 4; t++) {
        const float v = x[(t >> 1) * in.row + (t & 1) * in.pitch + c];
#pragma unroll
        for (int s = 0; s < 4 * C; s++) {
          const int dy = s >> 1 & 1;
          const int dx = s & 1;
          const int tap = (2 + dy - 2 * (t >> 1)) * 4 + 2 + dx - 2 * (t & 1);
          float &sum = sums[s >> 2][dy][dx];
          sum = fmaf(v, l.weights[(tap * C + (s >> 2)) * channels + in.first + c], sum);
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

PB_DEVICE void region_clear(float *room, int floats) {
  for (int i = 4 * threadIdx.x; i < floats; i += 4 * blockDim.x) {
    *reinterpret_cast<float4 *>(room + i) = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  }
}

// The patch's own change, into a room that is zero.
PB_DEVICE void region_patch(const ChangeCells &p, int cell, const RegionInput &in, float *room) {
  const int ranges = *p.range_rows;
  const int w = static_cast<int>(p.layers[0].width);
  const int plane = static_cast<int>(p.layers[0].height) * w;
  for (int i = p.covers[4ll * cell + 3]; i < ranges && p.ranges[i].row == cell; i++) {
    for (int unit = p.ranges[i].begin + threadIdx.x; unit < p.ranges[i].end; unit += blockDim.x) {
      const int y = unit % plane / w - in.rect.y0 + in.margin;
      const int x = unit % w - in.rect.x0 + in.margin;
      room[y * in.row + x * in.pitch + unit / plane - in.first] = change_of_unit(p, cell, unit);
    }
  }
}

PB_DEVICE void region_cell(const ChangeRegion &p, int number, float *room) {
  const ChangeCells &c = p.cells;
  const int cell = p.list[number];
  const long long base = c.base[cell];
  const ChangeCover cover = change_kept(c.covers + 4ll * cell);
  float *rooms[2] = {room + 32, room + 32 + change_rooms(c, cover).even};
  RegionInput in = {rooms[0],
                    cover.rect,
                    change_margin(c.layers[0]),
                    change_pitch(cover.channels),
                    0,
                    cover.first,
                    cover.channels};
  in.row = (in.rect.width() + 2 * in.margin) * in.pitch;
  region_clear(rooms[0], change_room(c.layers[0], in.rect, in.channels));
  const RegionLayer &last = c.layers[c.regional - 1];
  const long long size = last.outputs * change_out_height(last) * change_out_width(last);
  float *carried = p.carried == nullptr ? nullptr : p.carried + number * size;
  for (int i = threadIdx.x; carried != nullptr && i < size; i += blockDim.x) carried[i] = 0.0f;
  __syncthreads();
  region_patch(c, cell, in, rooms[0]);
  RegionOutput out;
  out.direction = nullptr;
  if (p.carried == nullptr && p.end == kChangeProducts) {
    const int along = p.direction[cell];
    const bool known = along >= 0 && along < *p.direction_rows;
    if (!known && threadIdx.x == 0) *p.wrong_index = cell + 1;
    out.direction = p.directions + (known ? along : 0) * size;
  }
  out.end = static_cast<int>(p.end);
  out.sum = 0.0f;
  for (int i = 0; i < c.regional; i++) {
    const RegionLayer &l = c.layers[i];
    const bool keeps = i + 1 < c.regional;
    out.keeps = keeps;
    out.scatters = carried != nullptr;
    out.height = change_out_height(l);
    out.width = change_out_width(l);
    out.clean = l.clean + base * l.outputs * out.height * out.width;
    out.activation = static_cast<int>(l.activation);
    out.rect = change_reach(l, in.rect);
    out.rounds = false;
    out.to = carried;
    const int channels = static_cast<int>(l.outputs);
    if (keeps) {
      const RegionLayer &next = c.layers[i + 1];
      out.rounds = next.rounds != 0;
      out.to = rooms[(i + 1) % 2];
      out.margin = change_margin(next);
      out.pitch = change_pitch(channels);
      out.row = (out.rect.width() + 2 * out.margin) * out.pitch;
      region_clear(out.to, change_room(next, out.rect, channels));
    }
    __syncthreads();
    if (l.kind == kOntoImage) {
      if (channels == 1) {
        region_image<1>(l, in, out);
      } else {
        region_image<3>(l, in, out);
      }
    } else if (l.kind == kUp) {
      if (out.rect.height() * out.rect.width() <= 16) {
        region_features<4, 2>(l, in, out);
      } else {
        region_features<8, 2>(l, in, out);
      }
    } else {
      if (out.rect.height() * out.rect.width() <= 4) {
        region_features<4, 4>(l, in, out);
      } else {
        region_features<8, 4>(l, in, out);
      }
    }
    __syncthreads();
    in = {out.to, out.rect, out.margin, out.pitch, out.row, 0, channels};
  }
  if (carried != nullptr) return;
  const float sum = change_block_sum(out.sum, room);
  if (threadIdx.x == 0) p.y[cell] = sum;
}

PB_KERNEL(change_region, ChangeRegion, 256, 2) {
  PB_SHARED(shared);
  const int count = *p.count;
  for (int number = blockIdx.x; number < count; number += gridDim.x) {
    region_cell(p, number, reinterpret_cast<float *>(shared));
    __syncthreads();
  }
}
