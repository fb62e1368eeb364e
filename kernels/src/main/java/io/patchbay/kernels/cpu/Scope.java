package io.patchbay.kernels.cpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What candidates may ask while a plan is bound: the value of a node (which makes the node
/// needed), whether a node may vanish inside a step, packed forms of weights, scratch.
final class Scope {
  private final Mode mode;
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Set<Node> kept = new HashSet<>();
  private final Set<Node> given = new HashSet<>();
  private final Map<Node, Value> values = new HashMap<>();
  private final Map<PackKey, Packed> packs = new LinkedHashMap<>();

  private record PackKey(String kind, Node weights) {}

  /// A packed form of weights and the step that makes it.
  record Packed(Value value, Step step, boolean fromState) {}

  /// Makes a packed form at `to` from weights at `from`.
  interface Packer {
    void pack(long from, long to);
  }

  Scope(final Plan plan, final Mode mode) {
    this.mode = mode;
    for (final var node : plan.order()) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    kept.addAll(plan.outputs());
    kept.addAll(plan.given());
    given.addAll(plan.given());
  }

  /// The value of a node, which some step has to make.
  Value value(final Node node) {
    final var known = values.get(node);
    if (known != null) {
      return known;
    }
    final var value = alias(node);
    values.put(node, value);
    return value;
  }

  private Value alias(final Node node) {
    if (!given.contains(node)) {
      if (node.op() instanceof Op.StopGradient) {
        return Value.alias("%" + node.id(), node.shape(), value(node.input(0)));
      }
      if (node.op() instanceof Op.Reshape) {
        final var own = Value.of("%" + node.id(), node.shape(), node.op());
        final var of = value(node.input(0));
        if (own.ordered() && of.ordered()) {
          return Value.alias("%" + node.id(), node.shape(), of);
        }
        return own;
      }
    }
    return Value.of("%" + node.id(), node.shape(), node.op());
  }

  boolean isNeeded(final Node node) {
    return values.containsKey(node);
  }

  Map<Node, Value> values() {
    return values;
  }

  /// Whether the caller of the program reads or writes this value.
  boolean isKept(final Value value) {
    return kept.stream().anyMatch(n -> values.containsKey(n) && value(n).root() == value);
  }

  /// Whether only one node reads this one and nobody else asks for it, so that it need not stand in
  /// memory.
  boolean interior(final Node node) {
    return mode == Mode.FAST
        && !kept.contains(node)
        && !values.containsKey(node)
        && uses.getOrDefault(node, 0) == 1;
  }

  /// A packed form of `weights`; one per kind, however many steps use it.
  Value packed(final String kind, final Node weights, final long elements, final Packer packer) {
    return packs
        .computeIfAbsent(
            new PackKey(kind, weights),
            key -> {
              final var from = value(weights);
              final var to = Value.plain(kind + "(%" + weights.id() + ")", null, (int) elements);
              final var step =
                  Step.whole(
                      kind,
                      1,
                      to,
                      List.of(from),
                      (f, part, parts) -> packer.pack(from.address(), to.address()));
              return new Packed(to, step, weights.op() instanceof Op.State);
            })
        .value();
  }

  List<Packed> packs() {
    return List.copyOf(packs.values());
  }

  /// Memory for one step's own use: `elements` floats per row of `axis`.
  Value scratch(final String name, final @Nullable Axis axis, final int elements) {
    return Value.plain(name, axis, elements);
  }

  Mode mode() {
    return mode;
  }
}
