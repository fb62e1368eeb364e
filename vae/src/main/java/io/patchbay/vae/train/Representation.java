package io.patchbay.vae.train;

import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.model.VaeGraph.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a trained model makes of many images: codes, reconstructions, images of codes, and the
/// evidence lower bound. Works in batches, of as many rows as the device has memory for; the result
/// for a row does not depend on its batch. For one thread at a time.
public final class Representation implements AutoCloseable {
  private static final Axis ROWS = new Axis("rows");

  private final TrainedVae model;
  private final VaeGraph mean;
  private int capacity;
  private final List<Program> open = new ArrayList<>();
  private @Nullable Program encoder;
  private @Nullable Program decoder;
  private @Nullable Program whole;

  /// @param capacity rows in a batch, at most
  public Representation(final TrainedVae model, final int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch needs rows: capacity=" + capacity);
    }
    this.model = model;
    this.capacity = capacity;
    mean = VaeGraph.analysis(model.vae(), ROWS);
  }

  /// With as many rows in a batch as the backend likes.
  public Representation(final TrainedVae model) {
    this(model, model.backend().preferredRows());
  }

  /// The posteriors of the images `rows`.
  public Codes encode(final FactorDataset data, final long[] rows) {
    final int d = model.vae().latent();
    final var mu = new float[rows.length * d];
    final var logvar = new float[rows.length * d];
    final var program = encoder();
    eachBatch(
        data,
        rows,
        (images, from, count) -> {
          program.write(mean.image(), images, 0, 0, count);
          program.run(Sizes.of(ROWS, count));
          program.read(mean.latent().mu(), mu, from * d);
          program.read(mean.latent().logvar(), logvar, from * d);
        });
    return new Codes(d, mu, logvar);
  }

  /// The mean images of the codes mu(x): (n, C, H, W).
  public float[] reconstruct(final FactorDataset data, final long[] rows) {
    final int elements = model.vae().image().elements();
    final var images = new float[Math.multiplyExact(rows.length, elements)];
    final var program = whole();
    eachBatch(
        data,
        rows,
        (inputs, from, count) -> {
          program.write(mean.image(), inputs, 0, 0, count);
          program.run(Sizes.of(ROWS, count));
          program.read(mean.decoded().output(), images, from * elements);
        });
    return images;
  }

  /// The mean images of codes (n, d): (n, C, H, W).
  ///
  /// @throws IllegalArgumentException when the codes are not whole rows
  public float[] decode(final float[] z) {
    final int d = model.vae().latent();
    if (z.length % d != 0) {
      throw new IllegalArgumentException("codes are rows: values=" + z.length + ", latents=" + d);
    }
    final int n = z.length / d;
    final int elements = model.vae().image().elements();
    final var images = new float[Math.multiplyExact(n, elements)];
    final var program = decoder();
    for (int from = 0; from < n; from += capacity) {
      final int count = Math.min(capacity, n - from);
      program.write(mean.z(), z, from, 0, count);
      program.run(Sizes.of(ROWS, count));
      program.read(mean.decoded().output(), images, from * elements);
    }
    return images;
  }

  /// The bound with one draw of the noise for each image, keyed by (seed, row, draw).
  public Bound bound(final FactorDataset data, final long[] rows, final long seed, final int draw) {
    final var graph = VaeGraph.sampled(model.vae(), ROWS);
    final var noise = graph.noise().orElseThrow();
    final var negative = model.vae().likelihood().negativeLog(graph.decoded(), graph.image());
    final var kl = Ops.sumRow(graph.latent().kl());
    final var misfits = new float[rows.length];
    final var divergences = new float[rows.length];
    try (var program = load(graph, List.of(), List.of(negative, kl))) {
      program.write(noise.seed(), Noise.seed(seed));
      eachBatch(
          data,
          rows,
          (images, from, count) -> {
            program.write(graph.image(), images, 0, 0, count);
            program.write(
                noise.ids(), Noise.ids(Arrays.copyOfRange(rows, from, from + count), draw));
            program.run(Sizes.of(ROWS, count));
            program.read(negative, misfits, from);
            program.read(kl, divergences, from);
          });
    }
    final var perImage = new double[rows.length];
    double reconstruction = 0;
    double divergence = 0;
    for (int i = 0; i < rows.length; i++) {
      perImage[i] = -((double) misfits[i] + divergences[i]);
      reconstruction += misfits[i];
      divergence += divergences[i];
    }
    final double n = rows.length;
    return new Bound(reconstruction / n, divergence / n, perImage);
  }

  /// Takes a batch: `count` images, the rows from `from` on.
  private interface Batch {
    void take(float[] images, int from, int count);
  }

  private void eachBatch(final FactorDataset data, final long[] rows, final Batch batch) {
    if (!data.shape().equals(model.vae().image())) {
      throw new IllegalArgumentException(
          "images of another shape: data=" + data.shape() + ", model=" + model.vae().image());
    }
    final int elements = data.shape().elements();
    final var images = new float[Math.multiplyExact(Math.min(capacity, rows.length), elements)];
    for (int from = 0; from < rows.length; from += capacity) {
      final int count = Math.min(capacity, rows.length - from);
      for (int i = 0; i < count; i++) {
        data.image(rows[from + i], images, i * elements);
      }
      batch.take(images, from, count);
    }
  }

  private Program encoder() {
    if (encoder == null) {
      encoder = keep(load(mean, List.of(), List.of(mean.latent().mu(), mean.latent().logvar())));
    }
    return encoder;
  }

  private Program decoder() {
    if (decoder == null) {
      decoder = keep(load(mean, List.of(mean.z()), List.of(mean.decoded().output())));
    }
    return decoder;
  }

  private Program whole() {
    if (whole == null) {
      whole = keep(load(mean, List.of(), List.of(mean.decoded().output())));
    }
    return whole;
  }

  private Program load(final VaeGraph graph, final List<Node> given, final List<Node> outputs) {
    final var loaded =
        BatchProgram.load(
            model.backend(),
            model.weights(),
            capacity,
            rows -> Plan.of(graph.graph(), given, outputs, Sizes.of(ROWS, rows)));
    capacity = loaded.rows();
    return loaded.program();
  }

  private Program keep(final Program program) {
    open.add(program);
    return program;
  }

  @Override
  public void close() {
    open.forEach(Program::close);
    open.clear();
    encoder = null;
    decoder = null;
    whole = null;
  }
}
