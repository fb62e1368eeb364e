package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which part of a plan a step is for, in words for messages: `conv_down %12 (site decoder.conv2)`,
/// the site being that of the value it makes or the nearest that this was computed from. Where a
/// graph names no sites, what the step reads by name: `patch %9 (reads latent.z.sources,
/// latent.z.ranges)`.
final class Purposes {
  /// Names that a message has at most.
  private static final int MOST = 4;

  /// The first node of each value.
  private final Map<Value, Node> nodes = new HashMap<>();

  Purposes(final Scope scope) {
    scope
        .values()
        .forEach(
            (node, value) -> nodes.merge(value.root(), node, (a, b) -> a.id() < b.id() ? a : b));
  }

  /// The node that a value stands for; null for packed forms and scratch.
  @Nullable Node node(final Value value) {
    return nodes.get(value.root());
  }

  /// What says it when it is asked: only then are sites looked for.
  Object of(final Step step) {
    return new Object() {
      @Override
      public String toString() {
        return text(step);
      }
    };
  }

  private String text(final Step step) {
    final var made = step.writes().stream().map(this::node).filter(Objects::nonNull).toList();
    // Packed forms are for what they are made of.
    final var served =
        made.isEmpty()
            ? step.reads().stream().map(this::node).filter(Objects::nonNull).toList()
            : made;
    if (served.isEmpty()) {
      return step.name();
    }
    final var first = served.getFirst();
    final var more = made.size() > 1 ? " and " + (made.size() - 1) + " more" : "";
    return step.name() + " %" + first.id() + more + place(first, step);
  }

  private String place(final Node node, final Step step) {
    if (node.op() instanceof final Op.State state) {
      return " (state " + state.name() + ")";
    }
    final var site = node.graph().siteOf(node);
    if (site != null) {
      return " (site " + site + ")";
    }
    final var names = names(step.reads());
    return names.isEmpty() ? "" : " (reads " + names + ")";
  }

  private String names(final List<Value> values) {
    final Set<String> names = new LinkedHashSet<>();
    for (final var value : values) {
      final var node = node(value);
      if (node != null && node.op() instanceof final Op.Input input) {
        names.add(input.name());
      } else if (node != null && node.op() instanceof final Op.State state) {
        names.add(state.name());
      }
    }
    final var some = names.stream().limit(MOST).collect(Collectors.joining(", "));
    return names.size() > MOST ? some + " and " + (names.size() - MOST) + " more" : some;
  }
}
