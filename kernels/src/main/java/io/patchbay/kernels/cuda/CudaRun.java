package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Running;
import io.patchbay.ffi.cuda.Landing;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A run whose results are on their way to the host.
final class CudaRun implements Running {
  private final Faults faults;
  private final Expectations expectations;
  private final Set<CudaRun> open;
  private final Map<Node, Rows<float[]>> outputs = new HashMap<>();
  private final Map<Node, Rows<int[]>> skipped = new HashMap<>();
  private final Map<Node, Landing> checks = new HashMap<>();
  private final Map<Node, float[]> read = new HashMap<>();
  private final Map<Node, int[]> marks = new HashMap<>();
  private final Map<Node, Optional<Misfire>> misfires = new HashMap<>();
  private Optional<Landing> found = Optional.empty();
  private boolean ended;

  /// Some elements on their way.
  ///
  /// @param to an array, made while the device works
  private record Rows<T>(Landing landing, T to) {}

  /// @param open runs of the program whose end was not waited for, of which this is one until then
  CudaRun(final Faults faults, final Expectations expectations, final Set<CudaRun> open) {
    this.faults = faults;
    this.expectations = expectations;
    this.open = open;
    open.add(this);
  }

  void output(final Node node, final Landing landing, final int elements) {
    outputs.put(node, new Rows<>(landing, new float[elements]));
  }

  void skipped(final Node node, final Landing landing, final int elements) {
    skipped.put(node, new Rows<>(landing, new int[elements]));
  }

  void check(final Node patch, final Landing landing) {
    checks.put(patch, landing);
  }

  /// The last of all that is asked of the device for this run.
  void last(final Optional<Landing> faultsThen) {
    found = faultsThen;
  }

  @Override
  public void end() {
    if (ended) {
      return;
    }
    ended = true;
    try {
      found.ifPresent(faults::check);
      checks.forEach((patch, check) -> misfires.put(patch, expectations.found(patch, check)));
      outputs.forEach((node, rows) -> {
        rows.landing().into(MemorySegment.ofArray(rows.to()));
        read.put(node, rows.to());
      });
      skipped.forEach((node, rows) -> {
        rows.landing().into(MemorySegment.ofArray(rows.to()));
        marks.put(node, rows.to());
      });
    } finally {
      close();
    }
  }

  /// Gives up what has not been read.
  void close() {
    ended = true;
    open.remove(this);
    found.ifPresent(Landing::close);
    checks.values().forEach(Landing::close);
    outputs.values().forEach(rows -> rows.landing().close());
    skipped.values().forEach(rows -> rows.landing().close());
  }

  private <T> T known(final Map<Node, T> all, final Node node) {
    end();
    final var known = all.get(node);
    if (known == null) {
      throw new IllegalArgumentException("not asked of this run: " + node);
    }
    return known;
  }

  @Override
  public float[] read(final Node output) {
    return known(read, output);
  }

  @Override
  public int[] skipped(final Node propagation) {
    return known(marks, propagation);
  }

  @Override
  public Optional<Misfire> misfired(final Node patch) {
    return known(misfires, patch);
  }
}
