package io.patchbay.kernels.cuda;

import io.patchbay.engine.expression.PatchProgram;
import io.patchbay.engine.expression.PatchProgram.Instruction;
import java.util.stream.IntStream;

/// A patch program as kernels interpret it: `PatchProgram` in `patch_program.cuh`.
///
/// @param words of the instructions, two each
/// @param constants bits of floats
/// @param slots floats that each thread needs
@SuppressWarnings("ArrayRecordComponent") // tables on their way to the device
record PatchCode(int[] words, int[] constants, int slots) {
  /// Of kernels that an op is compiled into, or that there is none for.
  static final PatchCode NONE = new PatchCode(new int[0], new int[0], 0);

  private static final int PREVIOUS = 127;

  static PatchCode of(final PatchProgram program) {
    final var code = program.instructions();
    final var slots =
        new Slots(
            code.stream().mapToInt(Instruction::to).toArray(),
            code.stream().map(PatchCode::operands).toArray(int[][]::new));
    final var words = new int[2 * code.size()];
    for (int i = 0; i < code.size(); i++) {
      final long word = word(i, code.get(i), slots);
      words[2 * i] = (int) word;
      words[2 * i + 1] = (int) (word >>> Integer.SIZE);
    }
    final var constants = program.constants().stream().mapToInt(Float::floatToRawIntBits).toArray();
    return new PatchCode(words, constants, slots.count());
  }

  /// The fields, with the tables placed in memory.
  ///
  /// @param plane units of a channel of the site
  /// @param width units of a row of a channel
  long[] fields(final Memory memory, final int plane, final int width) {
    final boolean none = words.length == 0;
    return new long[] {
      none ? 0 : memory.table("patch program", words),
      words.length / 2,
      none ? 0 : memory.table("patch constants", constants),
      plane,
      width
    };
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
