package io.patchbay.vae.model;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import io.patchbay.engine.random.Streams;
import java.util.Optional;

/// A whole autoencoder on one axis, from images to images, with its handles.
///
/// @param z the codes that the decoder takes, site `latent.z`
/// @param noise the inputs of the noise, where the codes are drawn
public record VaeGraph(
    Vae vae,
    Graph graph,
    Axis axis,
    Node image,
    Latent latent,
    Node z,
    Decoded decoded,
    Optional<Noise> noise) {

  /// The inputs that key the noise, and the noise itself.
  ///
  /// @param seed the seed, low and high 32 bits
  /// @param ids per row: id of the input, low 32 and high 16 bits, and the draw
  /// @param eps standard normals (axis; d), site `latent.eps`
  public record Noise(Node seed, Node ids, Node eps) {
    /// What to write to `seed`.
    public static int[] seed(final long value) {
      return new int[] {(int) value, (int) (value >>> 32)};
    }

    /// What to write to `ids` for inputs `rows` and one draw.
    public static int[] ids(final long[] rows, final int draw) {
      final var ids = new int[3 * rows.length];
      for (int i = 0; i < rows.length; i++) {
        ids[3 * i] = (int) rows[i];
        ids[3 * i + 1] = (int) (rows[i] >>> 32);
        ids[3 * i + 2] = draw;
      }
      return ids;
    }
  }

  /// Without noise: the codes are the means. The sites `encoder.mu` and `latent.z` are one node
  /// then; an edit of `latent.z` changes what the decoder reads, not the value of `encoder.mu`.
  public static VaeGraph analysis(final Vae vae, final Axis axis) {
    final var graph = new Graph();
    final var image = graph.input("image", vae.imageShape(axis));
    final var latent = vae.encode(graph, image);
    final var z = graph.site("latent.z", latent.mu());
    return new VaeGraph(vae, graph, axis, image, latent, z, vae.decode(graph, z), Optional.empty());
  }

  /// With noise: the codes are `mu + exp(logvar / 2) eps`, eps keyed by (seed, input, draw).
  public static VaeGraph sampled(final Vae vae, final Axis axis) {
    final var graph = new Graph();
    final var image = graph.input("image", vae.imageShape(axis));
    final var latent = vae.encode(graph, image);
    final var noise = noise(graph, axis, vae.latent(), "");
    graph.site("latent.eps", noise.eps());
    final var z =
        graph.site("latent.z", Ops.reparameterise(latent.mu(), latent.logvar(), noise.eps()));
    return new VaeGraph(
        vae, graph, axis, image, latent, z, vae.decode(graph, z), Optional.of(noise));
  }

  /// Appends noise for the codes of an axis; `prefix` keeps the names of two such inputs apart.
  public static Noise noise(
      final Graph graph, final Axis axis, final int latents, final String prefix) {
    final var seed = graph.input(prefix + "seed", Shape.of(2).integers());
    final var ids = graph.input(prefix + "ids", Shape.batched(axis, 3).integers());
    return new Noise(seed, ids, graph.append(new Op.Normal(Streams.EPS, latents), seed, ids));
  }
}
