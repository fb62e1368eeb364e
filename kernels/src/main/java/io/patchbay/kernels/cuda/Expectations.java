package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Running.Misfire;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Landing;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Compares what patches changed with what they should have, on the device (`fired_check.cu`).
final class Expectations {
  private static final int NONE = -1;

  private final Memory memory;
  private final Grid grid;
  private final Kernel kernel;
  private final Map<Node, Kept> kept = new HashMap<>();

  /// What is expected of a patch, and where its first other row is noted.
  private static final class Kept {
    private final long expected;
    private final long found;
    private int[] last = {};

    Kept(final long expected, final long found) {
      this.expected = expected;
      this.found = found;
    }
  }

  Expectations(final Memory memory) {
    this.memory = memory;
    this.grid = Grid.of(memory.device());
    this.kernel = memory.device().kernel("fired_check", "fired_check");
  }

  /// Asks for the comparison.
  ///
  /// @param fired of the patch
  /// @param rows where their number in the run stands
  /// @param most that there may be
  /// @param expected which nobody changes again
  @SuppressWarnings("ReferenceEquality") // an array that nobody changes
  Landing check(
      final Node patch, final Value fired, final long rows, final int most, final int[] expected) {
    final var device = memory.device();
    final var here = kept.computeIfAbsent(patch, node -> make(node, most));
    if (here.last != expected) {
      device.upload(here.expected, MemorySegment.ofArray(expected));
      here.last = expected;
    }
    kernel.launch(grid.covering(expected.length), fired.address(), here.expected, rows, here.found);
    return device.land(here.found, Long.BYTES);
  }

  private Kept make(final Node patch, final int most) {
    final var kept =
        new Kept(
            memory.allocate("expected of " + patch, (long) Integer.BYTES * most),
            memory.allocate("misfire of " + patch, Long.BYTES));
    memory.device().fill(kept.found, Long.BYTES, NONE);
    return kept;
  }

  /// What a comparison found.
  Optional<Misfire> found(final Node patch, final Landing then) {
    final var found = new long[1];
    then.into(MemorySegment.ofArray(found));
    if (found[0] == NONE) {
      return Optional.empty();
    }
    final var here = kept.get(patch);
    if (here != null) {
      memory.device().fill(here.found, Long.BYTES, NONE);
    }
    return Optional.of(new Misfire((int) (found[0] >>> Integer.SIZE), (int) found[0]));
  }
}
