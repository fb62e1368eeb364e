package io.patchbay.engine.expression;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/// Arithmetic over named numbers, parsed once and computed many times:
///
/// - numbers as `2`, `0.5`, `1e-3`, the constant `pi`, and names;
/// - `+ - * /`, and `^` which binds strongest and to the right (`-2^2` is -4);
/// - `< <= > >= == !=`, 1 where they hold and 0 where not, one to a level of brackets;
/// - `condition ? a : b` and `if(condition, a, b)`, where everything but 0 is true;
/// - `min max` of two, `abs exp log sqrt sin cos tan tanh sigmoid floor` of one (angles in
///   radians), `clamp(x, low, high)`.
///
/// Doubles throughout; what has no value (`0 / 0`, `log(-1)`) is not a number, as in Java.
/// Immutable.
public sealed interface Expression {
  /// The value, with each name's number at its index.
  double at(double[] values);

  /// The expression as a text that parses to it, with a bracket around every operation.
  ///
  /// @param names as for [#parse]
  String text(List<String> names);

  /// Adds the indices of all names that it reads.
  void reads(BitSet names);

  /// Parses a text.
  ///
  /// @param names what it may read; the index of each is its place in the list
  /// @throws ExpressionException with the column of the first mistake
  static Expression parse(String text, List<String> names) throws ExpressionException {
    return new ExpressionParser(text, names, Dialect.FULL).parse();
  }

  /// Words that have a meaning of their own and cannot be names.
  static List<String> words() {
    final List<String> words = new ArrayList<>(Function.names());
    words.add(ExpressionParser.PI);
    return List.copyOf(words);
  }

  record Constant(double value) implements Expression {
    @Override
    public double at(double[] values) {
      return value;
    }

    @Override
    public String text(List<String> names) {
      return value < 0 ? "(" + value + ")" : "" + value;
    }

    @Override
    public void reads(BitSet names) {}
  }

  record Name(int index) implements Expression {
    @Override
    public double at(double[] values) {
      return values[index];
    }

    @Override
    public String text(List<String> names) {
      return names.get(index);
    }

    @Override
    public void reads(BitSet names) {
      names.set(index);
    }
  }

  record Negative(Expression of) implements Expression {
    @Override
    public double at(double[] values) {
      return -of.at(values);
    }

    @Override
    public String text(List<String> names) {
      return "(-" + of.text(names) + ")";
    }

    @Override
    public void reads(BitSet names) {
      of.reads(names);
    }
  }

  record Binary(Operator operator, Expression left, Expression right) implements Expression {
    @Override
    public double at(double[] values) {
      return operator.apply(left.at(values), right.at(values));
    }

    @Override
    public String text(List<String> names) {
      return "(" + left.text(names) + " " + operator.sign + " " + right.text(names) + ")";
    }

    @Override
    public void reads(BitSet names) {
      left.reads(names);
      right.reads(names);
    }
  }

  record Call(Function function, List<Expression> arguments) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public double at(double[] values) {
      final double[] x = new double[arguments.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = arguments.get(i).at(values);
      }
      return function.apply(x);
    }

    @Override
    public String text(List<String> names) {
      return arguments.stream()
          .map(argument -> argument.text(names))
          .collect(Collectors.joining(", ", function.text() + "(", ")"));
    }

    @Override
    public void reads(BitSet names) {
      arguments.forEach(argument -> argument.reads(names));
    }
  }
}
