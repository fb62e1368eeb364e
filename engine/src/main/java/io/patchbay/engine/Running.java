package io.patchbay.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run that [Program#start] began, which may still go on. What it leaves stays readable here
/// whatever its program runs afterwards.
public interface Running {
  /// What is to be known of a run.
  ///
  /// @param outputs that are read
  /// @param skipped propagations of which it is asked which rows they left out
  /// @param expected per patch, how many units each row is to change; there may be more than there
  ///   are rows. Nobody changes such an array again: one that was given before is taken for what it
  ///   held then.
  record Wanted(List<Node> outputs, List<Node> skipped, Map<Node, int[]> expected) {
    public Wanted {
      outputs = List.copyOf(outputs);
      skipped = List.copyOf(skipped);
      expected = Map.copyOf(expected);
    }
  }

  /// The first row of a patch that did not change as many units as was expected.
  ///
  /// @param fired how many it changed
  record Misfire(int row, int fired) {}

  /// Waits for the end of the run.
  ///
  /// @throws RuntimeException as [Program#run] does, when the run has failed
  void end();

  /// The rows of an output, as [Program#read]; the same array each time.
  float[] read(Node output);

  /// As [Program#skipped]; the same array each time.
  int[] skipped(Node propagation);

  /// Empty where every row changed what was expected.
  Optional<Misfire> misfired(Node patch);
}
