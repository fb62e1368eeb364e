package io.patchbay.kernels.cuda;

import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchProgram.Instruction;
import java.util.stream.IntStream;

/// A patch program as kernels are told it: `PatchCode` in `patch_program.cuh`.
///
/// @param fields of eight bytes
/// @param slots floats of shared memory that each thread needs
record PatchCode(long[] fields, int slots) {
  private static final int PREVIOUS = 127;
  private static final int CONSTANTS = PatchProgram.REGISTER - PatchProgram.NAMED;

  /// How many fields there are.
  static final int FIELDS = 1 + PatchProgram.LONGEST + CONSTANTS / 2;

  static PatchCode of(final PatchProgram program) {
    final var code = program.instructions();
    final var slots =
        new Slots(
            code.stream().mapToInt(Instruction::to).toArray(),
            code.stream().map(PatchCode::operands).toArray(int[][]::new));
    final var fields = new long[FIELDS];
    fields[0] = code.size();
    for (int i = 0; i < code.size(); i++) {
      fields[1 + i] = word(i, code.get(i), slots);
    }
    final var numbers = program.numbers();
    for (int i = 0; i < numbers.length; i++) {
      final long bits = Integer.toUnsignedLong(Float.floatToRawIntBits(numbers[i]));
      fields[1 + PatchProgram.LONGEST + i / 2] |= bits << (32 * (i % 2));
    }
    return new PatchCode(fields, slots.count());
  }

  private static int[] operands(final Instruction code) {
    return IntStream.of(code.a(), code.b(), code.c()).limit(code.code().operands()).toArray();
  }

  @SuppressWarnings("EnumOrdinal") // the kernel's codes are the order of the enum
  private static long word(final int at, final Instruction code, final Slots slots) {
    long word = code.code().ordinal() | (long) slots.of(at) << 8;
    final var operands = operands(code);
    for (int i = 0; i < operands.length; i++) {
      final int operand =
          operands[i] < PatchProgram.REGISTER
              ? operands[i]
              : slots.operand(at, operands[i], PatchProgram.REGISTER, PREVIOUS);
      word |= (long) operand << (16 + 8 * i);
    }
    return word;
  }
}
