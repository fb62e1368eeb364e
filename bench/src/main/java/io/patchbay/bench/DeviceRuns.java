package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
import io.patchbay.vae.model.Vae;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The reference net's work on one backend, for callers that bring their own clock. Inputs stand in
/// the backend's memory, but for sweeps, which take images from the host and leave effects there.
public final class DeviceRuns {
  private static final long SEED = 1;

  /// The plan of [#errors] that keeps no bound.
  public static final String WITHOUT_BOUND = ErrorPlan.WHOLE.label();

  private static final long MEMORY = 8L << 30;
  private static final int BASES = 4096;
  private static final int CHECKED = 8;
  private static final double TOLERANCE = 2e-5;
  private static final double TOLERANCE_TF32 = 3e-3;

  private DeviceRuns() {}

  /// Decodes, encodes or forwards, whose results can be asked for with [#result]; or the runs of
  /// one layer.
  public static Timed inference(
      final Backend backend,
      final Conv4Weights weights,
      final Workload workload,
      final Precision precision,
      final int batch,
      final int sets) {
    return workload
        .layer()
        .<Timed>map(
            layer -> new ResidentLayer(backend, weights.of(layer), layer, precision, batch, sets))
        .orElseGet(() ->
            new ResidentInference(
                backend, new EngineModel(weights), workload, precision, batch, sets));
  }

  /// The error of some results of [#inference] against float64, relative to the largest of them.
  ///
  /// Throws IllegalStateException when it is over what the precision may leave.
  public static double error(
      final Timed inference, final Conv4Weights weights, final Precision precision) {
    final double error =
        switch (inference) {
          case final ResidentInference net -> net.error(weights);
          case final ResidentLayer layer -> layer.error(weights);
          default -> throw new IllegalArgumentException("not of inference(): " + inference.form());
        };
    final double tolerance = precision == Precision.FP32 ? TOLERANCE : TOLERANCE_TF32;
    if (!(error <= tolerance)) {
      throw new IllegalStateException(
          "result differs from float64: error=" + error + ", tolerance=" + tolerance);
    }
    return error;
  }

  /// Effects or means that the last run of a set of [#inference] left.
  public static float[] result(final Timed inference, final int set) {
    if (inference instanceof final ResidentInference own) {
      return own.result(set);
    }
    throw new IllegalArgumentException("not of inference(): " + inference.form());
  }

  /// Steps of a beta-VAE.
  public static Timed training(
      final Backend backend,
      final Conv4Weights weights,
      final Precision precision,
      final int batch,
      final int sets) {
    return new ResidentTraining(backend, new EngineModel(weights), precision, batch, sets);
  }

  /// The error of the gradients of one step of [#training], relative to the CPU's. Leaves the
  /// training at its start.
  ///
  /// Throws IllegalStateException when it is over what the precision may leave.
  public static double trainingError(
      final Timed training, final Conv4Weights weights, final Precision precision) {
    if (!(training instanceof final ResidentTraining own)) {
      throw new IllegalArgumentException("not of training(): " + training.form());
    }
    final int threads = Runtime.getRuntime().availableProcessors();
    try (var cpu = Backends.open("cpu", new Settings(threads, MEMORY)).backend();
        var judge = training(cpu, weights, Precision.FP32, own.samples(), 1)) {
      final var found = trained(own, 1);
      own.reset();
      return StepError.checked(found, trained(judge, 1), precision == Precision.FP32);
    }
  }

  /// Decodes with effect as the change of a clean one, cells of a sweep of latents.
  ///
  /// @param bases at most [InputPool#SAMPLES]
  /// @param cells of all bases
  public static Timed change(
      final Backend backend,
      final Conv4Weights weights,
      final Precision precision,
      final int bases,
      final int cells) {
    final var model = new EngineModel(weights);
    return change(backend, model.vae(), model.values(), precision, bases, cells);
  }

  /// As [#change], of a model of one's own.
  ///
  /// @param vae of [Conv4Weights#LATENTS] latents
  /// @param values of its decoder's parameters, by their names
  public static Timed change(
      final Backend backend,
      final Vae vae,
      final Map<String, float[]> values,
      final Precision precision,
      final int bases,
      final int cells) {
    return new ResidentChange(backend, vae, values, precision, bases, cells);
  }

  /// The largest error of some effects of [#change] against float64, relative to the effect.
  ///
  /// Throws IllegalStateException when it is over what the precision may leave.
  public static double changeError(
      final Timed change, final Conv4Weights weights, final Precision precision) {
    final var net = new Float64Net(weights);
    return changeError(
        change,
        code ->
            Float64Net.sigmoid(
                net.forward(false, Float64Net.widen(code, 0, code.length)).getLast()),
        precision);
  }

  /// The same of a model of one's own.
  ///
  /// @param judge the pixels of a code
  public static double changeError(
      final Timed change, final Function<float[], double[]> judge, final Precision precision) {
    if (!(change instanceof final ResidentChange own)) {
      throw new IllegalArgumentException("not of change(): " + change.form());
    }
    final double error = own.error(judge);
    final double tolerance =
        switch (precision) {
          case FP32 -> SweepVerifier.BOUND;
          case TF32 -> SweepVerifier.TF32;
          case BF16 -> SweepVerifier.BF16;
        };
    if (!(error <= tolerance)) {
      throw new IllegalStateException(
          "effects differ from float64: error=" + error + ", tolerance=" + tolerance);
    }
    return error;
  }

  /// The states after `steps` steps of [#training] from its start.
  public static Map<String, float[]> trained(final Timed training, final int steps) {
    if (training instanceof final ResidentTraining own) {
      own.reset();
      for (int step = 0; step < steps; step++) {
        own.run(step);
      }
      return own.states();
    }
    throw new IllegalArgumentException("not of training(): " + training.form());
  }

  /// A whole sweep a run: all cells of all bases, with all that bases and sources cost.
  ///
  /// @param pool inputs (n; 1, 64, 64); of mediation twice the bases
  /// @param sources of each base, where the workload has sources
  /// @param cells that run together
  /// @param own whether what cells do is said as an op of one's own
  public static SweepContestant sweep(
      final Backend backend,
      final Conv4Weights weights,
      final SweepWorkload workload,
      final float[] pool,
      final int bases,
      final int sources,
      final int cells,
      final boolean own) {
    final var task = SweepTask.of(workload, pool, bases, sources, SEED);
    final var sweep =
        new EngineSweep(
            backend, new EngineModel(weights), new PlannedSweep(BASES, cells, own), task, false);
    sweep.slice(bases);
    return sweep;
  }

  /// The largest error of some of a sweep's effects, see [SweepVerifier].
  ///
  /// Throws IllegalStateException when it is over what the workload may have.
  public static double sweepError(
      final SweepContestant sweep,
      final Conv4Weights weights,
      final SweepWorkload workload,
      final float[] pool,
      final int bases,
      final int sources) {
    final var task = SweepTask.of(workload, pool, bases, sources, SEED);
    return new SweepVerifier(weights, task, CHECKED, SEED).check(sweep, workload.bound());
  }

  /// Multiply-adds that a cell of the sweep cannot do without.
  public static double macsPerCell(
      final SweepWorkload workload, final float[] pool, final int bases, final int sources) {
    return MinimumWork.perCell(SweepTask.of(workload, pool, bases, sources, SEED));
  }

  /// Whether the backend has the workload's precision.
  public static boolean runs(final SweepWorkload workload, final Backend backend) {
    return backend.precisions().contains(workload.precision());
  }

  /// The precision in which a workload's change is carried: `fp32`, `tf32`, `bf16`.
  public static String precision(final SweepWorkload workload) {
    return workload.precision().label();
  }

  /// Errors of effects of shrinking size against float64, in every way that the backend has, as
  /// JSON rows.
  public static List<Map<String, Object>> errors(final Backend backend, final SuiteModel model) {
    final var plans =
        Arrays.stream(ErrorPlan.values())
            .filter(plan -> backend.precisions().contains(plan.precision()))
            .toList();
    final var images = model.images(EffectErrors.BASES, SEED);
    final var errors = new EffectErrors(backend, model.weights(), images, SEED, plans);
    final var rows = new ArrayList<Map<String, Object>>();
    for (final var edit : EffectErrors.Edit.values()) {
      errors.rows(edit).forEach(row -> rows.add(row.json()));
    }
    return rows;
  }
}
