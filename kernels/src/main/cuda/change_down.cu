// The change of a rectified convolution (k4 s2 p1), many cells in one launch.
//
//   out = relu(a[base] + W in) - relu(a[base])
//
// in: (cells; 2 H, 2 H, CIN) bf16; out: (cells; H, H, COUT) bf16, or float32 in (C, H, W) order (wide:
// for a linear layer, which rounds nothing); a: (bases; H, H, COUT) fp16. Sums in float32.
//
// Method. A product of (pixels, 16 CIN) by (16 CIN, COUT). A warp owns 256 of the inputs, one row of
// the kernel with 64 channels or two with 32, and 32 outputs, and keeps their weights in 128
// registers a lane for its whole life. So 2 or 4 warps share a sum: each has a part of the 16 x 32
// sums of a tile to finish, hands the others their parts through shared memory when its products
// are done, and finishes its part between the products of the next tile: one barrier of these warps
// a tile, two buffers. Inputs: as in staged_images.cuh, even and odd columns apart, because a tile
// takes every second pixel.
//
// A cell (32x32x32 to 16x16x32 | 16x16x32 to 8x8x64 | 8x8x64 to 4x4x64):
//   operations    2 * 4,194,304 | 2 * 2,097,152 | 2 * 1,048,576, or 2,048 | 1,024 | 512 m16n8k16
//   shared bytes  128 per m16n8k16, and 32 | 32 | 48 handed over
//   L2 bytes      64 + 16 + 16 | 16 + 8 + 8 | 8 + 2 + 2 KiB: in, clean, out
// At 1.6 clocks for an m16n8k16 3,280 | 1,640 | 820 clocks of a multiprocessor of an H100: 5,740 for
// the three, 40 million cells a second at most.
#include "staged_images.cuh"

namespace {

template <int CIN, int COUT, int HOUT, int CELLS, int STAGES, bool WIDE>
struct ChangeDown {
  using Cells = StagedImages<2 * CIN, 2 * HOUT, CELLS, STAGES, true>;
  static constexpr int kSteps = 16;
  static constexpr int kParts = CIN / 16;       // warps that share a sum
  static constexpr int kRows = 4 / kParts;      // of the kernel, a warp
  static constexpr int kGroups = COUT / 32;
  static constexpr int kTeams = 8 / kParts;
  static constexpr int kAcross = kTeams / kGroups;  // teams that share the tiles
  static constexpr int kCellTiles = HOUT * HOUT / 16;
  static constexpr int kAll = CELLS * kCellTiles;
  static constexpr int kOut = HOUT * HOUT * COUT;
  static constexpr int kFloats = 16 / kParts;   // of a lane, to be finished
  static constexpr int kQuads = kFloats / 4;
  static constexpr int kHanded = 2 * kTeams * kParts * (kParts - 1) * kQuads * 512;

  static_assert(CIN == 32 || CIN == 64, "2 or 4 warps share a sum");
  static_assert(kHanded == change_down_handed(CIN), "what the host is told");
  static_assert(kAcross >= 1 && kAll % kAcross == 0, "as many tiles for every warp");

  struct Tile {
    unsigned clean[kFloats / 2];
    unsigned short *out;
    bool there;
  };

  unsigned weights[kSteps][8];
  const ChangeUpParams &p;
  const Cells images;
  float4 *handed;  // [2][team][to][from][quad][lane]
  int lane, part, team, group;

  PB_DEVICE ChangeDown(const ChangeUpParams &params, unsigned char *shared)
      : p(params),
        images{(const unsigned char *)params.in, params.base, shared, *params.cells},
        handed((float4 *)(shared + Cells::kShared)) {
    const int warp = threadIdx.x >> 5;
    lane = threadIdx.x & 31;
    part = warp % kParts;
    team = warp / kParts;
    group = team % kGroups;
  }

  PB_DEVICE void load_weights() {
    const uint4 *from = (const uint4 *)p.weights + (group * CIN + part * kSteps) * 64 + 2 * lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const uint4 w = from[k * 64 + h];
        weights[k][4 * h] = w.x, weights[k][4 * h + 1] = w.y;
        weights[k][4 * h + 2] = w.z, weights[k][4 * h + 3] = w.w;
      }
    }
  }

  // The 16 sums of a lane in parts: its row g, its row g + 8; or of each the outputs of two n8 tiles.
  PB_DEVICE static float sum(const float (&sums)[4][4], int of, int i) {
    const int h = kParts == 2 ? of : of >> 1;
    const int j = kParts == 2 ? i >> 1 : (of & 1) * 2 + (i >> 1);
    return sums[j][2 * h + (i & 1)];
  }

  // Where `from` puts what `to` finishes.
  PB_DEVICE float4 *hand(int buffer, int to, int from) const {
    const int place = ((buffer * kTeams + team) * kParts + to) * (kParts - 1) + from - (from > to ? 1 : 0);
    return handed + place * kQuads * 32 + lane;
  }

  // Multiplies tile t of a batch that has arrived, and finishes the part `own` of the tile before.
  PB_DEVICE void multiply(int batch, const unsigned char *from, int t, int buffer, float (&own)[kFloats],
                          Tile &tile) const {
    const int c = t / kCellTiles;
    const int start = t % kCellTiles * 16;
    Tile next;
    next.there = images.there(batch, c);
    const long long base = next.there ? Cells::base_of(from, c) : 0;
    const int pixel = start + (lane & 15);
    const unsigned char *row = from + c * Cells::kCell +
                               Cells::place(2 * (pixel / HOUT) + part * kRows, 2 * (pixel % HOUT)) + (lane >> 4) * 16;
    const int first = place(start);
    next.out = p.out + (WIDE ? 2 : 1) * (((long long)batch * CELLS + c) * kOut + (WIDE ? place_wide(start) : first));
    float sums[4][4] = {};
    unsigned a[2][4];
    ldmatrix_x4(a[0], row);
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      if (k + 1 < kSteps) ldmatrix_x4(a[(k + 1) & 1], row + offset(k + 1));
#pragma unroll
      for (int j = 0; j < 4; j++) mma_bf16_16816(sums[j], a[k & 1], &weights[k][2 * j]);
      if (k == 1) {
        const unsigned *clean = (const unsigned *)(p.clean + base * kOut + first);
        const uint2 low = *(const uint2 *)clean;
        next.clean[0] = low.x, next.clean[1] = low.y;
        if constexpr (kFloats == 8) {
          const uint2 high = *(const uint2 *)(clean + 2);
          next.clean[2] = high.x, next.clean[3] = high.y;
        }
      }
      if (k == 3) gather(buffer ^ 1, own);
      if (k == 6) finish(own, tile);
    }
    float parts[kParts][kFloats];
#pragma unroll
    for (int i = 0; i < 16; i++) parts[i / kFloats][i % kFloats] = sum(sums, i / kFloats, i % kFloats);
#pragma unroll
    for (int to = 0; to < kParts; to++) {
#pragma unroll
      for (int i = 0; i < kFloats; i++) own[i] = to == 0 || to == part ? parts[to][i] : own[i];
      if (to == part) continue;
      float4 *room = hand(buffer, to, part);
#pragma unroll
      for (int i = 0; i < kQuads; i++) {
        const float *four = parts[to] + 4 * i;
        room[32 * i] = make_float4(four[0], four[1], four[2], four[3]);
      }
    }
    tile = next;
  }

  // Waits for the others' sums and adds them, in the order of their inputs but for its own.
  PB_DEVICE void gather(int buffer, float (&own)[kFloats]) const {
    barrier_sync(1 + team, 32 * kParts);
#pragma unroll
    for (int s = 0; s < kParts - 1; s++) {
      const float4 *room = hand(buffer, part, s < part ? s : s + 1);
#pragma unroll
      for (int i = 0; i < kQuads; i++) {
        const float4 theirs = room[32 * i];
        own[4 * i] += theirs.x, own[4 * i + 1] += theirs.y;
        own[4 * i + 2] += theirs.z, own[4 * i + 3] += theirs.w;
      }
    }
  }

  PB_DEVICE static void finish(const float (&own)[kFloats], const Tile &tile) {
    float bent[kFloats];
#pragma unroll
    for (int i = 0; i < kFloats; i += 2) {
      const float2 a = unpack_f16(tile.clean[i / 2]);
      bent[i] = change_bent(a.x, own[i]);
      bent[i + 1] = change_bent(a.y, own[i + 1]);
    }
    if (!tile.there) return;
    if constexpr (WIDE) {
#pragma unroll
      for (int i = 0; i < kFloats; i++) ((float *)tile.out)[i * HOUT * HOUT] = bent[i];
    } else {
#pragma unroll
      for (int i = 0; i < kFloats; i += 4) {
        *(uint2 *)(tile.out + i) = make_uint2(pack_bf16(bent[i], bent[i + 1]), pack_bf16(bent[i + 2], bent[i + 3]));
      }
    }
  }

  // Of step k's 16 inputs of a tap, from those of the warp's first tap's first channel.
  PB_DEVICE static constexpr int offset(int k) {
    const int tap = k / (CIN / 16);
    return Cells::place(tap >> 2, tap & 3) + k % (CIN / 16) * 32;
  }

  // Of the outputs that a lane finishes: pixel and first channel.
  PB_DEVICE int pixel_of(int start) const { return start + (lane >> 2) + 8 * (kParts == 2 ? part : part >> 1); }
  PB_DEVICE int channel() const { return group * 32 + (lane & 3) * 8 + (kParts == 2 ? 0 : (part & 1) * 4); }
  PB_DEVICE int place(int start) const { return pixel_of(start) * COUT + channel(); }
  PB_DEVICE int place_wide(int start) const { return channel() * HOUT * HOUT + pixel_of(start); }

  PB_DEVICE void run() {
    float own[kFloats] = {};
    Tile tile = {};
    int buffer = 0;
    const bool some = images.each([&] { load_weights(); }, [&](int batch, const unsigned char *from) {
#pragma unroll 1
      for (int t = team / kGroups; t < kAll; t += kAcross) {
        multiply(batch, from, t, buffer, own, tile);
        buffer ^= 1;
      }
    });
    if (!some) return;
    gather(buffer ^ 1, own);
    finish(own, tile);
  }
};

}  // namespace

#define PB_CHANGE_DOWN(name, cin, cout, hout, count, stages, wide)   \
  PB_KERNEL(name, ChangeUpParams, 256, 1) {                          \
    PB_SHARED(bytes);                                                \
    ChangeDown<cin, cout, hout, count, stages, wide>(p, bytes).run(); \
  }

PB_CHANGE_DOWN(change_down_32_32_16, 32, 32, 16, 1, 2, false)
PB_CHANGE_DOWN(change_down_32_64_8, 32, 64, 8, 2, 3, false)
PB_CHANGE_DOWN(change_down_64_64_4_wide, 64, 64, 4, 4, 3, true)
