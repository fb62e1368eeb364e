package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The numbers of rows of a run, in the device's memory: what was recorded once runs for any.
final class RowCounts {
  private final List<Axis> axes;
  private final Memory memory;
  private final long start;
  private final int[] counts;

  RowCounts(final Plan plan, final Memory memory) {
    final var found = new LinkedHashSet<Axis>();
    Stream.of(plan.given(), plan.order(), plan.outputs())
        .flatMap(Collection::stream)
        .forEach(node -> {
          final var axis = node.op() instanceof final Op.Count c ? c.axis() : node.shape().axis();
          if (axis != null) {
            found.add(axis);
          }
        });
    this.axes = new ArrayList<>(found);
    this.memory = memory;
    this.counts = new int[axes.size() + 1];
    this.start = memory.allocate("rows", 4L * counts.length);
  }

  /// Where the number of rows of `axis` stands; 1 for no axis.
  ///
  /// @throws IllegalArgumentException when no value of the plan has this axis
  long address(final @Nullable Axis axis) {
    if (axis == null) {
      return start;
    }
    final int index = axes.indexOf(axis);
    if (index < 0) {
      throw new IllegalArgumentException("no such axis in this plan: " + axis);
    }
    return start + 4L * (index + 1);
  }

  void write(final Sizes sizes) {
    final int[] before = counts.clone();
    counts[0] = 1;
    for (int i = 0; i < axes.size(); i++) {
      counts[i + 1] = sizes.of(axes.get(i));
    }
    if (Arrays.equals(before, counts)) {
      return;
    }
    memory.device().upload(start, MemorySegment.ofArray(counts));
  }
}
