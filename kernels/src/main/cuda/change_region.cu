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
// Method. A layer's input lies in shared memory [y][x][channel] with a margin of zeros;
// region_features.cuh and region_image.cuh say how the threads share a layer's outputs.
//
// Operations per cell: 2 per product above. Bytes: of the clean values what the rectangles cover, which
// all cells of a base share, and the weights, from the caches; 4 are written.
//
// A cell's result depends on that cell and its base alone.
#include "region_image.cuh"

struct ChangeRegion {
  ChangeCells cells;
  const int *list;   // (window)
  const int *count;
  const float *directions;  // (directions; size)
  const int *direction;     // (window)
  long long strips;  // whether high changes go in strips
  long long end;
  float *y;          // (rows), or null
  float *carried;    // (window; outputs, H, W), or null
};

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
      room[in.at + y * in.row + x * in.pitch + unit / plane - in.first] = change_of_unit(p, cell, unit);
    }
  }
}

// Layer i, the rectangle `made` of what it makes; `at`: where the next one takes it.
template <bool kUps, bool kDowns>
PB_DEVICE void region_layer(const ChangeCells &c, int i, long long base, const ChangeRect &made,
                            const RegionInput &in, RegionOutput &out, int at) {
  const RegionLayer &l = c.layers[i];
  const int channels = static_cast<int>(l.outputs);
  out.keeps = i + 1 < c.regional;
  out.height = change_out_height(l);
  out.width = change_out_width(l);
  out.clean = l.clean + base * l.outputs * out.height * out.width;
  out.activation = static_cast<int>(l.activation);
  out.rect = made;
  out.rounds = false;
  if (out.keeps) {
    const RegionLayer &next = c.layers[i + 1];
    out.rounds = next.rounds != 0;
    out.at = at;
    out.margin = change_margin(next);
    out.pitch = change_pitch(channels);
    out.row = (out.rect.width() + 2 * out.margin) * out.pitch;
    region_clear(out.room + at, change_room(next, out.rect, channels));
  }
  __syncthreads();
  const int area = out.rect.height() * out.rect.width();
  if (kUps && l.kind == kOntoImage) {
    const int plane = channels == 1 ? region_plane(l, in) : 0;
    if (plane > 0) {
      region_taps(l, in, out, plane);
    } else if (channels == 1) {
      region_image<1>(l, in, out);
    } else {
      region_image<3>(l, in, out);
    }
  } else if (kUps && l.kind == kUp) {
    if (area <= 16) {
      region_features<4, 2>(l, in, out);
    } else {
      region_features<8, 2>(l, in, out);
    }
  } else if (kDowns && l.kind == kDown) {
    // Rather all threads with few pixels each than few with many.
    if ((channels + 1) / 2 * ((area + 7) / 8) < static_cast<int>(blockDim.x)) {
      region_features<2, 4>(l, in, out);
    } else {
      region_features<8, 4>(l, in, out);
    }
  }
  __syncthreads();
}

template <bool kUps, bool kDowns>
PB_DEVICE void region_cell(const ChangeRegion &p, int number, float *room) {
  const ChangeCells &c = p.cells;
  const int cell = p.list[number];
  const long long base = c.base[cell];
  const ChangeCover cover = change_kept(c.covers + 4ll * cell);
  const int odd = kRegionSums + static_cast<int>(change_rooms(c, cover, p.strips != 0).even);
  RegionInput in = {kRegionSums,
                    cover.rect,
                    change_margin(c.layers[0]),
                    change_pitch(cover.channels),
                    0,
                    cover.first,
                    cover.channels};
  in.row = (in.rect.width() + 2 * in.margin) * in.pitch;
  region_clear(room + kRegionSums, change_room(c.layers[0], in.rect, in.channels));
  const RegionLayer &last = c.layers[c.regional - 1];
  const long long size = last.outputs * change_out_height(last) * change_out_width(last);
  float *carried = p.carried == nullptr ? nullptr : p.carried + number * size;
  for (int i = threadIdx.x; carried != nullptr && i < size; i += blockDim.x) carried[i] = 0.0f;
  __syncthreads();
  region_patch(c, cell, in, room);
  RegionOutput out;
  out.room = room;
  out.carried = carried;
  out.scatters = carried != nullptr;
  out.direction = nullptr;
  if (p.carried == nullptr && p.end == kChangeProducts) {
    out.direction = p.directions + p.direction[number] * size;
  }
  out.end = static_cast<int>(p.end);
  out.sum = 0.0f;
  RegionInput from = in;  // of the last layer but one, which strips begin with
  int strip = -1;         // the first row of this one's part of what it makes
  for (int i = 0; i < c.regional;) {
    const RegionLayer &l = c.layers[i];
    const bool ends = i + 1 == c.regional;
    ChangeRect made = change_reach(l, in.rect);
    if (p.strips && strip < 0 && !ends && change_stripped(c, i + 1, made)) {
      from = in;
      strip = made.y0;
    }
    int left = 0;
    if (strip >= 0) {
      const ChangeRect all = change_reach(c.layers[c.regional - 2], from.rect);
      const int past = change_least(strip + kStrip, all.y1);
      left = all.y1 - past;
      if (ends) {
        made = change_reach(l, all);
        if (strip > all.y0) made.y0 = 2 * strip;
        if (left > 0) made.y1 = 2 * past;
      } else {
        made.y0 = change_most(all.y0, strip - 1);
        made.y1 = change_least(all.y1, past + 1);
      }
    }
    region_layer<kUps, kDowns>(c, i, base, made, in, out, i % 2 == 0 ? odd : kRegionSums);
    if (ends && left > 0) {
      strip += kStrip;
      in = from;
      i--;
    } else {
      in = {out.at, out.rect, out.margin, out.pitch, out.row, 0, static_cast<int>(l.outputs)};
      i++;
    }
  }
  if (carried != nullptr) return;
  const float sum = change_block_sum(out.sum, room);
  if (threadIdx.x == 0) p.y[cell] = sum;
}

template <bool kUps, bool kDowns>
PB_DEVICE void region_cells(const ChangeRegion &p, float *room) {
  const int count = *p.count;
  for (int number = blockIdx.x; number < count; number += gridDim.x) {
    region_cell<kUps, kDowns>(p, number, room);
  }
}

// Chains of layers of one kind, which need fewer registers, and of any. Where these are compiled for an
// op of one's own, PB_ONE leaves out those that a program does not launch: each takes long.
#if !defined(PB_ONE) || defined(PB_ONE_change_region_up)
PB_KERNEL(change_region_up, ChangeRegion, 512, 1) {
  PB_SHARED(shared);
  region_cells<true, false>(p, reinterpret_cast<float *>(shared));
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_change_region_down)
PB_KERNEL(change_region_down, ChangeRegion, 512, 1) {
  PB_SHARED(shared);
  region_cells<false, true>(p, reinterpret_cast<float *>(shared));
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_change_region)
PB_KERNEL(change_region, ChangeRegion, 512, 1) {
  PB_SHARED(shared);
  region_cells<true, true>(p, reinterpret_cast<float *>(shared));
}
#endif
