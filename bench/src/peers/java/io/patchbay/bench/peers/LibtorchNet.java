package io.patchbay.bench.peers;

import io.patchbay.bench.Affine;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.Layer;
import io.patchbay.bench.NetSite;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/// The reference net in libtorch's own operators, with ReLU in place where no gradient needs its
/// input.
final class LibtorchNet {
  private static final long[] STRIDE = {2, 2};
  private static final long[] PADDING = {1, 1};
  private static final long[] NONE = {0, 0};
  private static final long[] DILATION = {1, 1};

  private static final List<NetSite> ENCODER =
      List.of(NetSite.E1, NetSite.E2, NetSite.E3, NetSite.E4);
  private static final List<NetSite> DECODER = List.of(NetSite.D1, NetSite.D2, NetSite.D3);

  private final boolean channelsLast;
  private final boolean gradients;
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<TensorOptional> biases = new ArrayList<>();

  LibtorchNet(Conv4Weights weights, boolean channelsLast, boolean gradients) {
    this.channelsLast = channelsLast;
    this.gradients = gradients;
    Layer.half(true).forEach(layer -> addConvolution(weights, layer));
    addLinear(weights.encoder().get(4));
    addLinear(weights.encoder().get(5));
    addLinear(weights.decoder().get(0));
    addLinear(weights.decoder().get(1));
    Layer.half(false).forEach(layer -> addConvolution(weights, layer));
  }

  /// Weights and biases in the order of the layers.
  List<Tensor> parameters() {
    return parameters;
  }

  /// Sees the value of every site on its way, `(n, C, H, W)`, and may change it in place.
  @FunctionalInterface
  interface Hook {
    /// Leaves everything as it is.
    Hook NONE = (_, _) -> {};

    void at(NetSite site, Tensor value);
  }

  /// Images `(n, 1, 64, 64)` to means and log-variances `(n, 20)`.
  Tensor encode(Tensor images) {
    return encode(images, Hook.NONE);
  }

  /// As [#encode(Tensor)], with a hook at the images and after every convolution.
  Tensor encode(Tensor images, Hook hook) {
    Tensor x = images;
    hook.at(NetSite.INPUT, x);
    for (int i = 0; i < 4; i++) {
      x = torch.conv2d(x, weight(i), bias(i), STRIDE, PADDING, DILATION, 1).relu_();
      hook.at(ENCODER.get(i), x);
    }
    x = x.reshape(x.size(0), Conv4Weights.FLAT);
    x = torch.linear(x, weight(4), bias(4)).relu_();
    return torch.linear(x, weight(5), bias(5));
  }

  /// Latents `(n, 10)` to logits `(n, 1, 64, 64)`.
  Tensor decode(Tensor latents) {
    return decode(latents, Hook.NONE);
  }

  /// As [#decode(Tensor)], with a hook before every convolution.
  Tensor decode(Tensor latents, Hook hook) {
    Tensor x = torch.linear(latents, weight(6), bias(6)).relu_();
    x = torch.linear(x, weight(7), bias(7)).relu_().view(latents.size(0), 64, 4, 4);
    if (channelsLast) {
      x = x.contiguous(MemoryFormat.ChannelsLast);
    }
    hook.at(NetSite.FLAT, x);
    for (int i = 8; i < 12; i++) {
      x = torch.conv_transpose2d(x, weight(i), bias(i), STRIDE, PADDING, NONE, 1, DILATION);
      if (i < 11) {
        x = x.relu_();
        hook.at(DECODER.get(i - 8), x);
      }
    }
    return x;
  }

  /// A tensor that owns a copy of `values`.
  static Tensor tensor(float[] values, long... shape) {
    try (FloatPointer pointer = new FloatPointer(values)) {
      return torch.from_blob(pointer, shape).clone();
    }
  }

  /// The tensor's values in logical order.
  static float[] values(Tensor tensor) {
    final Tensor dense = tensor.detach().contiguous();
    final float[] values = new float[Math.toIntExact(dense.numel())];
    dense.data_ptr_float().get(values);
    return values;
  }

  private void addConvolution(Conv4Weights weights, Layer layer) {
    final Affine affine = weights.of(layer);
    Tensor weight = tensor(affine.weight(), layer.smallChannels(), layer.largeChannels(), 4, 4);
    if (channelsLast) {
      weight = weight.contiguous(MemoryFormat.ChannelsLast);
    }
    add(weight, affine);
  }

  private void addLinear(Affine affine) {
    final long outputs = affine.bias().length;
    add(tensor(affine.weight(), outputs, affine.weight().length / outputs), affine);
  }

  private void add(Tensor weight, Affine affine) {
    final Tensor bias = tensor(affine.bias(), affine.bias().length);
    weight.set_requires_grad(gradients);
    bias.set_requires_grad(gradients);
    parameters.add(weight);
    parameters.add(bias);
    biases.add(new TensorOptional(bias));
  }

  private Tensor weight(int layer) {
    return parameters.get(2 * layer);
  }

  private TensorOptional bias(int layer) {
    return biases.get(layer);
  }
}
