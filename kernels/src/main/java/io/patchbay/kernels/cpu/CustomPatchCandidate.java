package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.expression.PatchValue;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Patches by ops of one's own (`patch_program.cpp`, and [JavaPatch] of those that are
/// hand-written). Rows that are gathered for the patch alone are read where they lie.
final class CustomPatchCandidate implements Candidate {
  /// Fields of the kernel's `PatchCall`.
  private static final int FIELDS = 19;

  private final MethodHandle kernel;
  private final Memory memory;
  private final Map<Node, Value> fired;

  /// @param fired where the counts of each patch node stand
  CustomPatchCandidate(
      final KernelLibrary library, final Memory memory, final Map<Node, Value> fired) {
    this.kernel =
        library.kernel("patch_program", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    this.memory = memory;
    this.fired = fired;
  }

  /// Rows of a value, or of a table by an index per row.
  private record Rows(Value value, @Nullable Value index) {
    static Rows of(final Node node, final Scope scope) {
      final boolean inside =
          node.op() instanceof Op.Gather
              && node.input(1).shape().rank() == 0
              && scope.interior(node);
      return inside
          ? new Rows(scope.value(node.input(0)), scope.value(node.input(1)))
          : new Rows(scope.value(node), null);
    }

    /// Three fields: address, address of the index or 0, rows.
    int put(final long[] fields, final int at, final Frame f, final int first) {
      fields[at] = index == null ? value.at(f, first) : value.address();
      fields[at + 1] = index == null ? 0 : index.at(f, first);
      fields[at + 2] = f.rows(value.axis());
      return at + 3;
    }

    void read(final List<Value> reads, final List<Value> tables) {
      if (index == null) {
        reads.add(value);
      } else {
        reads.add(index);
        tables.add(value);
      }
    }
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Op.CustomPatch op)) {
      return Optional.empty();
    }
    final var mean = given(node, op, PatchValue.MEAN);
    final boolean stored = mean.filter(n -> n.op() instanceof Op.State).isPresent();
    // A state keeps its logical order, the kernel reads that of images.
    return stored && node.shape().rank() == 3
        ? Optional.empty()
        : Optional.of(List.of(bind(node, op, scope)));
  }

  private Step bind(final Node node, final Op.CustomPatch op, final Scope scope) {
    final var out = scope.value(node);
    final var x = Rows.of(node.input(Op.CustomPatch.X), scope);
    final var ranges = scope.value(node.input(Op.CustomPatch.RANGES));
    final var source = given(node, op, PatchValue.SOURCE).map(n -> Rows.of(n, scope)).orElse(null);
    final var mean = given(node, op, PatchValue.MEAN).map(scope::value).orElse(null);
    final var value = given(node, op, PatchValue.VALUE).map(scope::value).orElse(null);
    final var seed = given(node, op, PatchValue.RANDOM).map(scope::value).orElse(null);
    final var ids = seed == null ? null : scope.value(node.input(op.input(PatchValue.RANDOM) + 1));
    final var count = scope.scratch("fired(%" + node.id() + ")", out.axis(), 1);
    fired.put(node, count);
    final var program =
        op.op().isHandWritten() ? null : NativeProgram.of(op.op().program(), memory);
    final var reads = new ArrayList<Value>();
    final var tables = new ArrayList<>(List.of(ranges));
    x.read(reads, tables);
    if (source != null) {
      source.read(reads, tables);
    }
    for (final var other : new @Nullable Value[] {mean, value, seed, ids}) {
      if (other != null) {
        reads.add(other);
      }
    }
    final int channels = out.hwc() ? out.shape().dim(0) : out.size();
    final int height = out.hwc() ? out.shape().dim(1) : 1;
    final int width = out.hwc() ? out.shape().dim(2) : 1;
    return new Step(
        "patch_program",
        out.axis(),
        1,
        List.of(out, count),
        reads,
        tables,
        (f, first, rows) -> {
          Memory.at(count.at(f, first), 4L * rows).fill((byte) 0);
          final long[] fields = new long[FIELDS];
          int at = x.put(fields, 0, f, first);
          if (source != null) {
            source.put(fields, at, f, first);
          }
          at += 3;
          for (final var other : new @Nullable Value[] {mean, value, seed, ids}) {
            fields[at++] = other == null ? 0 : other.at(f, other.axis() == null ? 0 : first);
          }
          fields[at++] = ranges.address();
          fields[at++] = f.rows(ranges.axis());
          fields[at++] = out.at(f, first);
          fields[at++] = count.at(f, first);
          fields[at++] = channels;
          fields[at++] = height;
          fields[at++] = width;
          fields[at++] = first;
          fields[at] = rows;
          if (program == null) {
            new JavaPatch(op.op(), fields).run();
          } else {
            call(f, program, fields);
          }
        });
  }

  private static Optional<Node> given(
      final Node node, final Op.CustomPatch op, final PatchValue value) {
    return op.op().reads(value) ? Optional.of(node.input(op.input(value))) : Optional.empty();
  }

  private void call(final Frame f, final NativeProgram program, final long[] fields) {
    final var scratch = f.scratch();
    for (int i = 0; i < fields.length; i++) {
      scratch.setAtIndex(JAVA_LONG, i, fields[i]);
    }
    try {
      KernelLibrary.check(
          "patch_program",
          (int)
              kernel.invokeExact(
                  program.words(),
                  program.length(),
                  program.constants(),
                  program.count(),
                  scratch.address()));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("patch_program", t);
    }
  }
}
