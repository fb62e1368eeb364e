package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;
import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainedVae;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a model's reconstruction says of a variable when the input is re-rendered under an
/// intervention on another one: once with the mechanisms following, once with the variable held.
///
/// A linear probe reads the variable from the rows of pixels that show it and not its causes, in
/// clean reconstructions of held-out inputs of the model's own data; its R² is that on a quarter of
/// them. Where the data ties the variable to others that the same rows show, so does the probe:
/// data in which it varies by itself gives a probe that reads it alone.
///
/// Bases are held-out inputs that obey the mechanisms, and are none of the probe's. A change is
/// that of the read-out from the base to the re-rendered input, in standard deviations of the
/// variable over the bases. Its mean is oriented by the sign of the true change: one that follows
/// has the mean of the truth, one that does not move 0. Its size is the mean of its absolute value,
/// which also holds what a probe misreads.
///
/// @param rSquared of the probe on held-out clean reconstructions
/// @param truth the true change when the mechanisms follow
/// @param following the read-out's change when the mechanisms follow
/// @param held the read-out's change when variables are held
/// @param followingShare mean following change / mean true change
/// @param heldShare mean held change / mean following change
public record ReadOutStudy(
    ReadOutQuestion question,
    String data,
    PixelRows rows,
    long seed,
    Interval rSquared,
    Interval truth,
    Change following,
    Change held,
    Interval followingShare,
    Interval heldShare) {
  private static final double PENALTY = 1;
  private static final double HELD_OUT = 0.25;

  /// A change of the read-out, oriented and absolute.
  public record Change(Interval mean, Interval size) {
    private static Change of(final double[] perInput, final Bootstrap bootstrap) {
      final var sizes = Arrays.stream(perInput).map(Math::abs).toArray();
      return new Change(bootstrap.mean(perInput), bootstrap.mean(sizes));
    }
  }

  /// @param data the data of the model's training
  /// @throws BadInputException when the question does not fit the data, or the data the model
  public static ReadOutStudy of(
      final TrainedVae model,
      final GenerativeDataset data,
      final ReadOutQuestion question,
      final long seed) {
    question.check(data);
    if (!data.shape().equals(model.vae().image())) {
      throw new BadInputException(
          data.name(), "images", "" + data.shape(), "images of " + model.vae().image());
    }
    final var scenes = HeldOut.of(model.config(), data, question, seed);
    try (var reconstructions = Reconstructions.OfModel.open(model)) {
      return of(reconstructions, data, scenes, question, seed);
    }
  }

  static ReadOutStudy of(
      final Reconstructions reconstructions,
      final GenerativeDataset data,
      final HeldOut scenes,
      final ReadOutQuestion question,
      final long seed) {
    final var clean = scenes.others();
    final var base = scenes.bases();
    final var rows = PixelRows.showing(data, question.effect(), seed);
    final var bootstrap = Bootstrap.standard(seed);
    final int read = question.effectIndex(data);
    final var probe =
        RegressionProbe.train(
            reconstructions.features(data, clean, rows),
            Arrays.stream(clean).mapToDouble(v -> v[read]).toArray(),
            Split.of(clean.length, HELD_OUT, seed),
            PENALTY,
            bootstrap);
    final var following = new double[base.length][];
    final var held = new double[base.length][];
    final var range = data.variables().get(question.causeIndex(data));
    final var deviation = new Summary();
    for (int i = 0; i < base.length; i++) {
      final var random = new PhiloxRandom(seed, Streams.FACTORS, i, 0);
      final double value = range.low() + random.nextDouble() * (range.high() - range.low());
      final var set = Map.of(question.cause(), range.discrete() ? Math.rint(value) : value);
      following[i] = data.intervene(base[i], set, true);
      held[i] = data.intervene(following[i], question.heldAt(data, base[i]), false);
      deviation.add(base[i][read]);
    }
    final var before = probe.predict(reconstructions.features(data, base, rows));
    final var after = probe.predict(reconstructions.features(data, following, rows));
    final var still = probe.predict(reconstructions.features(data, held, rows));
    final var truth = new double[base.length];
    final var moved = new double[base.length];
    final var stayed = new double[base.length];
    for (int i = 0; i < base.length; i++) {
      final double change = following[i][read] - base[i][read];
      final double sign = Math.signum(change) / deviation.deviation();
      truth[i] = change * sign;
      moved[i] = sign * (after[i] - before[i]);
      stayed[i] = sign * (still[i] - before[i]);
    }
    return new ReadOutStudy(
        question,
        data.name(),
        rows,
        seed,
        probe.heldOut(),
        bootstrap.mean(truth),
        Change.of(moved, bootstrap),
        Change.of(stayed, bootstrap),
        bootstrap.ratioOfMeans(moved, truth),
        bootstrap.ratioOfMeans(stayed, moved));
  }

  /// Whether the probe reads the variable: its R² is above 1 - tolerance, with its interval.
  public boolean readable() {
    return rSquared.bounded() && rSquared.low() >= 1 - question.tolerance();
  }

  /// Whether the read-out follows as the variable does: their ratio is within the tolerance of 1,
  /// with its interval.
  public boolean follows() {
    return within(followingShare, 1);
  }

  /// Whether the read-out stays: what it still moves is within the tolerance of what it moves when
  /// it follows, with its interval.
  public boolean stays() {
    return within(heldShare, 0);
  }

  /// Whether the reconstruction tells the two interventions apart.
  public boolean tellsApart() {
    return readable() && follows() && stays();
  }

  private boolean within(final Interval share, final double of) {
    return share.low() >= of - question.tolerance() && share.high() <= of + question.tolerance();
  }

  /// The figures by name, for a file.
  public Map<String, Object> numbers() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("set", question.cause());
    map.put("read", question.effect());
    map.put("hold", question.held());
    map.put("data", data);
    map.put("probe_inputs", question.probeInputs());
    map.put("pixel_rows", rows.rows());
    map.put("probe_r2", interval(rSquared));
    map.put("true_change", interval(truth));
    map.put("following", interval(following.mean()));
    map.put("following_size", interval(following.size()));
    map.put("held", interval(held.mean()));
    map.put("held_size", interval(held.size()));
    map.put("following_over_truth", interval(followingShare));
    map.put("held_over_following", interval(heldShare));
    map.put("tolerance", question.tolerance());
    map.put("readable", readable());
    map.put("follows", follows());
    map.put("stays", stays());
    map.put("tells_apart", tellsApart());
    map.put("seed", seed);
    return map;
  }

  private static Map<String, Object> interval(final Interval interval) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("estimate", interval.estimate());
    if (interval.bounded()) {
      map.put("low", interval.low());
      map.put("high", interval.high());
    }
    map.put("n", interval.n());
    return map;
  }
}
