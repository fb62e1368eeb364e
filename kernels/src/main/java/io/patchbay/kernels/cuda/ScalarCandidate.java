package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.Optional;

/// The number of rows as a value (`scalar.cu`), where a kernel cannot read it itself.
final class ScalarCandidate implements Candidate {
  private final Kernel count;

  ScalarCandidate(final Device device) {
    this.count = device.kernel("scalar", "count_rows");
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Op.Count op)) {
      return Optional.empty();
    }
    final var out = scope.value(node);
    final long rows = scope.rows(op.axis());
    return Optional.of(
        List.of(
            Step.of(
                "count",
                out,
                List.of(),
                () -> count.launch(Launch.of(1, 32), out.address(), rows))));
  }
}
