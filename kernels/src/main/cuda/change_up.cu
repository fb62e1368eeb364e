// The change of a rectified transposed convolution (k4 s2 p1), many cells in one launch.
//
//   out = relu(a[base] + W in) - relu(a[base])
//
// in: (cells; H, H, CIN) bf16; out: (cells; 2 H, 2 H, COUT) bf16; a: (bases; 2 H, 2 H, COUT) fp16,
// the layer's clean value before the rectifier. Sums in float32.
//
// Method. The output pixels (2 i + py, 2 j + px) of one phase see 2 x 2 inputs: a product of
// (pixels, 4 CIN) by (4 CIN, COUT) without zero taps. A warp owns one phase and 32 outputs and keeps
// their weights, CIN * 4 * 32 bf16, in 2 CIN registers a lane for its whole life; eight warps hold
// 4 phases x 64 outputs, or twice 4 phases x 32. Only inputs pass through shared memory: cells with
// a border of zeros, a pixel's channels padded by 16 bytes, so that the 8 rows of a tile that
// ldmatrix reads fall on 32 banks. Blocks are persistent; batches of cells arrive by cp.async, STAGES
// deep, with the numbers of their bases. A warp takes 16 pixels at a time and has two sets of sums:
// between the products of one tile it bends and writes the sums of the tile before.
//
// A cell (H = 4, 64 to 64 | H = 8, 64 to 32):
//   operations    2 * 1,048,576 | 2 * 2,097,152, or 512 | 1,024 m16n8k16
//   shared bytes  128 per m16n8k16: 64 KiB | 128 KiB read, 2 KiB | 8 KiB written
//   L2 bytes      2 + 8 + 8 KiB | 8 + 16 + 16 KiB: in, clean, out
// A multiprocessor of an H100 takes about 1.6 clocks for an m16n8k16 from mma.sync and 1 for 128
// shared bytes: 820 | 1,640 clocks a cell, so 282 | 141 million cells a second at most, all 132.
#include "staged_images.cuh"

namespace {

template <int CIN, int COUT, int HIN, int CELLS, int STAGES>
struct ChangeUp {
  using Cells = StagedImages<2 * CIN, HIN, CELLS, STAGES>;
  static constexpr int kGroups = COUT / 32;
  static constexpr int kAcross = 2 / kGroups;  // warps that share the tiles
  static constexpr int kSteps = 4 * CIN / 16;
  static constexpr int kCellTiles = HIN * HIN / 16;
  static constexpr int kAll = CELLS * kCellTiles;
  static constexpr int kOut = 4 * HIN * HIN * COUT;  // outputs of a cell
  // Outputs between those of rows g and g + 8 of a tile.
  static constexpr int kEight = HIN < 16 ? 32 * COUT : 16 * COUT;
  static constexpr int kSet = kSteps < 12 ? 0 : 2;  // the step in which the tile before has its sums

  static_assert(CIN % 32 == 0 && CIN <= 64, "the weights of a warp must fit its registers");
  static_assert(COUT == 32 || COUT == 64, "eight warps share the work");
  static_assert(HIN * HIN % 16 == 0 && kAll % (2 * kAcross) == 0, "two whole tiles for every warp");

  // What is still to be done for a tile that is multiplied.
  struct Tile {
    uint4 clean[2];
    unsigned short *out;
    bool there;
  };

  unsigned weights[kSteps][8];
  const ChangeUpParams &p;
  const Cells images;
  int lane, group, part, py, px;

  PB_DEVICE ChangeUp(const ChangeUpParams &params, unsigned char *shared)
      : p(params), images{(const unsigned char *)params.in, params.base, shared, *params.cells} {
    const int warp = threadIdx.x >> 5;
    lane = threadIdx.x & 31;
    py = warp >> 1 & 1;
    px = warp & 1;
    group = (warp >> 2) % kGroups;
    part = (warp >> 2) / kGroups;
  }

  PB_DEVICE void load_weights() {
    const uint4 *from = (const uint4 *)p.weights + ((2 * py + px) * kGroups + group) * kSteps * 64 + 2 * lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const uint4 w = from[k * 64 + h];
        weights[k][4 * h] = w.x;
        weights[k][4 * h + 1] = w.y;
        weights[k][4 * h + 2] = w.z;
        weights[k][4 * h + 3] = w.w;
      }
    }
  }

  // Multiplies tile t of a batch that has arrived, and finishes the tile before.
  PB_DEVICE void multiply(int batch, const unsigned char *from, int t, float (&sums)[4][4],
                          const float (&before)[4][4], Tile &tile) const {
    const int c = t / kCellTiles;
    const int start = t % kCellTiles * 16;
    Tile next;
    next.there = images.there(batch, c);
    const long long base = next.there ? Cells::base_of(from, c) : 0;
    const int pixel = start + (lane & 15);
    const unsigned char *row =
        from + c * Cells::kCell + Cells::place(pixel / HIN + py, pixel % HIN + px) + (lane >> 4) * 16;
    const int first = place(start + (lane >> 2));
    next.out = p.out + ((long long)batch * CELLS + c) * kOut + first;
    unsigned a[2][4];
    ldmatrix_x4(a[0], row);
#pragma unroll
    for (int i = 0; i < 16; i++) sums[i / 4][i % 4] = 0.0f;
    uint4 bent;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      if (k + 1 < kSteps) ldmatrix_x4(a[(k + 1) & 1], row + offset(k + 1));
#pragma unroll
      for (int j = 0; j < 4; j++) mma_bf16_16816(sums[j], a[k & 1], &weights[k][2 * j]);
      if (k == 1) {
        const unsigned short *clean = p.clean + base * kOut + first;
        next.clean[0] = *(const uint4 *)clean;
        next.clean[1] = *(const uint4 *)(clean + kEight);
      }
      if (k >= kSet && k < kSet + 8) finish((k - kSet) >> 2, (k - kSet) & 3, before, tile, bent);
    }
    tile = next;
  }

  // Outputs 2 j, 2 j + 1 of a lane in its row g + 8 h.
  PB_DEVICE static void finish(int h, int j, const float (&sums)[4][4], const Tile &tile, uint4 &bent) {
    const uint4 &clean = tile.clean[h];
    const float2 a = unpack_f16(j == 0 ? clean.x : j == 1 ? clean.y : j == 2 ? clean.z : clean.w);
    const unsigned pair =
        pack_bf16(change_bent(a.x, sums[j][2 * h]), change_bent(a.y, sums[j][2 * h + 1]));
    if (j == 0) bent.x = pair;
    if (j == 1) bent.y = pair;
    if (j == 2) bent.z = pair;
    if (j == 3) bent.w = pair;
    if (j == 3 && tile.there) *(uint4 *)(tile.out + h * kEight) = bent;
  }

  // Of step k's 16 inputs of a tap, from those of the tap's first channel.
  PB_DEVICE static constexpr int offset(int k) {
    const int tap = k / (CIN / 16);
    return Cells::place(tap >> 1, tap & 1) + k % (CIN / 16) * 32;
  }

  // Of a lane's outputs for input pixel `pixel`, in a cell.
  PB_DEVICE int place(int pixel) const {
    const int y = 2 * (pixel / HIN) + py;
    const int x = 2 * (pixel % HIN) + px;
    return (y * 2 * HIN + x) * COUT + group * 32 + (lane & 3) * 8;
  }

  PB_DEVICE void run() {
    float even[4][4] = {};
    float odd[4][4] = {};
    Tile tile = {};
    const bool some = images.each([&] { load_weights(); }, [&](int batch, const unsigned char *from) {
#pragma unroll 1
      for (int t = part; t < kAll; t += 2 * kAcross) {
        multiply(batch, from, t, even, odd, tile);
        multiply(batch, from, t + kAcross, odd, even, tile);
      }
    });
    if (!some) return;
    uint4 bent = {};
#pragma unroll
    for (int i = 0; i < 8; i++) finish(i >> 2, i & 3, odd, tile, bent);
  }
};

}  // namespace

#define PB_CHANGE_UP(name, cin, cout, hin, count, stages)       \
  PB_KERNEL(name, ChangeUpParams, 256, 1) {                     \
    PB_SHARED(bytes);                                            \
    ChangeUp<cin, cout, hin, count, stages>(p, bytes).run();     \
  }

PB_CHANGE_UP(change_up_64_64_4, 64, 64, 4, 4, 3)
PB_CHANGE_UP(change_up_64_32_8, 64, 32, 8, 2, 3)
