package io.patchbay.analysis.patch;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;
import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.VaeGraph;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/// The read-out of a factor from images: a linear probe, trained once on clean reconstructions and
/// judged by its R² on reconstructions held out. It is a ridge regression on pixels of one scale (a
/// scale of its own would let a pixel that is dark in all clean reconstructions speak loudest once
/// a patch lights it); classes are read as their numbers, which is the mean label under linear
/// probabilities. Read-outs are in standard deviations of the factor over the probe's inputs.
///
/// The same model, data, factor and seed give the same probe, bit for bit; [#numbers] has a digest
/// that tells.
public final class FactorProbe {
  private static final int INPUTS = 1000;
  private static final int FEWEST = 8;
  private static final int BATCH = 128;
  private static final double HELD_OUT = 0.25;

  /// Per feature: an image has more elements than the probe has inputs, and most say the same.
  private static final double PENALTY = 0.25;

  /// R² under which a probe is called weak.
  private static final double WEAK = 0.5;

  private final String factor;
  private final RegressionProbe probe;
  private final double deviation;
  private final int features;
  private final int inputs;
  private final String digest;

  private FactorProbe(
      final String factor,
      final RegressionProbe probe,
      final double deviation,
      final Matrix clean) {
    this.factor = factor;
    this.probe = probe;
    this.deviation = deviation;
    this.features = clean.columns();
    this.inputs = clean.rows();
    this.digest = digest(probe.predict(clean));
  }

  /// Refuses a factor that no probe could read.
  ///
  /// @param option the command line's option that names it, for messages
  /// @throws BadInputException when there is no such factor, or when its values are on no line
  public static void require(final String option, final FactorDataset data, final String factor) {
    FactorTarget.of(option, data, factor);
  }

  /// @param option the command line's option that asks for the probe, for messages
  /// @param factor a factor's name or number, or a variable of the generator
  /// @throws BadInputException when the data have no such factor, or too few inputs to learn it
  public static FactorProbe train(
      final Subject subject,
      final FactorDataset data,
      final String option,
      final String factor,
      final long seed) {
    final var target = FactorTarget.of(option, data, factor);
    final var rows = rows(data, seed);
    if (rows.length < FEWEST) {
      throw new BadInputException(
          option, factor, rows.length + " inputs", "at least " + FEWEST + " to train a probe on");
    }
    final var values = LongStream.of(rows).mapToDouble(target::value).toArray();
    final var summary = new Summary();
    for (final double value : values) {
      summary.add(value);
    }
    final double deviation = summary.deviation();
    final var clean = reconstructions(subject, data, rows);
    final var split = Split.of(rows.length, HELD_OUT, seed);
    final var bootstrap = Bootstrap.standard(seed);
    try {
      final var probe =
          RegressionProbe.trainOnOneScale(clean, Matrix.ofColumn(values), split, PENALTY, bootstrap)
              .getFirst();
      return new FactorProbe(target.name(), probe, deviation, clean);
    } catch (final IllegalArgumentException e) {
      throw new BadInputException(
          option,
          factor,
          String.valueOf(e.getMessage()),
          "a factor that a probe can be trained on",
          e);
    }
  }

  /// Different inputs, drawn apart from those that are intervened on.
  private static long[] rows(final FactorDataset data, final long seed) {
    if (data.size() <= INPUTS) {
      return LongStream.range(0, data.size()).toArray();
    }
    final var random = new PhiloxRandom(seed, Streams.METRIC, 1, 0);
    final var rows = new LinkedHashSet<Long>();
    while (rows.size() < INPUTS) {
      rows.add((long) (random.nextDouble() * data.size()));
    }
    return rows.stream().mapToLong(Long::longValue).toArray();
  }

  private static Matrix reconstructions(
      final Subject subject, final FactorDataset data, final long[] rows) {
    final int size = data.shape().elements();
    final var axis = new Axis("rows");
    final var graph = VaeGraph.analysis(subject.vae(), axis);
    final var output = graph.decoded().output();
    final var all = new float[Math.multiplyExact(rows.length, size)];
    try (var loaded =
        BatchProgram.load(
            subject.backend(),
            subject.weights(),
            BATCH,
            most -> Plan.of(graph.graph(), List.of(output), Sizes.of(axis, most)))) {
      final var program = loaded.program();
      for (int from = 0; from < rows.length; from += loaded.rows()) {
        final int count = Math.min(loaded.rows(), rows.length - from);
        final var images = new float[count * size];
        for (int i = 0; i < count; i++) {
          data.image(rows[from + i], images, i * size);
        }
        program.write(graph.image(), images);
        program.run(Sizes.of(axis, count));
        program.read(output, all, from * size);
      }
    }
    return Matrix.of(all, rows.length, size);
  }

  private static String digest(final double[] values) {
    final var bytes = ByteBuffer.allocate(values.length * Double.BYTES);
    for (final double value : values) {
      bytes.putDouble(value);
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (final NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The read-out of each image, (C, H, W) one after the other, in standard deviations.
  public double[] read(final float[] images) {
    final var values = probe.predict(Matrix.of(images, images.length / features, features));
    for (int i = 0; i < values.length; i++) {
      values[i] /= deviation;
    }
    return values;
  }

  /// The same; NaN of an image with an element that is not finite.
  public double[] readFinite(final float[] images) {
    final var known = images.clone();
    final var lost = new boolean[images.length / features];
    for (int i = 0; i < images.length; i++) {
      if (!Float.isFinite(images[i])) {
        known[i] = 0;
        lost[i / features] = true;
      }
    }
    final var values = read(known);
    for (int i = 0; i < values.length; i++) {
      values[i] = lost[i] ? Double.NaN : values[i];
    }
    return values;
  }

  /// The direction in image space along which the read-out grows, (C, H, W): [#read] is an image's
  /// product with this, in standard deviations, plus [#intercept].
  public float[] direction() {
    final var slopes = probe.slopes();
    final var direction = new float[slopes.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) (slopes[i] / deviation);
    }
    return direction;
  }

  /// The read-out of an image of zeros.
  public double intercept() {
    return probe.intercept() / deviation;
  }

  /// The factor's name.
  public String factor() {
    return factor;
  }

  /// The factor's standard deviation over the probe's inputs, in its own units.
  public double deviation() {
    return deviation;
  }

  /// Whether the probe misses more than half of the factor's variance, so that its read-out says
  /// little.
  public boolean weak() {
    return heldOut().estimate() < WEAK;
  }

  /// R² on reconstructions held out.
  public Interval heldOut() {
    return probe.heldOut();
  }

  /// One line for people.
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "probe of %s%s: held-out R2 %.3f [%.3f, %.3f], n=%d",
        factor,
        weak() ? " is weak, its read-out says little" : "",
        heldOut().estimate(),
        heldOut().low(),
        heldOut().high(),
        heldOut().n());
  }

  /// Everything that tells this probe from another, for a file.
  public Map<String, Object> numbers() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("factor", factor);
    map.put("trained_on", "clean reconstructions");
    map.put("inputs", inputs);
    map.put("penalty_per_feature", PENALTY);
    map.put("held_out_r2", heldOut().estimate());
    map.put("held_out_low", heldOut().bounded() ? heldOut().low() : null);
    map.put("held_out_high", heldOut().bounded() ? heldOut().high() : null);
    map.put("held_out_inputs", heldOut().n());
    map.put("weak", weak());
    map.put("weak_below", WEAK);
    map.put("factor_deviation", deviation);
    map.put("sha256_of_read_outs", digest);
    return map;
  }
}
