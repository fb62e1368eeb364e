package io.patchbay.analysis.study;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;

/// Scenes that a run was not trained on, as variables, in a random order and none twice.
///
/// @param bases scenes that obey the mechanisms of the data, to intervene on
/// @param others scenes of any kind, none of them a base
record HeldOut(double[][] bases, double[][] others) {
  /// @throws BadInputException when the run has not so many, or none
  static HeldOut of(
      final TrainConfig config,
      final GenerativeDataset data,
      final ReadOutQuestion question,
      final long seed) {
    if (config.heldOut() == 0) {
      throw new BadInputException(
          "run", "held_out", "0: every input was trained on", "a run with held-out inputs");
    }
    final var rows = config.heldOutRows(data);
    final int count = Math.toIntExact(rows.size());
    final var order = new PhiloxRandom(seed, Streams.METRIC, 0, 0).permutation(count);
    final var bases = new ArrayList<double[]>();
    final var taken = new BitSet(count);
    for (int i = 0; i < count && bases.size() < question.inputs(); i++) {
      final var scene = data.variablesOf(rows.row(order[i]));
      if (obeys(data, scene)) {
        bases.add(scene);
        taken.set(i);
      }
    }
    // From the other end, where as many obey as in all of the data.
    final var others = new ArrayList<double[]>();
    for (int i = count - 1; i >= 0 && others.size() < question.probeInputs(); i--) {
      if (!taken.get(i)) {
        others.add(data.variablesOf(rows.row(order[i])));
      }
    }
    enough("--inputs", question.inputs(), bases, data);
    enough("--probe-inputs", question.probeInputs(), others, data);
    return new HeldOut(bases.toArray(double[][]::new), others.toArray(double[][]::new));
  }

  /// Whether the mechanisms leave a scene as it is.
  static boolean obeys(final GenerativeDataset data, final double[] scene) {
    final var causes = new LinkedHashMap<String, Double>();
    final var variables = data.variables();
    for (int i = 0; i < variables.size(); i++) {
      final Variable variable = variables.get(i);
      if (variable.exogenous()) {
        causes.put(variable.name(), scene[i]);
      }
    }
    return Arrays.equals(scene, data.intervene(scene, causes, true));
  }

  private static void enough(
      final String option,
      final int wanted,
      final List<double[]> found,
      final GenerativeDataset data) {
    if (found.size() < wanted) {
      throw new BadInputException(
          option,
          "value",
          "" + wanted,
          "at most the " + found.size() + " that " + data.name() + " holds out for it");
    }
  }
}
