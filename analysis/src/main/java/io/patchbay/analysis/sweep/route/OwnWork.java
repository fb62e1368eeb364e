package io.patchbay.analysis.sweep.route;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchValue;
import java.util.List;

/// What an op of one's own takes in a cell, on whichever way it goes.
final class OwnWork {
  /// Elements go through a program by as many.
  private static final int LANES = 16;

  private OwnWork() {}

  /// The mean over the units. Of a hand-written op its elements alone: what its function takes is
  /// not known, and is the same on every way.
  static WorkCount of(final PatchOp op, final List<Unit> units) {
    final double elements =
        units.stream()
            .mapToInt(unit -> Math.ceilDiv(unit.size(), LANES) * LANES)
            .average()
            .orElse(0);
    int functions = 0;
    int others = 0;
    final var instructions =
        op.isHandWritten() ? List.<PatchProgram.Instruction>of() : op.program().instructions();
    for (final var instruction : instructions) {
      switch (instruction.code()) {
        case EXP, LOG, TANH, SIGMOID -> functions++;
        case MOVE,
            NEGATE,
            ABS,
            SQRT,
            FLOOR,
            ADD,
            SUBTRACT,
            MULTIPLY,
            DIVIDE,
            MIN,
            MAX,
            LESS,
            AT_MOST,
            EQUAL,
            UNEQUAL,
            SELECT ->
            others++;
      }
    }
    WorkCount work = WorkCount.NONE.plus(Work.OWN, elements);
    if (others > 0) {
      work = work.plus(Work.INSTRUCTION, others * elements);
    }
    if (functions > 0) {
      work = work.plus(Work.FUNCTION, functions * elements);
    }
    return op.reads(PatchValue.RANDOM) ? work.plus(Work.RANDOM, elements) : work;
  }
}
