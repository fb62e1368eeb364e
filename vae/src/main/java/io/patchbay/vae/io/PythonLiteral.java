package io.patchbay.vae.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the one form of Python literal that stands in an npy header: a dict whose keys are strings
/// and whose values are strings, `True`, `False`, or tuples of whole numbers. Nothing is evaluated.
final class PythonLiteral {
  private final String text;
  private final String file;
  private final String place;
  private int at;

  private PythonLiteral(String text, String file, String place) {
    this.text = text;
    this.file = file;
    this.place = place;
  }

  /// @return String, Boolean or `List<Long>` per key
  static Map<String, Object> dict(String text, String file, String place) {
    final PythonLiteral literal = new PythonLiteral(text, file, place);
    final Map<String, Object> result = literal.dict();
    literal.blanks();
    if (literal.at < text.length()) {
      throw literal.wrong("nothing after the dict");
    }
    return result;
  }

  private Map<String, Object> dict() {
    final Map<String, Object> result = new HashMap<>();
    take('{');
    while (!taken('}')) {
      final String key = string();
      take(':');
      if (result.put(key, value()) != null) {
        throw wrong("each key once, not again '" + key + "'");
      }
      if (!taken(',')) {
        take('}');
        break;
      }
    }
    return result;
  }

  private Object value() {
    blanks();
    final char c = peek();
    if (c == '(') {
      return tuple();
    }
    if (c == '\'' || c == '"') {
      return string();
    }
    for (boolean b : new boolean[] {true, false}) {
      final String word = b ? "True" : "False";
      if (text.startsWith(word, at)) {
        at += word.length();
        return b;
      }
    }
    throw wrong(c == '[' ? "a plain type, not a structured one" : "a string, a bool or a tuple");
  }

  private List<Long> tuple() {
    final List<Long> result = new ArrayList<>();
    take('(');
    while (!taken(')')) {
      result.add(number());
      if (!taken(',')) {
        take(')');
        break;
      }
    }
    return result;
  }

  private long number() {
    blanks();
    final int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("a dimension, a whole number from 0");
    }
    try {
      final long number = Long.parseLong(text, start, at, 10);
      // Python 2 wrote long dimensions as 12L.
      if (at < text.length() && text.charAt(at) == 'L') {
        at++;
      }
      return number;
    } catch (NumberFormatException _) {
      at = start;
      throw wrong("a dimension below 2^63");
    }
  }

  private String string() {
    blanks();
    final char quote = peek();
    if (quote != '\'' && quote != '"') {
      throw wrong("a quoted string");
    }
    final int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw wrong("a string that ends");
    }
    final String value = text.substring(at + 1, end);
    if (value.indexOf('\\') >= 0) {
      throw wrong("a string without escapes");
    }
    at = end + 1;
    return value;
  }

  private void take(char c) {
    if (!taken(c)) {
      throw wrong("'" + c + "'");
    }
  }

  private boolean taken(char c) {
    blanks();
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private BadInputException wrong(String expected) {
    final String found =
        at >= text.length()
            ? "the end"
            : "'" + text.substring(at, Math.min(text.length(), at + 20)) + "'";
    return new BadInputException(file, place + " column " + (at + 1), found, expected);
  }
}
