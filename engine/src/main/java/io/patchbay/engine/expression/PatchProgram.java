package io.patchbay.engine.expression;

import java.util.List;

/// An expression as a short program over registers, the form that kernels interpret: an operand is
/// a named value (its place in [PatchValue]), a constant (from [#NAMED] on) or a register (from
/// [#REGISTER] on). The last instruction makes the result.
///
/// @param constants the parameters in their order, then the numbers of the text
@SuppressWarnings("EnumOrdinal") // operands and codes are the order of the enums
public record PatchProgram(List<Instruction> instructions, List<Float> constants) {
  /// Operands kept for named values.
  public static final int NAMED = 16;

  /// The first register.
  public static final int REGISTER = 64;

  /// How many registers there are.
  public static final int REGISTERS = 24;

  /// The most instructions.
  public static final int LONGEST = 96;

  static final int MOST_CONSTANTS = REGISTER - NAMED;

  /// Integers of one instruction in [#words].
  public static final int WORDS = 5;

  public PatchProgram {
    instructions = List.copyOf(instructions);
    constants = List.copyOf(constants);
  }

  /// `to = code(a, b, c)`; operands that the code does not take are 0.
  public record Instruction(Code code, int to, int a, int b, int c) {}

  /// What an instruction does. Comparisons give 1 or 0; `MIN` and `MAX` give NaN where either
  /// operand is; `SELECT` gives `b` where `a` is not 0 (NaN is not), else `c`.
  ///
  /// The order is that of the kernels.
  public enum Code {
    MOVE(1),
    NEGATE(1),
    ABS(1),
    EXP(1),
    LOG(1),
    SQRT(1),
    TANH(1),
    SIGMOID(1),
    FLOOR(1),
    ADD(2),
    SUBTRACT(2),
    MULTIPLY(2),
    DIVIDE(2),
    MIN(2),
    MAX(2),
    LESS(2),
    AT_MOST(2),
    EQUAL(2),
    UNEQUAL(2),
    SELECT(3);

    private final int operands;

    Code(final int operands) {
      this.operands = operands;
    }

    /// How many operands it takes.
    public int operands() {
      return operands;
    }
  }

  /// Whether the program reads a named value.
  public boolean reads(final PatchValue value) {
    return instructions.stream()
        .anyMatch(i -> {
          final int n = i.code().operands();
          final int operand = value.ordinal();
          return i.a() == operand || (n > 1 && i.b() == operand) || (n > 2 && i.c() == operand);
        });
  }

  /// The instructions as the kernels take them: (code, to, a, b, c) each.
  public int[] words() {
    final int[] words = new int[WORDS * instructions.size()];
    for (int i = 0; i < instructions.size(); i++) {
      final var instruction = instructions.get(i);
      words[WORDS * i] = instruction.code().ordinal();
      words[WORDS * i + 1] = instruction.to();
      words[WORDS * i + 2] = instruction.a();
      words[WORDS * i + 3] = instruction.b();
      words[WORDS * i + 4] = instruction.c();
    }
    return words;
  }

  /// The constants as the kernels take them.
  public float[] numbers() {
    final float[] numbers = new float[constants.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = constants.get(i);
    }
    return numbers;
  }
}
