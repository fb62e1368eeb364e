package io.patchbay.engine.expression;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Runs a patch op on one unit after another, in float64: the plain form, which the kernels are
/// checked against. For one thread.
public final class PatchEvaluator implements PatchUnit {
  private final double[] operands = new double[PatchProgram.REGISTER + PatchProgram.REGISTERS];
  private final Set<PatchValue> declared;
  private final Body body;
  private double largest;

  /// What makes the result of the operands.
  private interface Body {
    double run(PatchEvaluator evaluator);
  }

  private PatchEvaluator(final Set<PatchValue> declared, final Body body) {
    this.declared = declared;
    this.body = body;
  }

  static PatchEvaluator of(final PatchProgram program) {
    final var evaluator =
        new PatchEvaluator(Set.of(PatchValue.values()), e -> e.run(program.instructions()));
    for (int i = 0; i < program.constants().size(); i++) {
      evaluator.operands[PatchProgram.NAMED + i] = program.constants().get(i);
    }
    return evaluator;
  }

  /// @param declared what the function may read
  static PatchEvaluator of(final Set<PatchValue> declared, final PatchFunction function) {
    return new PatchEvaluator(declared, e -> e.noted(function.of(e)));
  }

  /// Sets a named value for the next runs.
  @SuppressWarnings("EnumOrdinal") // operands are the order of the enum
  public void set(final PatchValue value, final double number) {
    operands[value.ordinal()] = number;
  }

  @Override
  @SuppressWarnings("EnumOrdinal") // operands are the order of the enum
  public double get(final PatchValue value) {
    if (!declared.contains(value)) {
      throw new IllegalStateException(
          "a patch op reads what it has not declared: value="
              + value.text()
              + ", declared="
              + declared.stream().map(PatchValue::text).sorted().toList());
    }
    return operands[value.ordinal()];
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
    largest = 0;
    return body.run(this);
  }

  /// The largest size of a finite number that the last run has made on its way: rounding is of this
  /// size, not of the result's, where large numbers cancel.
  public double largest() {
    return largest;
  }

  private double noted(final double result) {
    if (Double.isFinite(result)) {
      largest = Math.max(largest, Math.abs(result));
    }
    return result;
  }

  private double run(final List<PatchProgram.Instruction> instructions) {
    double result = 0;
    for (final var i : instructions) {
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
      operands[i.to()] = noted(result);
    }
    return result;
  }

  @Override
  public String toString() {
    return "PatchEvaluator" + Arrays.toString(Arrays.copyOf(operands, PatchValue.values().length));
  }
}
