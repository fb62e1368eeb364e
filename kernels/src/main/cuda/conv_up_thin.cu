// The transposed convolution with kernel 4, stride 2 and padding 1 from (O, 32, 32) to an image of
// one or three channels, (C, 64, 64).
//
// A row takes 131 KiB to read and 16 KiB to write a channel, 50 ns at 3 TB/s, and 1.0 MFLOP a channel, 17 ns
// at 60 TFLOP/s, if shared memory is not read more often than the sums need: a lane owns a column
// of inputs and of it a strip of S pixels, reads each of S + 2 rows once with its neighbours, and makes
// from them the 4 S outputs of each channel: 3 (S + 2) loads for 16 S C multiply-adds. Input channels
// come four at a time, the next ones on their way meanwhile. For few rows an image has two blocks,
// strips are short, and 24 channels are on their way at a time, with the same bits.
#include "conv_halving.cuh"

namespace {

template <int C, int S, int BANDS, int CHANNELS, int STAGES>
struct UpThin {
  static constexpr int W = 32;
  static constexpr int kRows = W / BANDS;
  static constexpr int kThreads = W * (kRows / S);
  static constexpr int kChannels = CHANNELS;  // of a step
  static constexpr int kInRows = kRows + 2;
  static constexpr int kPitch = W + 8;
  static constexpr int kInput = kChannels * kInRows * kPitch;
  static constexpr int kStage = kInput + kChannels * C * kTaps;
  static constexpr int kShared = STAGES * 4 * kStage;
  static constexpr int kTogether = STAGES > 2 ? 2 : 1;  // so that loads of one meet sums of another
  static_assert(kShared <= 113 * 1024, "two blocks of a multiprocessor");

  const HalvingParams &p;
  float *shared;
  int image, band, channels;

  PB_DEVICE UpThin(const HalvingParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), image((int)blockIdx.x / BANDS),
        band((int)blockIdx.x % BANDS * kRows), channels((int)params.o) {}

  // Step `step` of this block's channels.
  PB_DEVICE void copy(int step) const {
    float *stage = shared + step % STAGES * kStage;
    const int channel = step * kChannels;
    if (channel < channels) {
      const float *from = p.x + (long long)image * channels * (W * W);
      constexpr int kAcross = W / 4;
#pragma unroll 1
      for (int i = (int)threadIdx.x; i < kChannels * kInRows * kAcross; i += kThreads) {
        const int across = i % kAcross;
        const int row = i / kAcross % kInRows;
        const int o = i / (kAcross * kInRows);
        const int y = band - 1 + row;
        const bool is = y >= 0 && y < W && channel + o < channels;
        cp_async_16_zero(stage + (o * kInRows + row) * kPitch + 4 + 4 * across,
                         is ? from + ((channel + o) * W + y) * W + 4 * across : p.x, is);
      }
      for (int i = (int)threadIdx.x; i < kChannels * C * 4; i += kThreads) {
        const bool is = channel + i / (4 * C) < channels;
        cp_async_16_zero(stage + kInput + 4 * i, is ? p.w + channel * C * kTaps + 4 * i : p.w, is);
      }
    }
    cp_async_commit();
  }

  // @param some of the channels of a step that there are
  PB_DEVICE void add(const float *stage, int some, int first, int column, float (&sums)[C][S][2][2]) const {
#pragma unroll kTogether
    for (int o = 0; o < kChannels && o < some; o++) {
      const float *x = stage + (o * kInRows + first) * kPitch + 4 + column;
      float seen[S + 2][3];
#pragma unroll
      for (int r = 0; r < S + 2; r++) {
#pragma unroll
        for (int b = 0; b < 3; b++) seen[r][b] = x[r * kPitch + b - 1];
      }
#pragma unroll
      for (int c = 0; c < C; c++) {
        float taps[4][4];
#pragma unroll
        for (int ky = 0; ky < 4; ky++) {
          load_run<4>(stage + kInput + (o * C + c) * kTaps + 4 * ky, taps[ky]);
        }
#pragma unroll
        for (int s = 0; s < 4; s++) {
          const int down = s / 2;
          const int across = s % 2;
#pragma unroll
          for (int a = 0; a < S; a++) {
#pragma unroll
            for (int py = 0; py < 2; py++) {
#pragma unroll
              for (int px = 0; px < 2; px++) {
                sums[c][a][py][px] = fmaf(seen[a + 1 + py - down][1 + px - across],
                                          taps[1 - py + 2 * down][1 - px + 2 * across],
                                          sums[c][a][py][px]);
              }
            }
          }
        }
      }
    }
  }

  PB_DEVICE void run() {
    await_predecessors();
    if (image >= *p.rows) return;
    const int column = (int)threadIdx.x % W;
    const int first = (int)threadIdx.x / W * S;
    for (int i = 0; i < STAGES; i++) clear_borders<W>(shared + i * kStage, kChannels * kInRows, kPitch);
    for (int i = 0; i < STAGES - 1; i++) copy(i);
    const bool loaded = ends_loaded(p.finish) && p.finish.gate == nullptr;
    float bias[C] = {};
#pragma unroll
    for (int c = 0; c < C; c++) {
      if (loaded && p.finish.bias != nullptr) bias[c] = p.finish.bias[c];
    }
    float sums[C][S][2][2] = {};
    for (int step = 0; step * kChannels < channels; step++) {
      cp_async_wait<STAGES - 2>();
      __syncthreads();
      copy(step + STAGES - 1);
      add(shared + step % STAGES * kStage, channels - step * kChannels, first, column, sums);
    }
    constexpr int kSize = C * 4 * W * W;
#pragma unroll
    for (int c = 0; c < C; c++) {
#pragma unroll
      for (int a = 0; a < S; a++) {
#pragma unroll
        for (int py = 0; py < 2; py++) {
          const int element = (c * 2 * W + 2 * (band + first + a) + py) * 2 * W + 2 * column;
          if (loaded) {
            finish_loaded<2>(p.finish, bias[c], 0, 0, sums[c][a][py]);
          } else {
            finish<2, false>(p.finish, image, kSize, element, c, sums[c][a][py]);
          }
          store_run<2>(p.y + (long long)image * kSize + element, sums[c][a][py]);
        }
      }
    }
  }
};

}  // namespace

#define PB_UP_THIN(name, c, s, bands, channels, stages, threads, blocks) \
  PB_KERNEL(name, HalvingParams, threads, blocks) {                      \
    PB_SHARED(shared);                                                   \
    UpThin<c, s, bands, channels, stages>(p, shared).run();              \
  }

PB_UP_THIN(conv_up_to_1, 1, 8, 1, 4, 2, 128, 4)
PB_UP_THIN(conv_up_to_3, 3, 4, 1, 4, 2, 256, 2)
PB_UP_THIN(conv_up_to_1_few, 1, 2, 2, 8, 4, 256, 2)
PB_UP_THIN(conv_up_to_3_few, 3, 2, 2, 8, 4, 256, 2)
