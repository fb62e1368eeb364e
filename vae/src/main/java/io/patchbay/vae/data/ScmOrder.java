package io.patchbay.vae.data;

import io.patchbay.engine.expression.Expression;
import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Brings variables into an order in which parents come before their children, otherwise as they
/// were stated.
final class ScmOrder {
  /// The name of the factor that numbers the pictures of one combination.
  static final String SAMPLE = "sample";

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ScmOrder() {}

  /// @param source file or name, for messages
  /// @throws BadInputException on a wrong name, one given twice, an unknown parent, or a cycle
  static List<ScmVariable> of(String source, List<ScmVariable> variables) {
    final Map<String, ScmVariable> byName = new HashMap<>();
    for (ScmVariable variable : variables) {
      final String name = variable.name();
      if (!NAME.matcher(name).matches()) {
        throw new BadInputException(
            source, "factors", "the name '" + name + "'", "letters, digits and _, no digit first");
      }
      if (name.equals(SAMPLE) || Expression.words().contains(name)) {
        throw new BadInputException(
            source, place(name), "a word with a meaning of its own", "another name");
      }
      if (byName.put(name, variable) != null) {
        throw new BadInputException(source, place(name), "it twice", "each name once");
      }
    }
    for (ScmVariable variable : variables) {
      checkParents(source, variable, variables.stream().map(ScmVariable::name).toList());
    }
    final List<ScmVariable> ordered = new ArrayList<>();
    final Set<String> done = new HashSet<>();
    while (ordered.size() < variables.size()) {
      boolean moved = false;
      for (ScmVariable variable : variables) {
        if (!done.contains(variable.name()) && done.containsAll(parents(variable))) {
          ordered.add(variable);
          done.add(variable.name());
          moved = true;
          break;
        }
      }
      if (!moved) {
        throw cycle(source, variables, byName, done);
      }
    }
    return ordered;
  }

  static String place(String name) {
    return "factors." + name;
  }

  static List<String> parents(ScmVariable variable) {
    return switch (variable) {
      case Cause _ -> List.of();
      case Mechanism m -> m.parents();
    };
  }

  private static void checkParents(String source, ScmVariable variable, List<String> names) {
    final Set<String> seen = new HashSet<>();
    for (String parent : parents(variable)) {
      final String place = place(variable.name()) + ".parents";
      if (!names.contains(parent)) {
        throw new BadInputException(
            source,
            place,
            "'" + parent + "', which is no factor",
            "one of " + String.join(", ", Nearest.of(parent, names)));
      }
      if (!seen.add(parent)) {
        throw new BadInputException(source, place, "'" + parent + "' twice", "each parent once");
      }
    }
  }

  // Every variable that is left has a parent that is left: going from one to such a parent again
  // and again comes back to where it was.
  private static BadInputException cycle(
      String source,
      List<ScmVariable> variables,
      Map<String, ScmVariable> byName,
      Set<String> done) {
    final List<String> path = new ArrayList<>();
    ScmVariable at =
        variables.stream().filter(v -> !done.contains(v.name())).findFirst().orElseThrow();
    while (!path.contains(at.name())) {
      path.addFirst(at.name());
      final String next =
          parents(at).stream().filter(p -> !done.contains(p)).findFirst().orElseThrow();
      at = byName.getOrDefault(next, at);
    }
    final List<String> circle = new ArrayList<>(path.subList(0, path.indexOf(at.name()) + 1));
    circle.addFirst(at.name());
    return new BadInputException(
        source,
        place(at.name()) + ".parents",
        "the cycle " + String.join(" -> ", circle),
        "parents that do not depend on it");
  }
}
