package io.patchbay.engine.expression;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A patch op of one's own: what a unit becomes, in one expression over the values of [PatchValue]
/// and declared parameters, compiled once and computed inside the kernels.
///
/// ```java
/// PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.5))
/// ```
///
/// The language is that of [Expression] without angles: numbers and parameters are float32, `sin
/// cos tan` are missing, and `x ^ n` takes a whole number `n` from -8 to 8. A choice computes both
/// of its branches and takes one. Immutable; equal by name, expression and parameters.
public final class PatchOp {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final String name;
  private final String text;
  private final Expression expression;
  private final Map<String, Float> parameters;
  private final PatchProgram program;

  private PatchOp(
      final String name,
      final String text,
      final Expression expression,
      final Map<String, Float> parameters)
      throws ExpressionException {
    this.name = name;
    this.text = text;
    this.expression = expression;
    this.parameters = Collections.unmodifiableMap(parameters);
    this.program = ProgramCompiler.compile(expression, List.copyOf(parameters.values()));
  }

  /// Defines an op.
  ///
  /// @param name of letters, digits and `_ . -`
  /// @param parameters names with numbers; every one of them has to be read
  /// @throws IllegalArgumentException when something is wrong: the name of the op, the column of
  ///   the expression, what stands there and what should
  public static PatchOp define(
      final String name, final String expression, final Map<String, Double> parameters) {
    try {
      return parse(name, expression, parameters);
    } catch (final ExpressionException e) {
      throw new IllegalArgumentException("patch op " + name + ": " + e.getMessage(), e);
    }
  }

  /// Defines an op without parameters.
  public static PatchOp define(final String name, final String expression) {
    return define(name, expression, Map.of());
  }

  /// As [#define], for texts from outside: a mistake in the expression keeps its column.
  ///
  /// @throws IllegalArgumentException when a name or a parameter is wrong
  public static PatchOp parse(
      final String name, final String expression, final Map<String, Double> parameters)
      throws ExpressionException {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "patch op: name=" + name + ", expected a letter, then letters, digits and _ . -");
    }
    final var numbers = new TreeMap<String, Float>();
    parameters.forEach(
        (parameter, number) -> numbers.put(parameter, checked(name, parameter, number)));
    final var op =
        new PatchOp(
            name,
            expression,
            new ExpressionParser(expression, names(numbers), Dialect.PATCH).parse(),
            numbers);
    for (final var parameter : numbers.keySet()) {
      final var read = new BitSet();
      op.expression.reads(read);
      if (!read.get(names(numbers).indexOf(parameter))) {
        throw new IllegalArgumentException(
            "patch op " + name + ": the parameter is not read: parameter=" + parameter);
      }
    }
    return op;
  }

  private static float checked(final String name, final String parameter, final double number) {
    final boolean taken =
        PatchValue.names().contains(parameter) || Expression.words().contains(parameter);
    if (taken || !PARAMETER.matcher(parameter).matches() || !Float.isFinite((float) number)) {
      throw new IllegalArgumentException(
          "patch op "
              + name
              + ": parameter="
              + parameter
              + ", number="
              + number
              + ", expected a name that has no other meaning, and a finite number of 32 bits");
    }
    return (float) number;
  }

  private static List<String> names(final Map<String, Float> parameters) {
    final var names = new ArrayList<>(PatchValue.names());
    names.addAll(parameters.keySet());
    return names;
  }

  /// The derivative by a value, as an op on the same values; see [Derivative] for kinks.
  ///
  /// @throws IllegalArgumentException when it is too long for the kernels
  @SuppressWarnings("EnumOrdinal") // names are in the order of the enum
  public PatchOp derivative(final PatchValue by) {
    final var derived = Derivative.of(expression, by.ordinal());
    final var written = derived.text(names(parameters));
    try {
      return new PatchOp(name + "'" + by.text(), written, derived, parameters);
    } catch (final ExpressionException e) {
      throw new IllegalArgumentException(
          "patch op " + name + ": derivative by " + by.text() + ": " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  /// As it was written.
  public String expression() {
    return text;
  }

  /// By name.
  public Map<String, Float> parameters() {
    return parameters;
  }

  public PatchProgram program() {
    return program;
  }

  /// Whether the expression reads a value.
  public boolean reads(final PatchValue value) {
    return program.reads(value);
  }

  /// The op as a CUDA device function of one unit, which takes all of [PatchValue] in their order
  /// as floats: `__device__ inline float patch_NAME(float clean, ..., float random)`, with `_` for
  /// what an identifier cannot hold.
  public String cuda() {
    return CudaForm.of(this);
  }

  /// The patched values of neighbouring units, in float64, rounded at the end.
  public float[] values(final PatchUnits units) {
    final var evaluator = program.evaluator();
    final float[] out = new float[units.clean().length];
    for (int i = 0; i < out.length; i++) {
      units.load(evaluator, i);
      out[i] = (float) evaluator.run();
    }
    return out;
  }

  @Override
  public boolean equals(final @Nullable Object other) {
    return other instanceof final PatchOp op
        && name.equals(op.name)
        && expression.equals(op.expression)
        && parameters.equals(op.parameters);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + expression.hashCode()) + parameters.hashCode();
  }

  /// A definition: `blend(alpha=0.5) = clean + alpha * (source - clean)`.
  @Override
  public String toString() {
    return parameters.entrySet().stream()
            .map(p -> p.getKey() + "=" + p.getValue())
            .collect(Collectors.joining(", ", name + "(", ")"))
        + " = "
        + text;
  }
}
