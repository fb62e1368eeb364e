package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// One training step in libtorch: forward, summed binary cross-entropy from logits plus KL, both
/// divided by the batch, autograd's backward, and libtorch's own Adam at 1e-4.
final class LibtorchTraining implements Contestant {
  private static final int BATCH = 64;
  private static final long SUM = 2;

  private final boolean channelsLast;
  private final LibtorchNet net;
  private final Adam adam;
  private final List<Tensor> images = new ArrayList<>();
  private final List<Tensor> noise = new ArrayList<>();
  private final Scalar half = new Scalar(0.5f);
  private final Scalar share = new Scalar(1.0f / BATCH);
  private final Scalar one = new Scalar(1.0f);
  private final TensorOptional absent = new TensorOptional();
  private float loss = Float.NaN;

  LibtorchTraining(Conv4Weights weights, InputPool inputs, boolean channelsLast) {
    this.channelsLast = channelsLast;
    this.net = new LibtorchNet(weights, channelsLast, true);
    final TensorVector parameters = new TensorVector(net.parameters().toArray(new Tensor[0]));
    this.adam = new Adam(parameters, new AdamOptions(Contestant.LEARNING_RATE));
    for (int from = 0; from < InputPool.SAMPLES; from += BATCH) {
      images.add(
          LibtorchNet.tensor(
              Arrays.copyOfRange(
                  inputs.images(),
                  from * Conv4Weights.PIXELS,
                  (from + BATCH) * Conv4Weights.PIXELS),
              BATCH,
              1,
              64,
              64));
      noise.add(
          LibtorchNet.tensor(
              Arrays.copyOfRange(
                  inputs.noise(),
                  from * Conv4Weights.LATENTS,
                  (from + BATCH) * Conv4Weights.LATENTS),
              BATCH,
              Conv4Weights.LATENTS));
    }
  }

  @Override
  public String form() {
    return (channelsLast ? "channels_last" : "contiguous") + ", batch " + BATCH;
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public void run(int turn) {
    final int index = Math.floorMod(turn, images.size());
    try (PointerScope _ = new PointerScope()) {
      adam.zero_grad();
      final Tensor codes = net.encode(images.get(index));
      final Tensor mean = codes.narrow(1, 0, Conv4Weights.LATENTS);
      final Tensor logVariance = codes.narrow(1, Conv4Weights.LATENTS, Conv4Weights.LATENTS);
      final Tensor latents = logVariance.mul(half).exp().mul(noise.get(index)).add(mean);
      final Tensor logits = net.decode(latents);
      final Tensor reconstruction =
          torch.binary_cross_entropy_with_logits(logits, images.get(index), absent, absent, SUM);
      final Tensor divergence =
          mean.square().add(logVariance.exp()).sub(logVariance).sub(one).sum().mul(half);
      final Tensor objective = reconstruction.add(divergence).mul(share);
      objective.backward();
      adam.step();
      loss = objective.item_float();
    }
  }

  @Override
  public float[] result() {
    return new float[] {loss};
  }

  @Override
  public Output output() {
    return Output.LOSS;
  }

  @Override
  public void close() {
    adam.close();
  }
}
