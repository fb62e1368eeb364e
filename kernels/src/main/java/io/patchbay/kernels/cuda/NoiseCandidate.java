package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import java.util.List;
import java.util.Optional;

/// Standard normals by key, and the reparameterised sample (`noise.cu`).
final class NoiseCandidate implements Candidate {
  private final Kernel normal;
  private final Kernel reparameterise;
  private final Grid grid;

  NoiseCandidate(final Device device) {
    this.normal = device.kernel("noise", "normal");
    this.reparameterise = device.kernel("noise", "reparameterise");
    this.grid = Grid.of(device);
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case final Op.Normal n -> Optional.of(List.of(normal(node, n, scope)));
      case Op.Reparameterise _ -> Optional.of(List.of(reparameterise(node, scope)));
      default -> Optional.empty();
    };
  }

  private Step normal(final Node node, final Op.Normal op, final Scope scope) {
    final var seed = scope.value(node.input(0));
    final var ids = scope.value(node.input(1));
    final var out = scope.value(node);
    final long rows = scope.rows(out.axis());
    final long fault = scope.fault("random key out of range: " + node);
    final var shape = grid.covering(scope.most(out.axis()) * ((op.size() + 3L) / 4));
    return Step.of(
        "normal",
        out,
        List.of(seed, ids),
        () ->
            normal.launch(
                shape,
                seed.address(),
                ids.address(),
                out.address(),
                rows,
                fault,
                op.size(),
                op.stream()));
  }

  private Step reparameterise(final Node node, final Scope scope) {
    final var mu = scope.value(node.input(0));
    final var logvar = scope.value(node.input(1));
    final var eps = scope.value(node.input(2));
    final var out = scope.value(node);
    final long rows = scope.rows(out.axis());
    final long size = out.size();
    final var shape = grid.covering(scope.most(out.axis()) * size);
    return Step.of(
        "reparameterise",
        out,
        List.of(mu, logvar, eps),
        () ->
            reparameterise.launch(
                shape, mu.address(), logvar.address(), eps.address(), out.address(), rows, size));
  }
}
