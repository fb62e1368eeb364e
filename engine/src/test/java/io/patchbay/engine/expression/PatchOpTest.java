package io.patchbay.engine.expression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.random.Philox;
import io.patchbay.engine.random.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("EnumOrdinal") // operands are the order of the enum
final class PatchOpTest {
  private static final double STEP = 1e-6;

  /// Draws of every value.
  private static double[] values(final SplittableRandom random) {
    return random.doubles(PatchValue.values().length, -2, 2).toArray();
  }

  private static double run(final PatchOp op, final double[] values) {
    final var evaluator = op.evaluator();
    for (final var value : PatchValue.values()) {
      evaluator.set(value, values[value.ordinal()]);
    }
    return evaluator.run();
  }

  /// The program gives what the parsed expression does, and so does its own text.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "clean",
        "2",
        "-clean",
        "clean + source * mean - value / (3 + unit)",
        "clean - (source - (mean - (value - (unit - (channel - (row - column))))))",
        "min(clean, source) + max(mean, value) + clamp(unit, -1, 1)",
        "abs(clean) + exp(source) + log(3 + mean) + sqrt(3 + value)",
        "tanh(clean) + sigmoid(source) + floor(4 * mean)",
        "(clean < source) + 2 * (clean <= mean) + 4 * (clean > value)",
        "(clean >= source) + 2 * (clean == clean) + 4 * (clean != value)",
        "clean > 0 ? source > 0 ? 1 : 2 : mean > 0 ? 3 : 4",
        "clean^3 + source^-2 + mean^1 + value^0 + random^8",
        "(clean + source) * (clean + source) + (clean + source)",
        "if(random, row, column)",
      })
  void aProgramComputesItsExpression(final String text) throws ExpressionException {
    final var op = PatchOp.define("op", text);
    final var expression = Expression.parse(text, PatchValue.names());
    final var again = Expression.parse(expression.text(PatchValue.names()), PatchValue.names());
    assertEquals(expression, again, "printed and read again");
    final var random = new SplittableRandom(text.hashCode());
    for (int i = 0; i < 100; i++) {
      final double[] values = values(random);
      final double expected = expression.at(values);
      assertEquals(expected, run(op, values), 1e-12 * Math.abs(expected), text);
    }
  }

  @Test
  void equalPartsAreComputedOnceAndRegistersAreUsedAgain() {
    final var op =
        PatchOp.define("op", "(clean + source) * (clean + source) - tanh(clean + source)");
    assertEquals(4, op.program().instructions().size());
    final var chain = PatchOp.define("chain", "clean" + " + source * 2".repeat(40));
    final long registers =
        chain.program().instructions().stream().map(i -> i.to()).distinct().count();
    assertTrue(registers <= 2, () -> "registers=" + registers);
  }

  /// The column, and why.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          clean + sorce            | column 9: found 'sorce', expected one of clean, source, mean
          clean +                  | column 8: found the end, expected a number
          clean + (source          | column 16: found the end, expected ')'
          sin(clean)               | column 1: found function 'sin', expected one of min, max, abs
          clean ^ source           | column 9: found 'source', expected a whole number from -8
          clean ^ 2.5              | column 9: found '2.5', expected a whole number from -8
          clean ^ 9                | column 9: found '9', expected a whole number from -8
          clean * 1e39             | column 9: found '1', expected a finite number of 32 bits
          max(clean)               | column 1: found max of 1, expected max of 2
          clean ? source           | column 15: found the end, expected ':'
          clean source             | column 7: found 's', expected an operator or the end
          """)
  void aWrongExpressionSaysWhere(final String text, final String message) {
    final var e = assertThrows(IllegalArgumentException.class, () -> PatchOp.define("mine", text));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("patch op mine: " + message), e::getMessage);
  }

  @Test
  void whatIsTooLongForTheKernelsIsRefused() {
    final var steps = new StringBuilder("clean");
    for (int i = 0; i < 100; i++) {
      steps.append(" + source * ").append(i + 2);
    }
    refused("numbers and parameters", steps.toString(), Map.of());
    refused("steps", "clean" + " + source - mean".repeat(60), Map.of());
    final var wide = new StringBuilder("clean");
    final var end = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      wide.append(" + (source - ").append(i % 7).append(") * ((mean + ").append(i).append(")");
      end.append(')');
    }
    final var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PatchOp.define("mine", wide.append(end).toString()));
    assertTrue(String.valueOf(e.getMessage()).contains("column 1: found"), e::getMessage);
  }

  @Test
  void aWrongNameOrParameterIsRefused() {
    refused("name", "my op", "clean", Map.of());
    refused("is not read: parameter=beta", "clean * alpha", Map.of("alpha", 1.0, "beta", 2.0));
    refused("parameter=clean", "clean", Map.of("clean", 1.0));
    refused("parameter=max", "clean", Map.of("max", 1.0));
    refused("parameter=pi", "clean * pi", Map.of("pi", 3.0));
    refused("parameter=a-b", "clean", Map.of("a-b", 1.0));
    refused("number=1.0E39", "clean * a", Map.of("a", 1e39));
  }

  private static void refused(
      final String why, final String text, final Map<String, Double> parameters) {
    refused(why, "mine", text, parameters);
  }

  private static void refused(
      final String why,
      final String name,
      final String text,
      final Map<String, Double> parameters) {
    final var e =
        assertThrows(IllegalArgumentException.class, () -> PatchOp.define(name, text, parameters));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  @Test
  void anOpIsAValue() {
    final var text = "clean + alpha * (source - clean) + beta";
    final var op = PatchOp.define("blend", text, Map.of("alpha", 0.5, "beta", -1.0));
    assertEquals("blend(alpha=0.5, beta=-1.0) = " + text, op.toString());
    final var same =
        PatchOp.define("blend", text.replace(" ", ""), Map.of("beta", -1.0, "alpha", 0.5));
    assertEquals(op, same);
    assertEquals(op.hashCode(), same.hashCode());
    assertNotEquals(op, PatchOp.define("other", text, Map.of("alpha", 0.5, "beta", -1.0)));
    assertNotEquals(op, PatchOp.define("blend", text, Map.of("alpha", 0.6, "beta", -1.0)));
    assertTrue(op.reads(PatchValue.CLEAN) && op.reads(PatchValue.SOURCE));
    assertFalse(op.reads(PatchValue.MEAN) || op.reads(PatchValue.RANDOM));
  }

  /// Against central differences, at values that are no kinks.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "clean * source - clean / (3 + mean) + value",
        "(clean - source)^3 + (3 + clean)^-2",
        "tanh(clean) * sigmoid(source) + exp(clean * mean) - log(3 + source) + sqrt(3 + value)",
        "abs(clean - source) + min(clean, mean) + max(source, value) + floor(clean)",
        "clamp(clean * 2, mean - 1, 1 + abs(value))",
        "clean > source ? mean * clean : value * source",
        "if(clean < 0, -clean * mean, source * value) + (clean > mean)",
      })
  void derivativesAgreeWithDifferences(final String text) {
    final var op = PatchOp.define("op", text);
    final var random = new SplittableRandom(11);
    for (final var by :
        List.of(PatchValue.CLEAN, PatchValue.SOURCE, PatchValue.MEAN, PatchValue.VALUE)) {
      final var derivative = op.derivative(by);
      assertEquals("op'" + by.text(), derivative.name());
      for (int i = 0; i < 50; i++) {
        final double[] values = values(random);
        final double exact = run(derivative, values);
        final double at = values[by.ordinal()];
        values[by.ordinal()] = at + STEP;
        final double above = run(op, values);
        values[by.ordinal()] = at - STEP;
        final double below = run(op, values);
        assertEquals(
            (above - below) / (2 * STEP), exact, 1e-6 * (1 + Math.abs(exact)), text + " by " + by);
      }
    }
  }

  /// What is said of kinks.
  @Test
  void aKinkHasTheDerivativeOfTheBranchThatIsTaken() {
    assertEquals(0, slope("abs(clean)", 0));
    assertEquals(0, slope("min(clean, 1)", 1), "equal values: the second");
    assertEquals(1, slope("min(1, clean)", 1), "equal values: the second");
    assertEquals(1, slope("clamp(clean, 0, 1)", 0));
    assertEquals(1, slope("clamp(clean, 0, 1)", 1));
    assertEquals(0, slope("floor(clean)", 1));
    assertEquals(3, slope("clean > 1 ? 2 * clean : 3 * clean", 1));
  }

  private static double slope(final String text, final double clean) {
    final double[] values = new double[PatchValue.values().length];
    values[PatchValue.CLEAN.ordinal()] = clean;
    return run(PatchOp.define("op", text).derivative(PatchValue.CLEAN), values);
  }

  @Test
  void neighbouringUnitsKnowTheirPlaces() {
    final var op =
        PatchOp.define("op", "unit + 1000 * (channel + 10 * (row + 10 * column)) + clean - value");
    final var clean = new float[] {0, 0, 0, 0, 0.5f};
    final var none = new float[0];
    // Sites of 3 x 4 positions: unit 10 is row 2, column 2 of channel 0, unit 12 begins channel 1.
    final var units = new PatchUnits(clean, none, none, 1, none, 10, 12, 4);
    final var expected =
        new float[] {
          10 + 1000 * 220 - 1,
          11 + 1000 * 320 - 1,
          12 + 1000 - 1,
          13 + 1000 + 100_000 - 1,
          14 + 1000 + 200_000 - 0.5f
        };
    assertArrayEquals(expected, op.values(units));
  }

  @Test
  void randomNumbersBelongToTheirUnit() {
    final var all = PatchUnits.random(5, 70_000, 3, 0, 50);
    final var words = new int[4];
    for (int unit = 0; unit < all.length; unit++) {
      Philox.block(5, Streams.PATCH, 70_000, 3, unit / 4, words);
      assertEquals(Philox.uniform(words[unit % 4]), all[unit]);
      assertTrue(all[unit] >= 0 && all[unit] < 1);
    }
    final var part = new ArrayList<Float>();
    for (final float number : PatchUnits.random(5, 70_000, 3, 7, 10)) {
      part.add(number);
    }
    for (int i = 0; i < 10; i++) {
      assertEquals(all[7 + i], part.get(i));
    }
  }

  private static PatchOp twice(final String cuda) {
    return PatchOp.handWritten(
        "twice", Set.of(PatchValue.CLEAN, PatchValue.ROW), cuda, unit -> 2 * unit.clean());
  }

  private static final String TWICE =
      "__device__ float twice(float clean, float row) { return 2 * clean; }";

  @Test
  void aHandWrittenOpIsItsJavaFunction() {
    final var op = twice(TWICE);
    assertTrue(op.isHandWritten());
    assertEquals(List.of(PatchValue.CLEAN, PatchValue.ROW), op.reads());
    assertEquals("twice", op.cudaName());
    assertEquals(TWICE + "\n", op.cuda());
    final var none = new float[0];
    final var units = new PatchUnits(new float[] {1, -3}, none, none, 0, none, 0, 1, 1);
    assertArrayEquals(new float[] {2, -6}, op.values(units));
    assertTrue(op.toString().startsWith("twice(clean, row) in CUDA and Java"), op::toString);
    final var another =
        PatchOp.handWritten(
            "twice",
            Set.of(PatchValue.CLEAN, PatchValue.ROW),
            TWICE,
            unit -> unit.clean() + unit.clean());
    assertNotEquals(op, another);
    assertNotEquals(op, twice(TWICE + "\n// The same?"));
    for (final Runnable wrong :
        List.<Runnable>of(op::program, op::expression, () -> op.derivative(PatchValue.CLEAN))) {
      final var e = assertThrows(IllegalArgumentException.class, wrong::run);
      assertTrue(
          String.valueOf(e.getMessage()).startsWith("patch op twice is hand-written and "),
          e::getMessage);
    }
  }

  @Test
  void aHandWrittenOpNeedsItsFunction() {
    final var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> twice("__device__ float two(float clean, float row) { return 2 * clean; }"));
    assertEquals(
        "patch op twice: the CUDA source has no such function:"
            + " expected=__device__ float twice(float clean, float row)",
        e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> PatchOp.handWritten("two words", Set.of(), "float two words()", _ -> 0));
  }

  @Test
  void onlyWhatIsDeclaredIsRead() {
    final var op =
        PatchOp.handWritten(
            "op",
            Set.of(PatchValue.CLEAN),
            "__device__ float op(float clean) { return clean; }",
            unit -> unit.clean() + unit.mean());
    final var e = assertThrows(IllegalStateException.class, op.evaluator()::run);
    assertEquals(
        "a patch op reads what it has not declared: value=mean, declared=[clean]", e.getMessage());
  }

  @Test
  void roundingIsOfTheLargestNumberOnTheWay() {
    final var evaluator = PatchOp.define("op", "(clean + 1000) - 1000").evaluator();
    evaluator.set(PatchValue.CLEAN, 1);
    assertEquals(1, evaluator.run());
    assertEquals(1001, evaluator.largest());
  }
}
