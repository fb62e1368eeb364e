package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The kernels of convolutions with kernel 4, stride 2 and padding 1 onto squares of 4, 8, 16 or 32
/// pixels (`conv_down.cu`, `conv_up.cu`, `conv_up_thin.cu`, `conv_wgrad.cu`): which one a layer
/// takes, and in how many blocks.
final class HalvingForms {
  private static final int WARP = 32;

  /// Warps of a multiprocessor under which outputs are spread over more threads.
  private static final int FEW = 4;

  private static final int TAPS = 16;

  /// Of a multiprocessor with blocks that make parts of weight gradients.
  private static final int THREADS = 512;

  /// Steps of a block that makes a part of a weight gradient and has a multiprocessor for itself:
  /// with fewer, writing the part and adding it to the others would cost more, and no
  /// multiprocessor would be left for the gradient of the input, for which the layer before waits.
  private static final int STEPS = 4;

  private final List<Form> down;
  private final List<Form> up;
  private final List<WeightForm> weightGrads;
  private final HeldForms held;
  private final int busy;

  /// @param precision of the operands of layers with many channels; in float32 each is taken in two
  ///   parts of 11 bits, which is nearer to the sum than multiply-adds are
  HalvingForms(final Device device, final Precision precision) {
    held = new HeldForms(device, precision);
    busy = FEW * device.facts().multiprocessors();
    down = new ArrayList<>(List.of(down(device, "conv_down_32", 32, 8, 8, 4, 128)));
    up =
        new ArrayList<>(
            List.of(
                thin(device, "conv_up_to_1", 1, 8, 1, 4, 2),
                thin(device, "conv_up_to_3", 3, 4, 1, 4, 2),
                thin(device, "conv_up_to_1_few", 1, 2, 2, 8, 4),
                thin(device, "conv_up_to_3_few", 3, 2, 2, 8, 4)));
    down.add(down(device, "conv_down_16", 16, 8, 8, 4, 128));
    down.add(down(device, "conv_down_8", 8, 8, 8, 8, 128));
    down.add(down(device, "conv_down_4", 4, 4, 8, 8, 128));
    down.add(down(device, "conv_down_16_few", 16, 8, 2, 16, 256));
    down.add(down(device, "conv_down_8_few", 8, 8, 2, 32, 128));
    down.add(down(device, "conv_down_4_few", 4, 4, 2, 32, 128));
    up.add(up(device, "conv_up_16", 16, 8, 4, 8, 256));
    up.add(up(device, "conv_up_8", 8, 8, 4, 8, 256));
    up.add(up(device, "conv_up_4", 4, 4, 8, 8, 256));
    up.add(up(device, "conv_up_8_few", 8, 8, 1, 32, 256));
    up.add(up(device, "conv_up_4_few", 4, 4, 2, 32, 256));
    weightGrads =
        new ArrayList<>(
            List.of(
                weightGrad(device, "conv_wgrad", "conv_wgrad_32_of_1", 32, 1, 8),
                weightGrad(device, "conv_wgrad", "conv_wgrad_32_of_3", 32, 3, 8)));
    if (precision == Precision.TF32) {
      weightGrads.add(rounded(device, 16, 4, 1));
      weightGrads.add(rounded(device, 8, 8, 1));
      weightGrads.add(rounded(device, 4, 4, 4));
    } else {
      weightGrads.add(weightGrad(device, "conv_wgrad_tensor", "conv_wgrad_16_tf32x3", 16, 16, 4));
      weightGrads.add(weightGrad(device, "conv_wgrad_tensor", "conv_wgrad_8_tf32x3", 8, 16, 8));
      weightGrads.add(weightGrad(device, "conv_wgrad_tensor", "conv_wgrad_4_tf32x3", 4, 16, 4));
    }
  }

  /// How a kernel shares its work.
  ///
  /// @param width of the small side
  /// @param channels of the result that it is for alone, 0 for any number
  /// @param images of a block
  /// @param bands blocks of an image
  /// @param outputs channels of the result of a block
  private record Form(
      Kernel kernel,
      int width,
      int channels,
      int images,
      int bands,
      int outputs,
      int threads,
      int shared) {
    Launch launch(final int made, final int most) {
      return new Launch(
              Math.ceilDiv(Math.max(most, 1), images) * bands,
              Math.ceilDiv(made, outputs),
              threads,
              shared)
          .awaiting();
    }

    int warps(final int made, final int most) {
      final var launch = launch(made, most);
      return launch.blocksX() * launch.blocksY() * threads / WARP;
    }
  }

  /// @param channels of x of a block, which are all where they are fewer than 16
  /// @param bands of a row, which are summed over one after the other
  /// @param least bands of a part, if there are so many
  private record WeightForm(
      Kernel kernel, int width, int channels, int bands, int least, int threads, int shared) {}

  /// How a layer of at most `most` rows is computed, if one of these kernels can.
  Optional<Call> down(final Conv s, final int most, final Finish finish) {
    return held.down(s, most, finish).or(() -> call(down, s, s.o(), most));
  }

  /// As [#down].
  Optional<Call> up(final Conv s, final int most, final Finish finish) {
    return held.up(s, most, finish).or(() -> call(up, s, s.c(), most));
  }

  Optional<WeightCall> weightGrad(final Conv s) {
    return weightGrads.stream()
        .filter(f -> s.halvesSquare() && f.width() == s.ow())
        .filter(f -> f.channels() > 3 ? s.c() > 3 : f.channels() == s.c())
        .findFirst()
        .map(f ->
            new WeightCall(
                f.kernel(),
                Math.ceilDiv(s.c(), f.channels()) * Math.ceilDiv(s.o(), 32),
                f.bands(),
                f.least(),
                THREADS / f.threads(),
                f.threads(),
                f.shared(),
                f.channels() > 3,
                List.of()));
  }

  /// The first form that has enough warps for the device, else the one that has the most.
  private Optional<Call> call(
      final List<Form> forms, final Conv s, final int made, final int most) {
    final var fitting = new ArrayList<Form>();
    for (final var form : forms) {
      if (s.halvesSquare()
          && form.width() == s.ow()
          && (form.channels() == 0 ? made > 3 || form.width() == 32 : form.channels() == made)) {
        fitting.add(form);
      }
    }
    return fitting.stream()
        .filter(f -> f.warps(made, most) >= busy)
        .findFirst()
        .or(() -> fitting.stream().max(Comparator.comparingInt(f -> f.warps(made, most))))
        .map(f -> new Call(f.kernel(), f.launch(made, most)));
  }

  private static Form down(
      final Device device,
      final String name,
      final int w,
      final int run,
      final int each,
      final int groups,
      final int threads) {
    final int rows = threads / groups * run / w;
    return form(device, "conv_down", name, w, rows, each * groups, threads, 2 * w + 12, 0, 20);
  }

  private static Form up(
      final Device device,
      final String name,
      final int w,
      final int run,
      final int each,
      final int groups,
      final int threads) {
    final int rows = threads / groups / 2 * run / w;
    return form(
        device, "conv_up", name, w, rows, each * groups, threads, w == 4 ? 12 : w + 12, 0, 20);
  }

  /// @param rows of the small side that a block has, of one image or of several
  /// @param pitch of rows of the input in shared memory
  /// @param more floats after the input
  /// @param weightPitch of the taps of a pair of channels there
  private static Form form(
      final Device device,
      final String source,
      final String name,
      final int w,
      final int rows,
      final int outputs,
      final int threads,
      final int pitch,
      final int more,
      final int weightPitch) {
    final boolean down = source.startsWith("conv_down");
    final int channels = down ? 2 : 4;
    final int images = Math.max(1, rows / w);
    final int high = (down ? 2 : 1) * Math.min(rows, w) + 2;
    final int stage = images * channels * high * pitch + more + channels * outputs * weightPitch;
    return new Form(
        device.kernel(source, name),
        w,
        0,
        images,
        Math.max(1, w / rows),
        outputs,
        threads,
        2 * Float.BYTES * stage);
  }

  /// @param taken channels of the input of a step
  /// @param stages steps that a block has at once
  private static Form thin(
      final Device device,
      final String name,
      final int channels,
      final int strip,
      final int bands,
      final int taken,
      final int stages) {
    final int w = 32;
    final int rows = w / bands;
    final int stage = taken * (rows + 2) * (w + 8) + taken * channels * TAPS;
    return new Form(
        device.kernel("conv_up_thin", name),
        w,
        channels,
        1,
        bands,
        channels,
        w * rows / strip,
        stages * Float.BYTES * stage);
  }

  private static WeightForm weightGrad(
      final Device device,
      final String source,
      final String name,
      final int w,
      final int channels,
      final int rows) {
    final int plane = (2 * rows + 2) * (w == 32 ? 72 : pitch(w)) + 4;
    final int stage = channels * plane + 32 * (rows * w + 4);
    final int units = channels * 16;
    final int shares = 256 / units;
    final int sums = shares > 1 ? shares * units * 32 : 0;
    return new WeightForm(
        device.kernel(source, name),
        w,
        channels,
        w / rows,
        1,
        256,
        Float.BYTES * Math.max(2 * stage, sums));
  }

  /// @param rows of a band
  /// @param images of a step
  private static WeightForm rounded(
      final Device device, final int w, final int rows, final int images) {
    final int share = 32;
    final int x = images * share * (2 * rows + 2) * pitch(w) + 4;
    final int g = images * share * (rows * w + 4);
    return new WeightForm(
        device.kernel("conv_wgrad_rounded", "conv_wgrad_rounded_" + w),
        w,
        share,
        w / rows,
        STEPS * images,
        512,
        2 * Float.BYTES * (x + g));
  }

  /// Of rows of x in shared memory.
  private static int pitch(final int w) {
    return w == 16 ? 44 : 2 * w + 4;
  }
}
