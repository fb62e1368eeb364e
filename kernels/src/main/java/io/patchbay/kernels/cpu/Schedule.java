package io.patchbay.kernels.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Orders steps into phases. As many steps over one axis as possible go into one phase: a step
/// joins when all it reads at other rows is complete before the phase, and all it reads at its own
/// rows is complete or made earlier in the phase.
final class Schedule {
  private final Map<Value, Step> makers = new HashMap<>();
  private final Set<Step> done = new HashSet<>();
  private final List<Step> left;
  private final List<Phase> phases = new ArrayList<>();

  private Schedule(final List<Step> steps) {
    this.left = new ArrayList<>(steps);
    steps.forEach(step -> step.writes().forEach(value -> makers.put(value.root(), step)));
  }

  /// @param steps in an order that respects what they read
  /// @param single whether every step stands alone
  static List<Phase> of(final List<Step> steps, final boolean single) {
    if (single) {
      return steps.stream().map(s -> new Phase(s.axis(), List.of(s))).toList();
    }
    final var schedule = new Schedule(steps);
    while (!schedule.left.isEmpty()) {
      schedule.next();
    }
    return schedule.phases;
  }

  private void next() {
    for (final var step : left) {
      if (step.axis() != null && isReady(step, Set.of())) {
        rows(step);
        return;
      }
    }
    whole();
  }

  private void rows(final Step lead) {
    final Set<Step> inside = new HashSet<>();
    final var steps = new ArrayList<Step>();
    for (final var step : left) {
      if (lead.axis() != null && lead.axis().equals(step.axis()) && isReady(step, inside)) {
        inside.add(step);
        steps.add(step);
      }
    }
    close(new Phase(lead.axis(), steps));
  }

  private void whole() {
    final var steps = left.stream().filter(s -> s.axis() == null && isReady(s, Set.of())).toList();
    if (steps.isEmpty()) {
      throw new IllegalStateException("steps wait for one another: " + left);
    }
    close(new Phase(null, steps));
  }

  private void close(final Phase phase) {
    done.addAll(phase.steps());
    left.removeAll(phase.steps());
    phases.add(phase);
  }

  private boolean isReady(final Step step, final Set<Step> inside) {
    return step.tables().stream().allMatch(v -> isComplete(v))
        && step.reads().stream().allMatch(v -> isComplete(v) || isRowOf(v, step, inside));
  }

  private boolean isComplete(final Value value) {
    final var maker = makers.get(value.root());
    return maker == null || done.contains(maker);
  }

  private boolean isRowOf(final Value value, final Step step, final Set<Step> inside) {
    final var maker = makers.get(value.root());
    return maker != null
        && inside.contains(maker)
        && step.axis() != null
        && step.axis().equals(value.axis());
  }
}
