package io.patchbay.kernels.cuda;

import java.util.ArrayList;
import java.util.List;

/// Where the results of a program's instructions wait. Most are the first operand of the next
/// instruction and need not: a kernel still has them. The others get a slot of shared memory.
final class Slots {
  /// Of a result that nothing but the next instruction reads.
  static final int NONE = 255;

  private final int[] written;
  private final int[] slots;
  private final List<Integer> registers = new ArrayList<>();

  /// @param written the register that each instruction writes
  /// @param read for each, the registers that it reads; other operands are no register's number
  Slots(final int[] written, final int[][] read) {
    this.written = written.clone();
    this.slots = new int[written.length];
    for (int i = 0; i < written.length; i++) {
      slots[i] = isReadLater(i, read) ? slot(written[i]) : NONE;
    }
  }

  private boolean isReadLater(final int from, final int[][] read) {
    for (int i = from + 1; i < written.length; i++) {
      for (final int register : read[i]) {
        if (i > from + 1 && register == written[from]) {
          return true;
        }
      }
      if (written[i] == written[from]) {
        return false;
      }
    }
    return false;
  }

  private int slot(final int register) {
    if (!registers.contains(register)) {
      registers.add(register);
    }
    return registers.indexOf(register);
  }

  /// How many there are.
  int count() {
    return registers.size();
  }

  /// The slot that keeps the result of an instruction.
  int of(final int instruction) {
    return slots[instruction];
  }

  /// The operand of an instruction that is `register`.
  ///
  /// @param first operand of the first slot
  /// @param previous operand of the result before
  int operand(final int instruction, final int register, final int first, final int previous) {
    return instruction > 0 && written[instruction - 1] == register
        ? previous
        : first + registers.indexOf(register);
  }
}
