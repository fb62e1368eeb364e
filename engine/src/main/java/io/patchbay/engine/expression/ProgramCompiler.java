package io.patchbay.engine.expression;

import io.patchbay.engine.expression.Expression.Binary;
import io.patchbay.engine.expression.Expression.Call;
import io.patchbay.engine.expression.Expression.Constant;
import io.patchbay.engine.expression.Expression.Name;
import io.patchbay.engine.expression.Expression.Negative;
import io.patchbay.engine.expression.PatchProgram.Code;
import io.patchbay.engine.expression.PatchProgram.Instruction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An expression of [Dialect#PATCH] to a program: equal parts are computed once, then every value
/// takes the register that has been free the shortest.
final class ProgramCompiler {
  private final int values = PatchValue.values().length;
  private final List<Float> constants;
  private final Map<Float, Integer> literals = new HashMap<>();
  private final Map<Instruction, Integer> known = new HashMap<>();

  /// In the order of the computation; the value of instruction `i` is operand `REGISTER + i`.
  private final List<Instruction> code = new ArrayList<>();

  private ProgramCompiler(final List<Float> parameters) {
    this.constants = new ArrayList<>(parameters);
  }

  /// @param parameters the numbers of the names after those of [PatchValue]
  /// @throws ExpressionException when the expression is too long for the kernels
  static PatchProgram compile(final Expression expression, final List<Float> parameters)
      throws ExpressionException {
    final var compiler = new ProgramCompiler(parameters);
    final int result = compiler.emit(expression);
    if (result < PatchProgram.REGISTER || result != compiler.last()) {
      compiler.code.add(new Instruction(Code.MOVE, 0, result, 0, 0));
    }
    require(compiler.constants.size(), PatchProgram.MOST_CONSTANTS, "numbers and parameters");
    require(compiler.code.size(), PatchProgram.LONGEST, "steps");
    return new PatchProgram(compiler.placed(), compiler.constants);
  }

  private static void require(final int count, final int most, final String what)
      throws ExpressionException {
    if (count > most) {
      throw new ExpressionException(1, count + " " + what, "at most " + most + ": a shorter one");
    }
  }

  private int last() {
    return PatchProgram.REGISTER + code.size() - 1;
  }

  private int emit(final Expression expression) {
    return switch (expression) {
      case Constant(double value) -> literal(value);
      case Name(int index) -> index < values ? index : PatchProgram.NAMED + index - values;
      case Negative(Constant(double value)) -> literal(-value);
      case Negative(var of) -> add(Code.NEGATE, emit(of));
      case Binary(var operator, var left, var right) -> binary(operator, left, right);
      case Call(var function, var arguments) ->
          call(function, arguments.stream().mapToInt(this::emit).toArray());
    };
  }

  private int literal(final double value) {
    return literals.computeIfAbsent(
        (float) value,
        number -> {
          constants.add(number);
          return PatchProgram.NAMED + constants.size() - 1;
        });
  }

  private int binary(final Operator operator, final Expression left, final Expression right) {
    if (operator == Operator.POWER) {
      return power(emit(left), Derivative.whole(right).orElseThrow());
    }
    final int a = emit(left);
    final int b = emit(right);
    return switch (operator) {
      case ADD -> add(Code.ADD, a, b);
      case SUBTRACT -> add(Code.SUBTRACT, a, b);
      case MULTIPLY -> add(Code.MULTIPLY, a, b);
      case DIVIDE -> add(Code.DIVIDE, a, b);
      case LESS -> add(Code.LESS, a, b);
      case AT_MOST -> add(Code.AT_MOST, a, b);
      case MORE -> add(Code.LESS, b, a);
      case AT_LEAST -> add(Code.AT_MOST, b, a);
      case EQUAL -> add(Code.EQUAL, a, b);
      case UNEQUAL -> add(Code.UNEQUAL, a, b);
      case POWER -> throw new IllegalStateException("a power is none of these");
    };
  }

  /// By squaring.
  private int power(final int base, final int exponent) {
    if (exponent == 0) {
      return literal(1);
    }
    int square = base;
    int product = -1;
    for (int left = Math.abs(exponent); left > 0; left /= 2) {
      if (left % 2 == 1) {
        product = product < 0 ? square : add(Code.MULTIPLY, product, square);
      }
      if (left > 1) {
        square = add(Code.MULTIPLY, square, square);
      }
    }
    return exponent < 0 ? add(Code.DIVIDE, literal(1), product) : product;
  }

  private int call(final Function function, final int[] x) {
    return switch (function) {
      case MIN -> add(Code.MIN, x[0], x[1]);
      case MAX -> add(Code.MAX, x[0], x[1]);
      case ABS -> add(Code.ABS, x[0]);
      case EXP -> add(Code.EXP, x[0]);
      case LOG -> add(Code.LOG, x[0]);
      case SQRT -> add(Code.SQRT, x[0]);
      case TANH -> add(Code.TANH, x[0]);
      case SIGMOID -> add(Code.SIGMOID, x[0]);
      case FLOOR -> add(Code.FLOOR, x[0]);
      case CLAMP -> add(Code.MAX, x[1], add(Code.MIN, x[2], x[0]));
      case IF -> add(new Instruction(Code.SELECT, 0, x[0], x[1], x[2]));
      case SIN, COS, TAN ->
          throw new IllegalArgumentException("not of this dialect: function=" + function.text());
    };
  }

  private int add(final Code kind, final int a) {
    return add(new Instruction(kind, 0, a, 0, 0));
  }

  private int add(final Code kind, final int a, final int b) {
    return add(new Instruction(kind, 0, a, b, 0));
  }

  private int add(final Instruction instruction) {
    return known.computeIfAbsent(
        instruction,
        i -> {
          code.add(i);
          return last();
        });
  }

  /// The code with a register for each value.
  private List<Instruction> placed() throws ExpressionException {
    final var lastReads = new int[code.size()];
    for (int i = 0; i < code.size(); i++) {
      for (final int operand : operands(code.get(i))) {
        if (operand >= PatchProgram.REGISTER) {
          lastReads[operand - PatchProgram.REGISTER] = i;
        }
      }
    }
    final var free = new ArrayDeque<Integer>();
    for (int r = 0; r < PatchProgram.REGISTERS; r++) {
      free.add(PatchProgram.REGISTER + r);
    }
    final var registers = new int[code.size()];
    final var placed = new ArrayList<Instruction>();
    for (int i = 0; i < code.size(); i++) {
      final var from = code.get(i);
      final int[] moved = operands(from);
      for (int k = 0; k < moved.length; k++) {
        final int value = moved[k] - PatchProgram.REGISTER;
        if (value >= 0) {
          moved[k] = registers[value];
          if (lastReads[value] == i) {
            free.remove(registers[value]);
            free.push(registers[value]);
          }
        }
      }
      if (free.isEmpty()) {
        throw new ExpressionException(
            1, "too many values at once", "at most " + PatchProgram.REGISTERS + " of them");
      }
      registers[i] = free.pop();
      placed.add(
          new Instruction(
              from.code(),
              registers[i],
              moved[0],
              moved.length > 1 ? moved[1] : 0,
              moved.length > 2 ? moved[2] : 0));
    }
    return placed;
  }

  private static int[] operands(final Instruction i) {
    return switch (i.code().operands()) {
      case 1 -> new int[] {i.a()};
      case 2 -> new int[] {i.a(), i.b()};
      default -> new int[] {i.a(), i.b(), i.c()};
    };
  }
}
