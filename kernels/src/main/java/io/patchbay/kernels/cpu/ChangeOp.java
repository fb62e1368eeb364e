package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.expression.PatchValue;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An op of one's own whose change is carried, with what it reads (`OwnOp` of `change_custom.h`).
record ChangeOp(
    NativeProgram program,
    Propagate.Own op,
    @Nullable Value mean,
    @Nullable Value seed,
    @Nullable Value ids) {
  /// Longs of the description.
  static final int FIELDS = 9;

  static Optional<ChangeOp> of(
      final Node node, final Propagate op, final Scope scope, final Memory memory) {
    return op.own()
        .map(own -> {
          final boolean draws = op.reads(PatchValue.RANDOM);
          final int seed = op.input(PatchValue.RANDOM);
          return new ChangeOp(
              NativeProgram.of(own.op().program(), memory),
              own,
              op.reads(PatchValue.MEAN) ? scope.value(node.input(op.input(PatchValue.MEAN))) : null,
              draws ? scope.value(node.input(seed)) : null,
              draws ? scope.value(node.input(seed + 1)) : null);
        });
  }

  void read(final List<Value> reads, final List<Value> tables) {
    if (mean != null) {
      tables.add(mean);
    }
    if (seed != null) {
      tables.add(seed);
    }
    if (ids != null) {
      reads.add(ids);
    }
  }

  /// Writes the description for cells from `first` on.
  ///
  /// @param at where it goes in the scratch, in longs
  void describe(final Frame f, final long at, final int first) {
    final long[] fields = {
      program.words(),
      program.length(),
      program.constants(),
      program.count(),
      mean == null ? 0 : mean.address(),
      seed == null ? 0 : seed.address(),
      ids == null ? 0 : ids.at(f, first),
      op.plane(),
      op.width()
    };
    for (int i = 0; i < FIELDS; i++) {
      f.scratch().setAtIndex(JAVA_LONG, at + i, fields[i]);
    }
  }
}
