package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Sizes;
import io.patchbay.ffi.cuda.Recording;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Packed forms of what is given to a program: made before a run that finds something else given
/// than the one before it, or other numbers of rows.
final class GivenPacks implements AutoCloseable {
  private final Set<Value> given = new HashSet<>();
  private final List<Axis> axes;
  private final @Nullable Recording recording;
  private List<Integer> rows = List.of();
  private boolean stale = true;

  /// @param steps that pack
  /// @param recorder notes what some steps ask for
  GivenPacks(final List<Step> steps, final Function<List<Step>, Recording> recorder) {
    final var found = new LinkedHashSet<Axis>();
    for (final var step : steps) {
      for (final var from : step.reads()) {
        given.add(from.root());
        final var axis = from.axis();
        if (axis != null) {
          found.add(axis);
        }
      }
    }
    this.axes = new ArrayList<>(found);
    this.recording = steps.isEmpty() ? null : recorder.apply(steps);
  }

  /// Something else is given from now on.
  void written(final Value value) {
    stale |= given.contains(value.root());
  }

  /// Asks for what has to be made again before a run of so many rows.
  void renew(final Sizes sizes) {
    final var now = axes.stream().map(sizes::of).toList();
    if (recording != null && (stale || !now.equals(rows))) {
      recording.replay();
      rows = now;
      stale = false;
    }
  }

  @Override
  public void close() {
    if (recording != null) {
      recording.close();
    }
  }
}
