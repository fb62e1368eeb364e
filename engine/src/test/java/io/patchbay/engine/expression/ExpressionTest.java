package io.patchbay.engine.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExpressionTest {
  private static final List<String> NAMES = List.of("x", "y_2", "min2");
  private static final double[] VALUES = {3, -2, 10};

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          1 + 2 * 3                        | 7
          (1 + 2) * 3                      | 9
          10 - 4 - 3                       | 3
          24 / 4 / 2                       | 3
          2 ^ 3 ^ 2                        | 512
          -2 ^ 2                           | -4
          2 ^ -1                           | 0.5
          (-8) ^ 3                         | -512
          3 - -2                           | 5
          --4                              | 4
          1e-3 + .5 + 2.                   | 2.501
          1.5E2                            | 150
          x * y_2 + min2                   | 4
          x < 3                            | 0
          x <= 3                           | 1
          x > 2.5                          | 1
          x >= 4                           | 0
          x == 3                           | 1
          x != 3                           | 0
          1 + 1 < 3                        | 1
          (x > 1) + (x > 2) + (x > 3)      | 2
          x > 2 ? 10 : 20                  | 10
          x > 5 ? 1 : x > 2 ? 2 : 3        | 2
          (x > 5 ? 1 : 2) + 1              | 3
          if(y_2 < 0, x, 0)                | 3
          min(x, y_2)                      | -2
          max(x, y_2)                      | 3
          abs(y_2)                         | 2
          exp(0) + log(1) + sqrt(16)       | 5
          sin(pi / 2)                      | 1
          cos(0) + tan(0) + tanh(0)        | 1
          floor(-1.5)                      | -2
          clamp(x, 0, 1)                   | 1
          clamp(y_2, -1, 1)                | -1
          clamp(0.25, 0, 1)                | 0.25
          """)
  void computes(String text, double expected) throws ExpressionException {
    assertEquals(expected, Expression.parse(text, NAMES).at(VALUES), 1e-15);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ""            | 1  | the end         | a number
          1 +           | 4  | the end         | a number
          1 + * 2       | 5  | '*'             | a number
          1 2           | 3  | '2'             | an operator or the end
          (1 + 2        | 7  | the end         | ')'
          1 + 2)        | 6  | ')'             | an operator or the end
          x + z * 2     | 5  | 'z'             | one of x, y_2, min2
          2 * foo(x)    | 5  | function 'foo'  | one of min, max
          x(1)          | 1  | function 'x'    | one of min, max
          sqrt(1, 2)    | 1  | sqrt of 2       | sqrt of 1
          min(1)        | 1  | min of 1        | min of 2
          min()         | 5  | ')'             | a number
          x > 1 ? 2     | 10 | the end         | ':'
          1 < x < 3     | 7  | '<'             | an operator or the end
          x = 3         | 3  | '='             | an operator or the end
          1e999         | 1  | '1'             | a finite number
          x & 1         | 3  | '&'             | an operator or the end
          2x            | 2  | 'x'             | an operator or the end
          """)
  void saysWhereItIsWrong(String text, int column, String found, String expected) {
    final ExpressionException e =
        assertThrows(ExpressionException.class, () -> Expression.parse(text, NAMES));
    assertEquals(column, e.column(), e::getMessage);
    assertEquals(found, e.found());
    assertTrue(e.expected().startsWith(expected), e::getMessage);
  }

  @Test
  void knowsWhatItReads() throws ExpressionException {
    final BitSet read = new BitSet();
    Expression.parse("if(x > 1, min2 ^ 2, -x)", NAMES).reads(read);
    assertEquals("{0, 2}", read.toString());
  }

  @Test
  void aHostileTextIsRefusedAndNotFollowed() throws ExpressionException {
    for (String deep : List.of("(".repeat(1000) + "1" + ")".repeat(900), "-".repeat(1500) + "1")) {
      final ExpressionException e =
          assertThrows(ExpressionException.class, () -> Expression.parse(deep, NAMES));
      assertTrue(e.expected().contains("50 levels"), e::getMessage);
    }
    assertThrows(ExpressionException.class, () -> Expression.parse("1" + "+1".repeat(1500), NAMES));
    // As deep as is allowed, and as long.
    assertEquals(1, Expression.parse("(".repeat(49) + "1" + ")".repeat(49), NAMES).at(VALUES));
    assertEquals(1000, Expression.parse("1" + "+1".repeat(999), NAMES).at(VALUES));
  }
}
