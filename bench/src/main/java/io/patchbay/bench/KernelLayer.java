package io.patchbay.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One convolution layer on the C++ kernel, in its own layout `(n, H, W, C)`, with the pool laid
/// out once as it would come from the layer before.
final class KernelLayer implements Contestant {
  private static final long ALIGNMENT = 64;

  private final Kernels kernels;
  private final Layer layer;
  private final int batch;
  private final int turns;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment pool;
  private final MemorySegment packed;
  private final MemorySegment bias;
  private final MemorySegment output;

  KernelLayer(
      final Kernels kernels,
      final Layer layer,
      final Affine affine,
      final InputPool inputs,
      final int batch) {
    this.kernels = kernels;
    this.layer = layer;
    this.batch = batch;
    final float[] input = inputs.layerInput(layer);
    this.turns = input.length / layer.inputSize() / batch;
    this.pool = floats(input.length);
    final int plane = layer.inputSide() * layer.inputSide();
    final int channels = layer.inputChannels();
    for (int i = 0; i < input.length; i++) {
      final int sample = i / layer.inputSize();
      final int channel = i / plane % channels;
      final long to = (long) sample * layer.inputSize() + (long) (i % plane) * channels + channel;
      pool.setAtIndex(ValueLayout.JAVA_FLOAT, to, input[i]);
    }
    final var weight = floats(affine.weight().length);
    MemorySegment.copy(
        affine.weight(), 0, weight, ValueLayout.JAVA_FLOAT, 0, affine.weight().length);
    this.packed = floats(affine.weight().length);
    this.bias = floats(affine.bias().length);
    MemorySegment.copy(affine.bias(), 0, bias, ValueLayout.JAVA_FLOAT, 0, affine.bias().length);
    this.output = floats((long) batch * layer.outputSize());
    kernels.pack(layer, weight, packed);
  }

  @Override
  public String form() {
    return kernels.isa() + ", batch " + batch;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void run(final int turn) {
    final long bytes = (long) batch * layer.inputSize() * Float.BYTES;
    kernels.convolve(
        layer,
        pool.asSlice(Math.floorMod(turn, turns) * bytes, bytes),
        packed,
        bias,
        output,
        batch);
  }

  @Override
  public float[] result() {
    final int plane = layer.outputSide() * layer.outputSide();
    final int channels = layer.outputChannels();
    final float[] values = new float[batch * layer.outputSize()];
    for (int i = 0; i < values.length; i++) {
      final int sample = i / layer.outputSize();
      final int channel = i / plane % channels;
      final long from =
          (long) sample * layer.outputSize() + (long) (i % plane) * channels + channel;
      values[i] = output.getAtIndex(ValueLayout.JAVA_FLOAT, from);
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

  private MemorySegment floats(final long count) {
    return arena.allocate(count * Float.BYTES, ALIGNMENT);
  }
}
