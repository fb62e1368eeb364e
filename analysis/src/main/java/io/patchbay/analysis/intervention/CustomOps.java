package io.patchbay.analysis.intervention;

import io.patchbay.engine.expression.ExpressionException;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.vae.io.BadInputException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Patch ops as texts: an expression, or a definition with a name and parameters, `blend(alpha=0.5)
/// = clean + alpha * (source - clean)`.
final class CustomOps {
  private static final String UNNAMED = "expr";
  private static final String DEFINITION = "EXPRESSION or NAME(PARAMETER=NUMBER, ...) = EXPRESSION";

  private static final Pattern HEAD =
      Pattern.compile("\\s*([A-Za-z][A-Za-z0-9_.-]*)\\s*\\(([^()]*)\\)\\s*=(?!=)");

  private static final Pattern PARAMETER =
      Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(\\S+)\\s*");

  private CustomOps() {}

  /// @param text as it was given; columns are counted in it
  /// @param from where the op begins
  /// @throws BadInputException with the column of a mistake in the expression
  static PatchOp parse(final String text, final int from) {
    final var head = HEAD.matcher(text).region(from, text.length());
    final boolean defined = head.lookingAt();
    final int begin = defined ? head.end() : from;
    try {
      return PatchOp.parse(
          defined ? head.group(1) : UNNAMED,
          text.substring(begin),
          defined ? parameters(text, head.group(2)) : Map.of());
    } catch (final ExpressionException e) {
      throw new BadInputException(
          "--op", "column " + (begin + e.column()) + " of " + text, e.found(), e.expected(), e);
    } catch (final IllegalArgumentException e) {
      throw new BadInputException("--op", text, String.valueOf(e.getMessage()), DEFINITION, e);
    }
  }

  private static Map<String, Double> parameters(final String text, final String list) {
    final var parameters = new TreeMap<String, Double>();
    if (list.isBlank()) {
      return parameters;
    }
    for (final var part : list.split(",", -1)) {
      final var parameter = PARAMETER.matcher(part);
      if (!parameter.matches()) {
        throw new BadInputException("--op", text, "'" + part.strip() + "'", "PARAMETER=NUMBER");
      }
      final var name = parameter.group(1);
      try {
        if (parameters.put(name, Double.valueOf(parameter.group(2))) != null) {
          throw new BadInputException("--op", text, name + " twice", "each parameter once");
        }
      } catch (final NumberFormatException e) {
        throw new BadInputException(
            "--op", text, name + "=" + parameter.group(2), name + "=NUMBER", e);
      }
    }
    return parameters;
  }
}
