package io.patchbay.kernels.cpu;

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
  private final List<Step> derived = new ArrayList<>();
  private final List<Phase> phases;
  private final Scope scope;
  private final Map<Value, Value> inPlace = new HashMap<>();

  Binding(final Plan plan, final Mode mode, final List<Candidate> candidates, final Copies copies) {
    this.scope = new Scope(plan, mode);
    plan.given().forEach(scope::value);
    plan.outputs().stream().filter(n -> !(n.op() instanceof Op.Assign)).forEach(scope::value);
    final Set<Node> given = new HashSet<>(plan.given());
    final var reversed = new ArrayList<List<Step>>();
    for (final var node : plan.order().reversed()) {
      if (node.op() instanceof Op.Assign) {
        scope.value(node.input(0));
        scope.value(node.input(1));
      } else if (scope.isNeeded(node) && !given.contains(node) && !isStored(node)) {
        reversed.add(bind(node, candidates));
      }
    }
    final var steps = new ArrayList<Step>();
    for (final var packed : scope.packs()) {
      (packed.fromState() ? derived : steps).add(packed.step());
    }
    reversed.reversed().forEach(steps::addAll);
    final var ordered = Schedule.of(steps, mode == Mode.STEP);
    this.phases = new ArrayList<>(ordered);
    assign(plan, mode, ordered, copies);
  }

  private List<Step> bind(final Node node, final List<Candidate> candidates) {
    for (final var candidate : candidates) {
      final var steps = candidate.bind(node, scope);
      if (steps.isPresent()) {
        return steps.get();
      }
    }
    throw new IllegalArgumentException("the cpu backend lacks an op: " + node);
  }

  /// Values that need no step: they stand in memory before a run.
  static boolean isStored(final Node node) {
    return switch (node.op()) {
      case Op.State _, Op.Constant _, Op.Count _, Op.Input _ -> true;
      default -> false;
    };
  }

  /// An assigned value is made right in its state when nothing reads the old value afterwards and
  /// its own step reads the old value at the same element only; else it is copied at the end.
  private void assign(
      final Plan plan, final Mode mode, final List<Phase> ordered, final Copies copies) {
    final var last = new ArrayList<Step>();
    for (final var assign : plan.assigns()) {
      final var state = scope.value(assign.input(0));
      final var value = scope.value(assign.input(1));
      if (value.hwc() || assign.input(1).op() instanceof Op.State) {
        throw new IllegalArgumentException(
            "the cpu backend assigns no images and no states to states: " + assign);
      }
      if (mode == Mode.FAST && mayShare(value, state, ordered)) {
        inPlace.put(value, state);
      } else {
        last.add(copies.whole(state, value));
      }
    }
    if (!last.isEmpty()) {
      phases.add(new Phase(null, last));
    }
  }

  private boolean mayShare(final Value value, final Value state, final List<Phase> ordered) {
    if (value.root() != value || inPlace.containsKey(value) || scope.isKept(value)) {
      return false;
    }
    int made = -1;
    for (int i = 0; i < ordered.size(); i++) {
      for (final var step : ordered.get(i).steps()) {
        if (step.writes().contains(value)) {
          if (!step.name().equals("expression")) {
            return false;
          }
          made = i;
        }
      }
    }
    for (int i = Math.max(made, 0); i < ordered.size(); i++) {
      for (final var step : ordered.get(i).steps()) {
        final boolean reads =
            step.reads().stream().anyMatch(v -> v.root() == state)
                || step.tables().stream().anyMatch(v -> v.root() == state);
        if (reads && !step.writes().contains(value)) {
          return false;
        }
      }
    }
    return made >= 0;
  }

  /// Steps that depend on states alone: packed weights, made again when a state has changed.
  List<Step> derived() {
    return derived;
  }

  List<Phase> phases() {
    return phases;
  }

  Scope scope() {
    return scope;
  }

  /// Values that are made right in a state.
  Map<Value, Value> inPlace() {
    return inPlace;
  }
}
