package io.patchbay.bench;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchUnits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// The two kernels that compute new values of units by themselves, for callers that bring their own
/// clock: a slice of one flat row, checked against the Java form when it is made.
public final class UnitRuns implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  private static final long SEED = 0x1234_5678_9abc_def0L;
  private static final long ID = 77;
  private static final int DRAW = 3;
  private static final double TOLERANCE = 3e-6;

  private final Kernels kernels = Kernels.open();
  private final Arena arena = Arena.ofShared();
  private final PatchProgram program;
  private final int count;
  private final MemorySegment words;
  private final MemorySegment constants;
  private final MemorySegment clean;
  private final MemorySegment source;
  private final MemorySegment random;
  private final MemorySegment ids;
  private final MemorySegment out;

  /// @param op reads clean, source and random values at most
  /// @throws IllegalStateException when a kernel and the Java form differ
  public UnitRuns(final PatchOp op, final int count) {
    this.program = op.program();
    this.count = count;
    final var draw = new SplittableRandom(SEED);
    final var units =
        new PatchUnits(
            draw(draw, count),
            draw(draw, count),
            new float[count],
            0,
            PatchUnits.random(SEED, ID, DRAW, 0, count),
            0,
            1,
            1);
    this.words = arena.allocateFrom(ValueLayout.JAVA_INT, program.words());
    this.constants = floats(program.numbers());
    this.clean = floats(units.clean());
    this.source = floats(units.source());
    this.random = floats(new float[count]);
    this.ids = arena.allocateFrom(ValueLayout.JAVA_INT, (int) ID, 0, DRAW);
    this.out = floats(new float[count]);
    check(op, units);
  }

  private void check(final PatchOp op, final PatchUnits units) {
    random();
    values();
    final var expected = op.values(units);
    for (int i = 0; i < count; i++) {
      final float drawn = random.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      final float found = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      final double most = TOLERANCE * Math.max(1, Math.abs(expected[i]));
      if (drawn != units.random()[i] || !(Math.abs((double) found - expected[i]) <= most)) {
        close();
        throw new IllegalStateException(
            "units differ from the Java form: op=%s, unit=%d, expected=%s, found=%s, random=%s"
                .formatted(op, i, expected[i], found, drawn));
      }
    }
  }

  /// All values, once.
  public void values() {
    final int instructions = program.instructions().size();
    kernels.values(
        words,
        instructions,
        constants,
        program.constants().size(),
        clean,
        source,
        random,
        out,
        count);
  }

  /// All random numbers, once.
  public void random() {
    kernels.random(SEED, ids, random, count);
  }

  private static float[] draw(final SplittableRandom random, final int count) {
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return values;
  }

  private MemorySegment floats(final float[] values) {
    final var segment = arena.allocate(Math.max(1, values.length) * (long) Float.BYTES, ALIGNMENT);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  @Override
  public void close() {
    arena.close();
  }
}
