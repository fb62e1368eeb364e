package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import io.patchbay.bench.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Decode, encode or the full forward in libtorch. Every run has its own pointer scope, so its
/// temporaries go back to malloc at once; only the result of the last run stays until the next.
final class LibtorchInference implements Contestant {
  private final Workload workload;
  private final LibtorchNet net;
  private final boolean channelsLast;
  private final int batch;
  private final List<Tensor> images;
  private final List<Tensor> latents;
  private final List<Tensor> references;
  private Tensor result;

  LibtorchInference(
      Workload workload, Conv4Weights weights, InputPool inputs, boolean channelsLast, int batch) {
    this.workload = workload;
    this.channelsLast = channelsLast;
    this.batch = batch;
    this.net = new LibtorchNet(weights, channelsLast, false);
    this.images = batches(inputs.images(), batch, 1, 64, 64);
    this.references = batches(inputs.references(), batch, 1, 64, 64);
    this.latents = batches(inputs.latents(), batch, Conv4Weights.LATENTS);
    this.result = new Tensor();
  }

  @Override
  public String form() {
    return (channelsLast ? "channels_last" : "contiguous") + ", batch " + batch;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void run(int turn) {
    final int index = Math.floorMod(turn, images.size());
    result.close();
    try (PointerScope _ = new PointerScope();
        InferenceMode _ = new InferenceMode()) {
      // In-place operators return a view of a Java object that this scope will free.
      result = new Tensor(compute(index));
      result.retainReference();
    }
  }

  @Override
  public float[] result() {
    return LibtorchNet.values(result);
  }

  @Override
  public Output output() {
    return switch (workload) {
      case DECODE -> Output.IMAGES;
      case ENCODE -> Output.CODES;
      case FORWARD -> Output.EFFECTS;
      case TRAIN_STEP, E1, E2, E3, E4, D1, D2, D3, D4 ->
          throw new IllegalStateException("workload: label=" + workload.label());
    };
  }

  @Override
  public void close() {
    result.close();
  }

  private Tensor compute(int index) {
    return switch (workload) {
      case DECODE -> net.decode(latents.get(index)).sigmoid_();
      case ENCODE -> net.encode(images.get(index));
      case FORWARD -> {
        final Tensor means = net.encode(images.get(index)).narrow(1, 0, Conv4Weights.LATENTS);
        final Tensor difference =
            net.decode(means).sigmoid_().sub_(references.get(index)).square_();
        yield torch.sum(difference, 1, 2, 3);
      }
      case TRAIN_STEP, E1, E2, E3, E4, D1, D2, D3, D4 ->
          throw new IllegalStateException("workload: label=" + workload.label());
    };
  }

  private static List<Tensor> batches(float[] pool, int batch, long... sampleShape) {
    final int size = pool.length / InputPool.SAMPLES * batch;
    final long[] shape = new long[sampleShape.length + 1];
    shape[0] = batch;
    System.arraycopy(sampleShape, 0, shape, 1, sampleShape.length);
    final List<Tensor> batches = new ArrayList<>();
    for (int from = 0; from < pool.length; from += size) {
      batches.add(LibtorchNet.tensor(Arrays.copyOfRange(pool, from, from + size), shape));
    }
    return batches;
  }
}
