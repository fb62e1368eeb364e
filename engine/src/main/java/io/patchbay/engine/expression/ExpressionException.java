package io.patchbay.engine.expression;

/// A text is no expression: the column says where.
public final class ExpressionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int column;
  private final String found;
  private final String expected;

  ExpressionException(int column, String found, String expected) {
    super("column " + column + ": found " + found + ", expected " + expected);
    this.column = column;
    this.found = found;
    this.expected = expected;
  }

  /// Column of the text, from 1.
  public int column() {
    return column;
  }

  /// What stands there.
  public String found() {
    return found;
  }

  /// What should stand there.
  public String expected() {
    return expected;
  }
}
