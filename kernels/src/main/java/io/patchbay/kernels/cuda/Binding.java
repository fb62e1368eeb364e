package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A plan as steps: nodes are taken from the outputs backwards, and each goes to the first
/// candidate that fits it, together with the nodes that candidate swallows.
final class Binding {
  private final Scope scope;
  private final List<Step> derived = new ArrayList<>();
  private final List<Step> packing = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<Value, Value> inPlace = new HashMap<>();

  Binding(final Plan plan, final Scope scope, final List<Candidate> candidates) {
    this.scope = scope;
    plan.given().forEach(scope::value);
    plan.outputs().stream().filter(n -> !(n.op() instanceof Op.Assign)).forEach(scope::value);
    final var given = new HashSet<>(plan.given());
    final var reversed = new ArrayList<List<Step>>();
    for (final var node : plan.order().reversed()) {
      if (node.op() instanceof Op.Assign) {
        scope.value(node.input(0));
        scope.value(node.input(1));
      } else if (scope.isNeeded(node)
          && !given.contains(node)
          && !isStored(node)
          && !isAlias(node)) {
        reversed.add(bind(node, candidates));
      }
    }
    final var made = new ArrayList<Step>();
    reversed.reversed().forEach(made::addAll);
    order(scope.mode() == Mode.FAST ? Bundles.of(made, states()) : made, given);
    assign(plan);
  }

  private Set<Value> states() {
    final var states = new HashSet<Value>();
    scope
        .values()
        .forEach((node, value) -> {
          if (node.op() instanceof Op.State) {
            states.add(value);
          }
        });
    return states;
  }

  /// Packed forms of states are made apart, when a state has changed, and those of given values
  /// when these have; those of other values stand after whatever makes the value.
  private void order(final List<Step> made, final Set<Node> given) {
    final Set<Value> written = new HashSet<>();
    given.forEach(node -> written.add(scope.value(node)));
    final Map<Value, List<Step>> after = new HashMap<>();
    for (final var packed : scope.packs()) {
      final var from = packed.step().reads().getFirst().root();
      if (packed.fromState()) {
        derived.add(packed.step());
      } else if (written.contains(from)) {
        packing.add(packed.step());
      } else {
        after.computeIfAbsent(from, key -> new ArrayList<>()).add(packed.step());
      }
    }
    final Set<Value> makers = new HashSet<>();
    made.forEach(step -> step.writes().forEach(v -> makers.add(v.root())));
    after.forEach((value, packs) -> {
      if (!makers.contains(value)) {
        steps.addAll(packs);
      }
    });
    for (final var step : made) {
      steps.add(step);
      step.writes().forEach(v -> steps.addAll(after.getOrDefault(v.root(), List.of())));
    }
  }

  private List<Step> bind(final Node node, final List<Candidate> candidates) {
    for (final var candidate : candidates) {
      final var bound = candidate.bind(node, scope);
      if (bound.isPresent()) {
        return bound.get();
      }
    }
    throw new IllegalArgumentException("the cuda backend lacks an op: " + node);
  }

  /// Values that need no step: they stand in memory before a run.
  static boolean isStored(final Node node) {
    return node.op() instanceof Op.State
        || node.op() instanceof Op.Constant
        || node.op() instanceof Op.Input;
  }

  private boolean isAlias(final Node node) {
    final var value = scope.value(node);
    return value.root() != value;
  }

  /// An assigned value is made right in its state when nothing reads the old value afterwards and
  /// its own step reads the old value at the same element only; else it is copied at the end, when
  /// all are made.
  private void assign(final Plan plan) {
    final var copies = new ArrayList<Step>();
    for (final var assign : plan.assigns()) {
      final var state = scope.value(assign.input(0));
      final var value = scope.value(assign.input(1));
      if (assign.input(1).op() instanceof Op.State) {
        throw new IllegalArgumentException(
            "the cuda backend assigns no states to states: " + assign);
      }
      if (scope.mode() == Mode.FAST && mayShare(value, state)) {
        inPlace.put(value, state);
      } else {
        copies.add(copy(state, value));
      }
    }
    steps.addAll(copies);
  }

  /// By a kernel: a copy of the driver's own inside a graph is checked by its tools before the
  /// kernels of the same graph have written what it reads.
  private Step copy(final Value to, final Value from) {
    final var device = scope.device();
    final long elements = from.rowBytes() / Float.BYTES;
    final boolean wide = elements % 4 == 0;
    final var kernel = device.kernel("copy_range", wide ? "copy_fours" : "copy_range");
    final var shape = Grid.of(device).covering(elements / (wide ? 4 : 1));
    final long rows = scope.rows(null);
    return Step.of(
        "assign",
        to,
        List.of(from),
        () -> kernel.launch(shape, from.address(), to.address(), rows, 1, elements, 1, 1, 0));
  }

  private boolean mayShare(final Value value, final Value state) {
    if (value.root() != value || inPlace.containsKey(value) || scope.isKept(value)) {
      return false;
    }
    int made = -1;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).writes().contains(value)) {
        if (!steps.get(i).name().equals("expression")) {
          return false;
        }
        made = i;
      }
    }
    return made >= 0
        && steps.subList(made + 1, steps.size()).stream()
            .noneMatch(step -> step.reads().stream().anyMatch(v -> v.root() == state));
  }

  /// Steps that depend on states alone: packed weights, made again when a state has changed.
  List<Step> derived() {
    return derived;
  }

  /// Steps that depend on what is given alone: its packed forms.
  List<Step> packing() {
    return packing;
  }

  List<Step> steps() {
    return steps;
  }

  /// Values that are made right in a state.
  Map<Value, Value> inPlace() {
    return inPlace;
  }
}
