package io.patchbay.analysis.estimate;

import io.patchbay.analysis.estimate.EstimateQuestion.Method;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.SweepSample;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/// The means that a sweep would find, from a part of its cells. Everything is the mean over the
/// inputs of the sweep: what an interval leaves open is what the sweep itself would find, not what
/// other inputs would show; that comes on top, as the sweep's own intervals say.
///
/// @param cells exact effects that were had, of all those of the sweep
/// @param provedZero those of them that were proved to be 0 before they were computed
/// @param gradients forward and backward passes
/// @param controls control rows that passed
public record EstimateStudy(
    EstimateQuestion question,
    Estimated found,
    Optional<FactorProbe> probe,
    long cells,
    long provedZero,
    long all,
    long gradients,
    int controls) {
  /// Bytes of heap that one input and unit take.
  private static final int HEAP = 32;

  /// Hears how far it is.
  public interface Listener {
    /// Inputs whose gradients are known.
    void gradients(long done, long all);

    /// @param all cells of the whole sweep, which an estimate does not come to as a rule
    void cells(long done, long all);
  }

  /// @param stop asked often; when it says so, nothing is found
  /// @throws CancellationException when it was stopped
  /// @throws BadInputException when the question asks for what the model does not have
  public static EstimateStudy of(
      final Subject subject,
      final FactorDataset data,
      final EstimateQuestion question,
      final Listener listener,
      final BooleanSupplier stop) {
    final var sweep = new SweepSample(subject, data, question.plan());
    final int units = sweep.units().size();
    final long most = Runtime.getRuntime().maxMemory() / HEAP;
    if ((double) units * sweep.inputs() > most) {
      throw new BadInputException(
          "--inputs",
          "inputs times units",
          (long) units * sweep.inputs() + "",
          "at most " + most + " with this Java heap; fewer, or PATCHBAY_JAVA_OPTS=-Xmx...");
    }
    if (question.method() == Method.RACE && question.top() >= units) {
      throw new BadInputException(
          "--top", "race", question.top() + " of " + units + " units", "fewer than there are");
    }
    final var effects = new SweptEffects(sweep, question.signed(), listener, stop);
    final long seed = question.plan().seed();
    final var answers = new Answers(sweep.units(), sweep.variations(), question, seed);
    final var found =
        switch (question.method()) {
          case STOP -> answers.stop(effects, bounds(question, sweep));
          case RACE -> answers.race(effects, bounds(question, sweep));
          case SCREEN ->
              answers.screen(effects, attribute(subject, sweep, question, listener, stop));
          case CONTROL_VARIATE ->
              answers.controlVariate(effects, attribute(subject, sweep, question, listener, stop));
        };
    return new EstimateStudy(
        question,
        found,
        sweep.probe(),
        effects.cells(),
        effects.provedZero(),
        effects.all(),
        question.method().attributes() ? sweep.inputs() : 0,
        sweep.controls().size());
  }

  private static double[][] attribute(
      final Subject subject,
      final SweepSample sweep,
      final EstimateQuestion question,
      final Listener listener,
      final BooleanSupplier stop) {
    return FirstOrder.of(
        subject,
        sweep,
        sweep.probe().orElseThrow(),
        question.plan().places().getFirst().site(),
        question.signed(),
        listener,
        stop);
  }

  private static Bounds bounds(final EstimateQuestion question, final SweepSample sweep) {
    if (!question.bounded()) {
      return new Bounds.Asymptotic();
    }
    return new Bounds.Bounded(
        sweep
            .largest()
            .orElseThrow(() ->
                new BadInputException(
                    "--interval",
                    "bounded",
                    "effects " + question.plan().metric() + " of any size",
                    "--metric l2 or l1 of an image whose elements are in [0, 1]")));
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    final var all = new LinkedHashMap<String, Object>();
    all.put("method", question.method().label());
    all.put("approximate", true);
    all.put("seed", question.plan().seed());
    all.put("plan", question.plan().toMap());
    all.put("effect", question.plan().meaning());
    all.put("mean_of", question.signed() ? "effects with their signs" : "sizes of effects");
    all.put("mean_over", "the " + question.plan().inputs() + " inputs of the plan");
    final var exact = new LinkedHashMap<String, Object>();
    exact.put("cells", cells);
    exact.put("proved_zero", provedZero);
    exact.put("cells_of_the_sweep", this.all);
    exact.put("share", (double) cells / this.all);
    all.put("exact", exact);
    all.put("gradients", gradients);
    all.put("controls_passed", controls);
    all.put("interval", found.interval());
    all.put("level", Answers.LEVEL);
    all.putAll(found.figures());
    probe.ifPresent(p -> all.put("probe", p.numbers()));
    all.put("units", found.rows().stream().map(Estimated.Row::toMap).toList());
    return all;
  }
}
