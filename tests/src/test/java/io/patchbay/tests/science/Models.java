package io.patchbay.tests.science;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.ConvLayer;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Likelihood.Bernoulli;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Untrained models with known weights.
final class Models {
  /// Two convolutions on 1x16x16 images, 3 latents.
  static final Vae TINY =
      new Vae(
          Architecture.mirrored(
              "tiny",
              List.of(new ConvLayer(4, 4, 2, 1), new ConvLayer(6, 4, 2, 1)),
              List.of(12),
              Heads.SEPARATE,
              Initialisation.GLOROT_UNIFORM),
          new ImageShape(1, 16, 16),
          3,
          new Bernoulli());

  /// As small, with colours, odd sizes, another kernel, heads that alternate, and an image that is
  /// not squashed.
  static final Vae COLOURED =
      new Vae(
          Architecture.mirrored(
              "coloured",
              List.of(new ConvLayer(5, 3, 2, 1), new ConvLayer(4, 2, 2, 0)),
              List.of(9),
              Heads.INTERLEAVED,
              Initialisation.KAIMING_UNIFORM),
          new ImageShape(3, 13, 11),
          4,
          new Gaussian(0.5, false));

  /// The default net on 1x64x64 images.
  static final Vae CONV4 =
      new Vae(Architecture.CONV4, new ImageShape(1, 64, 64), 10, new Bernoulli());

  /// The others of the catalogue.
  static final Vae LOCATELLO =
      new Vae(Architecture.LOCATELLO, new ImageShape(1, 64, 64), 10, new Bernoulli());

  static final Vae BURGESS =
      new Vae(Architecture.BURGESS, new ImageShape(1, 64, 64), 10, new Bernoulli());

  private Models() {}

  /// The sites whose value the image depends on, without the image itself.
  static List<String> sites(final Vae vae) {
    return VaeGraph.analysis(vae, new Axis("rows")).graph().sites().keySet().stream()
        .filter(s -> !s.equals("encoder.logvar") && !s.equals("output"))
        .toList();
  }

  /// A model with its initial values, but those given.
  static Subject subject(
      final Vae vae, final long seed, final Map<String, float[]> given, final Backend backend) {
    final var states = VaeGraph.analysis(vae, new Axis("rows")).graph().states().values();
    final var weights = backend.weights(new ArrayList<>(states));
    vae.initial(seed).forEach(weights::write);
    given.forEach(weights::write);
    return new Subject(backend, vae, weights);
  }

  /// The images of these rows, one after the other.
  static float[] images(final FactorDataset data, final long... rows) {
    final int size = data.shape().elements();
    final var images = new float[rows.length * size];
    for (int i = 0; i < rows.length; i++) {
      data.image(rows[i], images, i * size);
    }
    return images;
  }
}
