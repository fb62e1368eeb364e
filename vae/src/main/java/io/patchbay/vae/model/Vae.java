package io.patchbay.vae.model;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.vae.data.ImageShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A variational autoencoder as parts of graphs. It holds no values: parameters are states that a
/// backend's weights give values to.
///
/// Every place where an intervention may happen is a site: `input`, `encoder.convK.pre` and
/// `encoder.convK` (before and after the activation), the same for `encoder.fcK`, `encoder.mu`,
/// `encoder.logvar`, `latent.eps`, `latent.z`, `decoder.fcK.pre`, `decoder.fcK`,
/// `decoder.convtK.pre`, `decoder.convtK`, `output.logits`, `output`.
public record Vae(Architecture architecture, ImageShape image, int latent, Likelihood likelihood) {
  /// @throws IllegalArgumentException when the image is too small for the convolutions
  public Vae {
    if (latent < 1) {
      throw new IllegalArgumentException("a model needs latents: latent=" + latent);
    }
    sizes("encoder", architecture.encoder(), image);
    sizes("decoder", architecture.decoder().reversed(), image);
  }

  /// The shape of one row of images.
  public Shape imageShape(final Axis axis) {
    return Shape.batched(axis, image.channels(), image.height(), image.width());
  }

  /// Appends the encoder, and the sites `input` to `encoder.logvar`.
  public Latent encode(final Graph graph, final Node images) {
    return encode(graph, images, true);
  }

  /// Appends the encoder once more, on other images, without sites.
  public Latent encodeAgain(final Graph graph, final Node images) {
    return encode(graph, images, false);
  }

  private Latent encode(final Graph graph, final Node images, final boolean named) {
    Node x = site(graph, "input", images, named);
    int k = 1;
    for (final var layer : architecture.encoder()) {
      final var name = "encoder.conv" + k++;
      x = activated(graph, name, Layers.conv(graph, x, name, layer), named);
    }
    x = Ops.reshape(x, x.shape().rowSize());
    k = 1;
    for (final int width : architecture.encoderHidden()) {
      final var name = "encoder.fc" + k++;
      x = activated(graph, name, Layers.linear(graph, x, name, width), named);
    }
    final var heads = heads(graph, x);
    site(graph, "encoder.mu", heads.mu(), named);
    site(graph, "encoder.logvar", heads.logvar(), named);
    return heads;
  }

  private Latent heads(final Graph graph, final Node x) {
    return switch (architecture.heads()) {
      case SEPARATE ->
          new Latent(
              Layers.linear(graph, x, "encoder.mu", latent),
              Layers.linear(graph, x, "encoder.logvar", latent));
      case INTERLEAVED -> {
        final var both = Layers.linear(graph, x, "encoder.mu_logvar", 2 * latent);
        final var pairs = Ops.reshape(both, latent, 2);
        yield new Latent(
            Ops.reshape(Ops.slice(pairs, 2, 0, 1), latent),
            Ops.reshape(Ops.slice(pairs, 2, 1, 2), latent));
      }
    };
  }

  /// Appends the decoder of codes (axis; d), and the sites from `decoder.fc1.pre` to `output`.
  public Decoded decode(final Graph graph, final Node z) {
    Node x = z;
    int k = 1;
    for (final int width : architecture.decoderHidden()) {
      final var name = "decoder.fc" + k++;
      x = activated(graph, name, Layers.linear(graph, x, name, width), true);
    }
    final var layers = architecture.decoder();
    final var start = decoderStart();
    final var name = "decoder.fc" + k;
    x = Layers.linear(graph, x, name, start[0] * start[1] * start[2]);
    if (!layers.isEmpty()) {
      x = activated(graph, name, x, true);
    }
    x = Ops.reshape(x, start);
    final var sizes = sizes("decoder", layers.reversed(), image);
    for (int i = 0; i < layers.size(); i++) {
      final boolean last = i + 1 == layers.size();
      final int channels = last ? image.channels() : layers.get(i + 1).channels();
      final var size = sizes.get(layers.size() - 1 - i);
      final var convt = "decoder.convt" + (i + 1);
      final int[] target = {channels, size[0], size[1]};
      x = Layers.convTransposed(graph, x, convt, layers.get(i), target);
      if (!last) {
        x = activated(graph, convt, x, true);
      }
    }
    final var logits = graph.site("output.logits", x);
    return new Decoded(logits, graph.site("output", likelihood.output(logits)));
  }

  /// The shape of every parameter by name, in the order of the computation. The place in this order
  /// is the parameter's number in [Initialisation].
  public Map<String, Shape> parameters() {
    final var shapes = new LinkedHashMap<String, Shape>();
    final var graph = VaeGraph.analysis(this, new Axis("rows")).graph();
    graph.states().forEach((name, node) -> shapes.put(name, node.shape()));
    return Collections.unmodifiableMap(shapes);
  }

  /// How many numbers the parameters hold.
  public long parameterCount() {
    return parameters().values().stream().mapToLong(Shape::rowSize).sum();
  }

  /// The initial values of every parameter.
  public Map<String, float[]> initial(final long seed) {
    final var shapes = parameters();
    final var values = new LinkedHashMap<String, float[]>();
    for (final var entry : shapes.entrySet()) {
      values.put(
          entry.getKey(),
          architecture.initialisation().of(entry.getKey(), shapes, seed, values.size()));
    }
    return values;
  }

  /// The image that the first transposed convolution takes, (C, H, W).
  private int[] decoderStart() {
    final var layers = architecture.decoder();
    if (layers.isEmpty()) {
      return new int[] {image.channels(), image.height(), image.width()};
    }
    final var size = sizes("decoder", layers.reversed(), image).getLast();
    return new int[] {layers.getFirst().channels(), size[0], size[1]};
  }

  /// Height and width before each layer, and after the last.
  private static List<int[]> sizes(
      final String part, final List<ConvLayer> layers, final ImageShape image) {
    final var sizes = new ArrayList<int[]>();
    sizes.add(new int[] {image.height(), image.width()});
    for (final var layer : layers) {
      final var from = sizes.getLast();
      final int[] to = {layer.reduce(from[0]), layer.reduce(from[1])};
      if (to[0] < 1 || to[1] < 1) {
        throw new IllegalArgumentException(
            "image too small: part=" + part + ", layer=" + layer + ", image=" + image);
      }
      sizes.add(to);
    }
    return sizes;
  }

  private static Node activated(
      final Graph graph, final String name, final Node pre, final boolean named) {
    site(graph, name + ".pre", pre, named);
    return site(graph, name, Ops.relu(pre), named);
  }

  private static Node site(
      final Graph graph, final String name, final Node value, final boolean named) {
    return named ? graph.site(name, value) : value;
  }
}
