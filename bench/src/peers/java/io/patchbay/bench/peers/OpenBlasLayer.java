package io.patchbay.bench.peers;

import io.patchbay.bench.Affine;
import io.patchbay.bench.Contestant;
import io.patchbay.bench.Layer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/// One layer as one product of matrices, pixels `(n, H, W, C)`, with the pool laid out once.
///
/// Each pixel of the small grid has a patch of 4 x 4 pixels of the large grid, `16 * C` numbers. A
/// strided convolution copies the patches side by side and multiplies; a transposed one multiplies
/// and adds the patches up.
final class OpenBlasLayer implements Contestant {
  private static final int KERNEL = 4;
  private static final int ALIGNMENT = 64;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private final Layer layer;
  private final int batch;
  private final int turns;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment pool;
  private final MemorySegment patches;
  private final MemorySegment output;
  private final FloatPointer weight;
  private final float[] bias;

  OpenBlasLayer(Layer layer, Affine affine, float[] pool, int batch) {
    this.layer = layer;
    this.batch = batch;
    this.turns = pool.length / layer.inputSize() / batch;
    this.bias = affine.bias();
    this.pool = floats(pool.length);
    final int plane = layer.inputSide() * layer.inputSide();
    for (int i = 0; i < pool.length; i++) {
      final int channel = i / plane % layer.inputChannels();
      final int pixel = i / layer.inputSize() * plane + i % plane;
      this.pool.setAtIndex(FLOAT, (long) pixel * layer.inputChannels() + channel, pool[i]);
    }
    this.patches = floats((long) pixels() * patch());
    this.output = floats((long) batch * layer.outputSize());
    this.weight = pointer(packed(affine.weight()));
  }

  /// The weight as a matrix: (patch, small channels) of a strided convolution, (small channels,
  /// patch) of a transposed one.
  private MemorySegment packed(float[] values) {
    final var to = floats(values.length);
    final int small = layer.smallChannels();
    final int large = layer.largeChannels();
    final int taps = KERNEL * KERNEL;
    for (int i = 0; i < values.length; i++) {
      final int s = i / taps / large;
      final long at = (long) (i % taps) * large + i / taps % large;
      to.setAtIndex(FLOAT, layer.down() ? at * small + s : (long) s * patch() + at, values[i]);
    }
    return to;
  }

  /// Pixels of the small grid in a batch.
  private int pixels() {
    return batch * layer.side() * layer.side();
  }

  private int patch() {
    return KERNEL * KERNEL * layer.largeChannels();
  }

  @Override
  public String form() {
    return "sgemm, batch " + batch;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void run(int turn) {
    final long bytes = (long) batch * layer.inputSize() * Float.BYTES;
    final var input = pool.asSlice(Math.floorMod(turn, turns) * bytes, bytes);
    for (long i = 0; i < (long) batch * layer.outputSize(); i++) {
      output.setAtIndex(FLOAT, i, bias[(int) (i % bias.length)]);
    }
    if (layer.down()) {
      gather(input);
      multiply(patches, layer.smallChannels(), patch(), 1, output);
    } else {
      multiply(input, patch(), layer.smallChannels(), 0, patches);
      scatter();
    }
    if (layer.relu()) {
      for (long i = 0; i < (long) batch * layer.outputSize(); i++) {
        output.setAtIndex(FLOAT, i, Math.max(0, output.getAtIndex(FLOAT, i)));
      }
    }
  }

  /// `to = a * weight + beta * to`, of `columns` columns.
  private void multiply(MemorySegment a, int columns, int inner, float beta, MemorySegment to) {
    openblas_nolapack.cblas_sgemm(
        openblas_nolapack.CblasRowMajor,
        openblas_nolapack.CblasNoTrans,
        openblas_nolapack.CblasNoTrans,
        pixels(),
        columns,
        inner,
        1,
        pointer(a),
        inner,
        weight,
        columns,
        beta,
        pointer(to),
        columns);
  }

  /// The patches of the input, taps outside of the image being 0.
  private void gather(MemorySegment input) {
    patches.fill((byte) 0);
    forEachRow((image, row, floats) ->
        MemorySegment.copy(
            input, FLOAT, image * Float.BYTES, patches, FLOAT, row * Float.BYTES, floats));
  }

  /// Adds the patches to the output.
  private void scatter() {
    forEachRow((image, row, floats) -> {
      for (long i = 0; i < floats; i++) {
        output.setAtIndex(
            FLOAT,
            image + i,
            output.getAtIndex(FLOAT, image + i) + patches.getAtIndex(FLOAT, row + i));
      }
    });
  }

  private interface RowAction {
    void accept(long image, long row, int floats);
  }

  /// Calls `action` with each row of each patch as far as it is inside the image: where it begins
  /// in the images of the large grid, where in the patches, and its floats.
  private void forEachRow(RowAction action) {
    final int channels = layer.largeChannels();
    final int wide = 2 * layer.side();
    for (int p = 0; p < pixels(); p++) {
      final int left = 2 * (p % layer.side()) - 1;
      final int top = 2 * (p / layer.side() % layer.side()) - 1;
      final int image = p / layer.side() / layer.side();
      final int from = Math.max(0, left);
      final int to = Math.min(wide, left + KERNEL);
      for (int y = Math.max(0, top); y < Math.min(wide, top + KERNEL); y++) {
        action.accept(
            (((long) image * wide + y) * wide + from) * channels,
            (long) p * patch() + ((long) (y - top) * KERNEL + from - left) * channels,
            (to - from) * channels);
      }
    }
  }

  @Override
  public float[] result() {
    final int plane = layer.outputSide() * layer.outputSide();
    final int channels = layer.outputChannels();
    final float[] values = new float[batch * layer.outputSize()];
    for (int i = 0; i < values.length; i++) {
      final int pixel = i / layer.outputSize() * plane + i % plane;
      values[i] = output.getAtIndex(FLOAT, (long) pixel * channels + i / plane % channels);
    }
    return values;
  }

  @Override
  public Output output() {
    return Output.ACTIVATIONS;
  }

  @Override
  public void close() {
    arena.close();
  }

  private MemorySegment floats(long count) {
    return arena.allocate(count * Float.BYTES, ALIGNMENT);
  }

  private static FloatPointer pointer(MemorySegment segment) {
    return new FloatPointer(segment.asByteBuffer().asFloatBuffer());
  }
}
