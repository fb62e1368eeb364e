package io.patchbay.engine.expression;

/// Runs a program on one unit after another, in float64: the plain form, which the kernels are
/// checked against. For one thread.
public final class PatchEvaluator {
  private final PatchProgram program;
  private final double[] operands = new double[PatchProgram.REGISTER + PatchProgram.REGISTERS];

  PatchEvaluator(final PatchProgram program) {
    this.program = program;
    for (int i = 0; i < program.constants().size(); i++) {
      operands[PatchProgram.NAMED + i] = program.constants().get(i);
    }
  }

  /// Sets a named value for the next runs.
  @SuppressWarnings("EnumOrdinal") // operands are the order of the enum
  public void set(final PatchValue value, final double number) {
    operands[value.ordinal()] = number;
  }

  /// Sets unit, channel, row and column.
  ///
  /// @param plane units of a channel
  /// @param width columns of a channel
  public void place(final int unit, final int plane, final int width) {
    final int channel = unit / plane;
    final int row = unit % plane / width;
    final int column = unit % plane % width;
    set(PatchValue.UNIT, unit);
    set(PatchValue.CHANNEL, channel);
    set(PatchValue.ROW, row);
    set(PatchValue.COLUMN, column);
  }

  /// The patched value.
  public double run() {
    double result = 0;
    for (final var i : program.instructions()) {
      final double a = operands[i.a()];
      final double b = operands[i.b()];
      result =
          switch (i.code()) {
            case MOVE -> a;
            case NEGATE -> -a;
            case ABS -> Math.abs(a);
            case EXP -> StrictMath.exp(a);
            case LOG -> StrictMath.log(a);
            case SQRT -> Math.sqrt(a);
            case TANH -> StrictMath.tanh(a);
            case SIGMOID -> Function.sigmoid(a);
            case FLOOR -> Math.floor(a);
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            case LESS -> a < b ? 1 : 0;
            case AT_MOST -> a <= b ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case UNEQUAL -> a != b ? 1 : 0;
            case SELECT -> a != 0 ? b : operands[i.c()];
          };
      operands[i.to()] = result;
    }
    return result;
  }
}
