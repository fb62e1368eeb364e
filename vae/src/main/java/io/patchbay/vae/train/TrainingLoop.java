package io.patchbay.vae.train;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.NonFiniteException;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.objective.TrainingGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The steps of a run: feed, run, log, checkpoint.
final class TrainingLoop {
  /// Steps between two copies of the states in memory, from which a step that went wrong is made
  /// again.
  private static final int SNAPSHOT = 100;

  private final TrainingGraph graph;
  private final TrainConfig config;
  private final Backend backend;
  private final RunFolder folder;
  private final TrainState state;
  private final StepFeed feed;
  private final long start;
  private Map<String, float[]> snapshot;
  private long snapshotStep;
  private long step;
  private long saved;
  private Optional<Losses> last = Optional.empty();
  private String fault = "";

  /// How a loop ended.
  enum End {
    DONE,
    STOPPED,
    DIVERGED
  }

  TrainingLoop(
      final TrainingGraph graph,
      final TrainConfig config,
      final FactorDataset data,
      final Backend backend,
      final RunFolder folder,
      final TrainState state,
      final long start) {
    this.graph = graph;
    this.config = config;
    this.backend = backend;
    this.folder = folder;
    this.state = state;
    this.start = start;
    feed = new StepFeed(graph, config, data);
    step = start;
    saved = start;
    snapshotStep = start;
    snapshot = state.read();
  }

  long step() {
    return step;
  }

  Optional<Losses> last() {
    return last;
  }

  End run(final TrainingListener listener, final BooleanSupplier stop) {
    final long began = System.nanoTime();
    try (var program = load()) {
      while (step < config.steps()) {
        if (step - snapshotStep == SNAPSHOT) {
          snapshot = state.read();
          snapshotStep = step;
        }
        final var losses = update(program, step);
        final var term = losses.nonFinite();
        if (term != null) {
          fault = "loss is not finite: step=" + (step + 1) + ", term=" + term;
          return End.DIVERGED;
        }
        step++;
        last = Optional.of(losses);
        final double seconds = (System.nanoTime() - began) / 1e9;
        final double rate = (step - start) / seconds;
        if (step == 1 || step % config.logEvery() == 0 || step == config.steps()) {
          folder.log(line(losses, seconds, rate));
        }
        listener.step(step, config.steps(), losses, rate);
        final boolean stopped = step < config.steps() && stop.getAsBoolean();
        final boolean due = stopped || step % config.checkpointEvery() == 0;
        if ((due || step == config.steps()) && !save(listener)) {
          return End.DIVERGED;
        }
        if (stopped) {
          return End.STOPPED;
        }
      }
    }
    return saved == step || save(listener) ? End.DONE : End.DIVERGED;
  }

  /// The numbers of a step depend on its batch, so that it is not halved.
  private Program load() {
    try {
      return backend.load(plan(), state.weights());
    } catch (final DeviceMemoryException e) {
      throw e.with("with a training step of " + config.batch() + " images")
          .advising(
              "a step is not halved, for its numbers would change; the run can be resumed where"
                  + " there is more memory, or begun anew with a smaller batch");
    }
  }

  private Plan plan() {
    return graph.plan(config.batch()).in(config.precision());
  }

  /// Makes the step after `at` updates.
  private Losses update(final Program program, final long at) {
    feed.write(program, at);
    program.run(graph.sizes(config.batch()));
    final var terms = new LinkedHashMap<String, Double>();
    graph.terms().forEach((name, node) -> terms.put(name, (double) program.read(node)[0]));
    state.round();
    final var kl = new ArrayList<Double>();
    for (final float value : program.read(graph.klPerLatent())) {
      kl.add((double) value);
    }
    return new Losses(terms, kl);
  }

  private Map<String, Object> line(final Losses losses, final double seconds, final double rate) {
    final var line = new LinkedHashMap<String, Object>();
    line.put("step", step);
    line.putAll(losses.toMap());
    line.put("seconds", seconds);
    line.put("steps_per_second", rate);
    return line;
  }

  /// Writes a checkpoint, unless the last update spoiled the states: then false.
  private boolean save(final TrainingListener listener) {
    final var values = state.read();
    for (final var entry : values.entrySet()) {
      for (final float value : entry.getValue()) {
        if (!Float.isFinite(value)) {
          fault = "state is not finite: step=" + step + ", state=" + entry.getKey();
          step--;
          return false;
        }
      }
    }
    final var checkpoint = Checkpoint.of(folder.checkpoints(), step);
    checkpoint.write(step, config, state.shapes(), values);
    saved = step;
    listener.checkpoint(step, checkpoint.model());
    return true;
  }

  /// Makes the steps since the last snapshot again, the last two node by node: weights that an
  /// update spoiled show themselves only in the losses of the next step.
  DivergedException diagnose() {
    final long row = feed.nonFiniteRow(step);
    if (row >= 0) {
      return new DivergedException(step + 1, fault + ", site=input, row=" + row);
    }
    state.write(snapshot);
    final var plan = plan();
    final long careful = Math.max(snapshotStep, step - 1);
    if (snapshotStep < careful) {
      try (var program = backend.load(plan, state.weights())) {
        for (long s = snapshotStep; s < careful; s++) {
          update(program, s);
        }
      }
    }
    try (var program = backend.load(plan, state.weights(), Mode.STEP)) {
      for (long s = careful; s <= step; s++) {
        update(program, s);
      }
      return new DivergedException(step + 1, fault + ", site=none when made again node by node");
    } catch (NonFiniteException e) {
      return new DivergedException(step + 1, fault + ": " + e.getMessage(), e);
    }
  }
}
