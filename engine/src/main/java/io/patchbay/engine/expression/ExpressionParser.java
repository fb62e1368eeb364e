package io.patchbay.engine.expression;

import io.patchbay.engine.expression.Expression.Binary;
import io.patchbay.engine.expression.Expression.Call;
import io.patchbay.engine.expression.Expression.Constant;
import io.patchbay.engine.expression.Expression.Name;
import io.patchbay.engine.expression.Expression.Negative;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Recursive descent, one method for each strength of binding:
///
/// ```
/// choice     = comparison [ "?" choice ":" choice ]
/// comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
/// sum        = product { ( "+" | "-" ) product }
/// product    = signed { ( "*" | "/" ) signed }
/// signed     = [ "-" ] power
/// power      = atom [ "^" signed ]
/// atom       = number | name | name "(" choice { "," choice } ")" | "(" choice ")"
/// ```
final class ExpressionParser {
  static final String PI = "pi";

  private static final int LONGEST = 2000;
  private static final int DEEPEST = 50;
  private static final Pattern NUMBER = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final List<Operator> COMPARISONS =
      List.of(
          Operator.AT_MOST,
          Operator.AT_LEAST,
          Operator.EQUAL,
          Operator.UNEQUAL,
          Operator.LESS,
          Operator.MORE);
  private static final List<Operator> SUMS = List.of(Operator.ADD, Operator.SUBTRACT);
  private static final List<Operator> PRODUCTS = List.of(Operator.MULTIPLY, Operator.DIVIDE);
  private static final String ATOM = "a number, a name or '('";

  private final String text;
  private final List<String> names;
  private final Dialect dialect;
  private int at;
  private int depth;

  ExpressionParser(String text, List<String> names, Dialect dialect) {
    this.text = text;
    this.names = names;
    this.dialect = dialect;
  }

  Expression parse() throws ExpressionException {
    if (text.length() > LONGEST) {
      throw new ExpressionException(
          LONGEST + 1, text.length() + " characters", "at most " + LONGEST);
    }
    final Expression whole = choice();
    skip();
    if (at < text.length()) {
      throw wrong("an operator or the end");
    }
    return whole;
  }

  private Expression choice() throws ExpressionException {
    enter();
    final Expression condition = comparison();
    Expression result = condition;
    if (take("?")) {
      final Expression then = choice();
      expect(":");
      result = new Call(Function.IF, List.of(condition, then, choice()));
    }
    depth--;
    return result;
  }

  private Expression comparison() throws ExpressionException {
    final Expression left = sum();
    final Operator operator = takeOne(COMPARISONS);
    return operator == null ? left : new Binary(operator, left, sum());
  }

  private Expression sum() throws ExpressionException {
    Expression left = product();
    for (Operator o = takeOne(SUMS); o != null; o = takeOne(SUMS)) {
      left = new Binary(o, left, product());
    }
    return left;
  }

  private Expression product() throws ExpressionException {
    Expression left = signed();
    for (Operator o = takeOne(PRODUCTS); o != null; o = takeOne(PRODUCTS)) {
      left = new Binary(o, left, signed());
    }
    return left;
  }

  private Expression signed() throws ExpressionException {
    enter();
    final Expression result = take("-") ? new Negative(signed()) : power();
    depth--;
    return result;
  }

  private Expression power() throws ExpressionException {
    final Expression base = atom();
    if (!take(Operator.POWER.sign)) {
      return base;
    }
    skip();
    final int start = at;
    final Expression exponent = signed();
    if (!dialect.raises(exponent)) {
      throw new ExpressionException(
          start + 1, "'" + text.substring(start, at).strip() + "'", Dialect.EXPONENT);
    }
    return new Binary(Operator.POWER, base, exponent);
  }

  private Expression atom() throws ExpressionException {
    skip();
    final Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (number.lookingAt()) {
      final double value = Double.parseDouble(number.group());
      if (!dialect.holds(value)) {
        throw wrong(dialect.number());
      }
      at = number.end();
      return new Constant(value);
    }
    final Matcher word = WORD.matcher(text).region(at, text.length());
    if (word.lookingAt()) {
      final int start = at;
      at = word.end();
      return take("(") ? call(word.group(), start) : named(word.group(), start);
    }
    if (take("(")) {
      final Expression inner = choice();
      expect(")");
      return inner;
    }
    throw wrong(ATOM);
  }

  private Expression named(String word, int start) throws ExpressionException {
    final int index = names.indexOf(word);
    if (index >= 0) {
      return new Name(index);
    }
    if (word.equals(PI)) {
      return new Constant(Math.PI);
    }
    throw new ExpressionException(
        start + 1,
        "'" + word + "'",
        names.isEmpty()
            ? "numbers only: there are no names here"
            : "one of " + String.join(", ", names));
  }

  private Expression call(String word, int start) throws ExpressionException {
    final Function function =
        Function.named(word)
            .filter(dialect::has)
            .orElseThrow(() ->
                new ExpressionException(
                    start + 1,
                    "function '" + word + "'",
                    "one of " + String.join(", ", dialect.functions())));
    final List<Expression> arguments = new ArrayList<>();
    do {
      arguments.add(choice());
    } while (take(","));
    expect(")");
    if (arguments.size() != function.arguments) {
      throw new ExpressionException(
          start + 1, word + " of " + arguments.size(), word + " of " + function.arguments);
    }
    return new Call(function, arguments);
  }

  private void enter() throws ExpressionException {
    depth++;
    if (depth > 2 * DEEPEST) {
      throw wrong("at most " + DEEPEST + " levels of brackets");
    }
  }

  private void skip() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean take(String sign) {
    skip();
    if (text.startsWith(sign, at)) {
      at += sign.length();
      return true;
    }
    return false;
  }

  private @Nullable Operator takeOne(List<Operator> operators) {
    for (Operator operator : operators) {
      if (take(operator.sign)) {
        return operator;
      }
    }
    return null;
  }

  private void expect(String sign) throws ExpressionException {
    if (!take(sign)) {
      throw wrong("'" + sign + "'");
    }
  }

  private ExpressionException wrong(String expected) {
    skip();
    final String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new ExpressionException(at + 1, found, expected);
  }
}
