package io.patchbay.engine.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A patch op of one's own: what a unit becomes, computed inside the kernels.
///
/// Mostly it is one expression over the values of [PatchValue] and declared parameters, compiled
/// once:
///
/// ```java
/// PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.5))
/// ```
///
/// What one line does not say is hand-written twice, a CUDA device function beside a Java function:
///
/// ```java
/// PatchOp.handWritten(
///     "leak",
///     Set.of(PatchValue.CLEAN, PatchValue.VALUE),
///     """
///     __device__ float leak(float clean, float value) {
///       for (int i = 0; i < 3; i++) clean -= value * clean * clean;
///       return clean;
///     }
///     """,
///     unit -> {
///       double x = unit.clean();
///       for (int i = 0; i < 3; i++) x -= unit.value() * x * x;
///       return x;
///     })
/// ```
///
/// The CPU computes the Java function. A GPU computes the other, once both have been found to agree
/// on random units.
///
/// The language of expressions is that of [Expression] without angles: numbers and parameters are
/// float32, `sin cos tan` are missing, and `x ^ n` takes a whole number `n` from -8 to 8. A choice
/// computes both of its branches and takes one. Immutable; equal by all that was given, functions
/// by identity.
public final class PatchOp {
  private static final int LONGEST = 100;

  /// Between the name of an op and by what it is derived: no name has it.
  private static final String PRIME = "'";

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final String name;
  private final Form form;

  /// What says what a unit becomes.
  private sealed interface Form {}

  private record Written(
      String text, Expression expression, Map<String, Float> parameters, PatchProgram program)
      implements Form {
    static Written of(
        final String text, final Expression expression, final Map<String, Float> parameters)
        throws ExpressionException {
      return new Written(
          text,
          expression,
          Collections.unmodifiableMap(parameters),
          ProgramCompiler.compile(expression, List.copyOf(parameters.values())));
    }
  }

  private record HandWritten(Set<PatchValue> reads, String cuda, PatchFunction java)
      implements Form {}

  private PatchOp(final String name, final Form form) {
    this.name = name;
    this.form = form;
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
    final var parsed = new ExpressionParser(expression, names(numbers), Dialect.PATCH).parse();
    final var op = new PatchOp(name, Written.of(expression, parsed, numbers));
    for (final var parameter : numbers.keySet()) {
      final var read = new BitSet();
      parsed.reads(read);
      if (!read.get(names(numbers).indexOf(parameter))) {
        throw new IllegalArgumentException(
            "patch op " + name + ": the parameter is not read: parameter=" + parameter);
      }
    }
    return op;
  }

  /// An op that is hand-written twice.
  ///
  /// @param name an identifier, which the CUDA function has too
  /// @param reads what both functions read
  /// @param cuda source of a device function of one unit, and of what it calls: it takes the values
  ///   read as floats, in the order of [PatchValue], and gives a float; the device compiles it
  ///   between others, so that it includes nothing
  /// @throws IllegalArgumentException when the name is none, or the source has no such function
  public static PatchOp handWritten(
      final String name, final Set<PatchValue> reads, final String cuda, final PatchFunction java) {
    if (!PARAMETER.matcher(name).matches() || name.length() > LONGEST) {
      throw new IllegalArgumentException(
          "patch op: name=" + name + ", expected an identifier of CUDA");
    }
    final var declared = reads.isEmpty() ? Set.<PatchValue>of() : EnumSet.copyOf(reads);
    if (!Pattern.compile("\\bfloat\\s+" + name + "\\s*\\(").matcher(cuda).find()) {
      final var expected =
          declared.stream()
              .map(value -> "float " + value.text())
              .collect(Collectors.joining(", ", "__device__ float " + name + "(", ")"));
      throw new IllegalArgumentException(
          "patch op " + name + ": the CUDA source has no such function: expected=" + expected);
    }
    return new PatchOp(
        name, new HandWritten(Collections.unmodifiableSet(declared), cuda.strip() + "\n", java));
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
  /// @throws IllegalArgumentException when it is too long for the kernels, or this is hand-written
  @SuppressWarnings("EnumOrdinal") // names are in the order of the enum
  public PatchOp derivative(final PatchValue by) {
    final var written = written("has no derivative");
    final var derived = Derivative.of(written.expression(), by.ordinal());
    final var text = derived.text(names(written.parameters()));
    try {
      return new PatchOp(name + PRIME + by.text(), Written.of(text, derived, written.parameters()));
    } catch (final ExpressionException e) {
      throw new IllegalArgumentException(
          "patch op " + name + ": derivative by " + by.text() + ": " + e.getMessage(), e);
    }
  }

  private Written written(final String why) {
    return switch (form) {
      case final Written w -> w;
      case HandWritten _ ->
          throw new IllegalArgumentException(
              "patch op " + name + " is hand-written and " + why + ": write it as an expression");
    };
  }

  public String name() {
    return name;
  }

  /// Whether two functions say it, not an expression.
  public boolean isHandWritten() {
    return form instanceof HandWritten;
  }

  /// Whether it is the derivative of another.
  public boolean isDerivative() {
    return name.contains(PRIME);
  }

  /// As it was written.
  ///
  /// @throws IllegalArgumentException when it is hand-written
  public String expression() {
    return written("is no expression").text();
  }

  /// By name; a hand-written op has none.
  public Map<String, Float> parameters() {
    return form instanceof final Written w ? w.parameters() : Map.of();
  }

  /// What kernels interpret.
  ///
  /// @throws IllegalArgumentException when it is hand-written
  public PatchProgram program() {
    return written("is no program").program();
  }

  /// Whether it reads a value.
  public boolean reads(final PatchValue value) {
    return switch (form) {
      case final Written w -> w.program().reads(value);
      case final HandWritten h -> h.reads().contains(value);
    };
  }

  /// The values that it reads, in their order.
  public List<PatchValue> reads() {
    return Arrays.stream(PatchValue.values()).filter(this::reads).toList();
  }

  /// The op as a CUDA device function of one unit, with what it calls. It takes the values that the
  /// op reads, in the order of [PatchValue], as floats: `__device__ float NAME(float clean, ...)`,
  /// where NAME is [#cudaName].
  public String cuda() {
    return switch (form) {
      case Written _ -> CudaForm.of(this);
      case final HandWritten h -> h.cuda();
    };
  }

  /// The name of its CUDA function.
  public String cudaName() {
    return isHandWritten() ? name : CudaForm.function(this);
  }

  /// A place to run it, for one thread.
  public PatchEvaluator evaluator() {
    return switch (form) {
      case final Written w -> PatchEvaluator.of(w.program());
      case final HandWritten h -> PatchEvaluator.of(h.reads(), h.java());
    };
  }

  /// The patched values of neighbouring units, in float64, rounded at the end.
  public float[] values(final PatchUnits units) {
    final var evaluator = evaluator();
    final float[] out = new float[units.clean().length];
    for (int i = 0; i < out.length; i++) {
      units.load(evaluator, i);
      out[i] = (float) evaluator.run();
    }
    return out;
  }

  @Override
  public boolean equals(final @Nullable Object other) {
    return other instanceof final PatchOp op && name.equals(op.name) && key().equals(op.key());
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + key().hashCode();
  }

  /// What is equal in equal ops, beside their names.
  private List<Object> key() {
    return switch (form) {
      case final Written w -> List.of(w.expression(), w.parameters());
      case final HandWritten h -> List.of(h.reads(), h.cuda(), h.java());
    };
  }

  /// A definition: `blend(alpha=0.5) = clean + alpha * (source - clean)`; of a hand-written op what
  /// it reads, and a hash of its source.
  @Override
  public String toString() {
    return switch (form) {
      case final Written w ->
          w.parameters().entrySet().stream()
                  .map(p -> p.getKey() + "=" + p.getValue())
                  .collect(Collectors.joining(", ", name + "(", ")"))
              + " = "
              + w.text();
      case final HandWritten h ->
          reads().stream().map(PatchValue::text).collect(Collectors.joining(", ", name + "(", ")"))
              + " in CUDA and Java, source "
              + Integer.toHexString(h.cuda().hashCode());
    };
  }
}
