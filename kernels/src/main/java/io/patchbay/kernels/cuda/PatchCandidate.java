package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Patches, by a source (`patch.cu`) and by ops of one's own (`patch_program.cu`). Rows that are
/// gathered for the patch alone are read where they lie.
final class PatchCandidate implements Candidate {
  /// Units of one row, or groups of four, that a thread takes.
  private static final int EACH = 8;

  private final Kernel units;
  private final Kernel fours;
  private final OwnKernels own;
  private final Grid grid;

  PatchCandidate(final Device device, final OwnKernels own) {
    this.units = device.kernel("patch", "patch_units");
    this.fours = device.kernel("patch", "patch_fours");
    this.own = own;
    this.grid = Grid.of(device);
  }

  /// Rows of a value, or of a table by an index per row: `PatchRows` of the kernels.
  private record Rows(Value value, @Nullable Value index, long count) {
    static Rows of(final Node node, final Scope scope) {
      final boolean inside =
          node.op() instanceof Op.Gather
              && node.input(1).shape().rank() == 0
              && scope.interior(node);
      final var value = scope.value(inside ? node.input(0) : node);
      final var index = inside ? scope.value(node.input(1)) : null;
      return new Rows(value, index, scope.rows(value.axis()));
    }

    void put(final Fields fields) {
      fields.value(value).value(index).number(count);
    }

    void read(final List<Value> reads) {
      reads.add(value);
      if (index != null) {
        reads.add(index);
      }
    }
  }

  /// The fields of a launch, one after the other.
  private static final class Fields {
    private final List<Long> all = new ArrayList<>();

    Fields number(final long number) {
      all.add(number);
      return this;
    }

    Fields value(final @Nullable Value value) {
      return number(value == null ? 0 : value.address());
    }

    Fields rows(final @Nullable Rows rows) {
      if (rows == null) {
        return number(0).number(0).number(0);
      }
      rows.put(this);
      return this;
    }

    long[] array() {
      return all.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /// What both kinds of patches have: `PatchSite` of the kernels.
  private record Site(
      Rows x, Value ranges, Value out, Value count, int width, long[] rows, long[] faults) {
    static Site of(final Node node, final Node ranges, final int width, final Scope scope) {
      final var out = scope.value(node);
      final var count = scope.scratch("fired(%" + node.id() + ")", out.axis(), 1);
      scope.fired(node, count);
      final var listed = scope.value(ranges);
      return new Site(
          Rows.of(node.input(0), scope),
          listed,
          out,
          count,
          width,
          new long[] {scope.rows(listed.axis()), scope.rows(out.axis())},
          new long[] {
            scope.fault("patch outside the value: " + node),
            scope.fault("index outside the table: patch to " + out)
          });
    }

    /// Threads that share a row, a power of two.
    int lanes() {
      final int loads = (out.size() + width - 1) / width;
      final int wanted = (loads + 1) / 2;
      return wanted <= 1 ? 1 : Math.min(Grid.THREADS, Integer.highestOneBit(wanted - 1) << 1);
    }

    /// Units of a row that they take.
    int part() {
      return Math.min(out.size(), lanes() * width * EACH);
    }

    long threads(final int most) {
      return (long) most * ((out.size() + part() - 1) / part()) * lanes();
    }

    Fields fields() {
      return new Fields()
          .rows(x)
          .value(ranges)
          .number(rows[0])
          .value(out)
          .value(count)
          .number(rows[1])
          .number(faults[0])
          .number(faults[1])
          .number(out.size())
          .number(lanes())
          .number(part());
    }

    Step step(final String name, final List<Value> others, final Runnable work) {
      final var reads = new ArrayList<Value>();
      x.read(reads);
      reads.add(ranges);
      reads.addAll(others);
      return new Step(name, List.of(out, count), reads, work);
    }
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    return switch (node.op()) {
      case Op.Patch _ -> Optional.of(List.of(patch(node, scope)));
      case final Op.CustomPatch p -> Optional.of(List.of(patch(node, p, scope)));
      default -> Optional.empty();
    };
  }

  private Step patch(final Node node, final Scope scope) {
    final int width = node.shape().rowSize() % 4 == 0 ? 4 : 1;
    final var site = Site.of(node, node.input(2), width, scope);
    final var source = Rows.of(node.input(1), scope);
    final var reads = new ArrayList<Value>();
    source.read(reads);
    final var kernel = width == 4 ? fours : units;
    final var shape = grid.covering(site.threads(scope.most(site.out().axis())));
    return site.step(
        "patch", reads, () -> kernel.launch(shape, site.fields().rows(source).array()));
  }

  private Step patch(final Node node, final Op.CustomPatch op, final Scope scope) {
    final var site = Site.of(node, node.input(Op.CustomPatch.RANGES), 1, scope);
    final var source = given(node, op, PatchValue.SOURCE).map(n -> Rows.of(n, scope)).orElse(null);
    final var mean = given(node, op, PatchValue.MEAN).map(scope::value).orElse(null);
    final var value = given(node, op, PatchValue.VALUE).map(scope::value).orElse(null);
    final var seed = given(node, op, PatchValue.RANDOM).map(scope::value).orElse(null);
    final var ids = seed == null ? null : scope.value(node.input(op.input(PatchValue.RANDOM) + 1));
    final var reads = new ArrayList<Value>();
    if (source != null) {
      source.read(reads);
    }
    for (final var other : new @Nullable Value[] {mean, value, seed, ids}) {
      if (other != null) {
        reads.add(other);
      }
    }
    final long fault = seed == null ? 0 : scope.fault("random key out of range: " + node);
    final var program = own.kernel(op.op(), "patch_program", "patch_program");
    final var code = own.program(op.op());
    final var dims = node.shape();
    final int width = dims.rank() == 3 ? dims.dim(2) : 1;
    final int plane = dims.rank() == 3 ? dims.dim(1) * width : 1;
    final var told = scope.program(code, plane, width);
    final var covering = grid.covering(site.threads(scope.most(site.out().axis())));
    final int shared = Float.BYTES * code.slots() * Grid.THREADS;
    final var shape = new Launch(covering.blocksX(), 1, Grid.THREADS, shared);
    return site.step(
        "patch_program",
        reads,
        () -> {
          final var fields =
              site.fields()
                  .rows(source)
                  .value(mean)
                  .value(value)
                  .value(seed)
                  .value(ids)
                  .number(fault);
          for (final long field : told) {
            fields.number(field);
          }
          program.launch(shape, fields.array());
        });
  }

  private static Optional<Node> given(
      final Node node, final Op.CustomPatch op, final PatchValue value) {
    return op.op().reads(value) ? Optional.of(node.input(op.input(value))) : Optional.empty();
  }
}
