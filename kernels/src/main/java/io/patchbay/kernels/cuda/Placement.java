package io.patchbay.kernels.cuda;

import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Slab;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Where every value of a program stands: in one slab, by lifetimes, but for states and what is
/// made right in them.
final class Placement {
  /// Steps of a plan that trains after the last one that reads a value, for which nothing else
  /// takes its memory: what does would have to wait for that step. Gradients of inputs would wait
  /// for those of weights, one layer after the other, which can go on beside them.
  private static final int STEPS = 24;

  private final Plan plan;
  private final Set<Value> placed = new HashSet<>();

  /// From the first step that writes a value to the last one that reads it.
  private final Map<Value, int[]> lives = new LinkedHashMap<>();

  Placement(final Plan plan, final Scope scope, final Binding binding, final CudaWeights weights) {
    this.plan = plan;
    scope
        .values()
        .forEach((node, value) -> {
          if (node.op() instanceof Op.State) {
            value.placeAt(weights.address(node));
            placed.add(value);
          }
        });
    binding
        .inPlace()
        .forEach((value, state) -> {
          value.placeAt(state.address());
          placed.add(value);
        });
    final int end = binding.steps().size();
    for (int i = 0; i < end; i++) {
      final var step = binding.steps().get(i);
      final var touched = new LinkedHashSet<>(step.writes());
      touched.addAll(step.reads());
      for (final var value : touched) {
        final int now = i;
        lives.computeIfAbsent(value.root(), key -> new int[] {now, now})[1] = i;
      }
    }
    final var permanent = new LinkedHashSet<Value>();
    permanent.addAll(scope.fired().values());
    permanent.addAll(scope.skipped().values());
    scope
        .values()
        .forEach((node, value) -> {
          final boolean outside = plan.outputs().contains(node) || plan.given().contains(node);
          if (outside || Binding.isStored(node)) {
            permanent.add(value.root());
          }
        });
    Stream.of(binding.derived(), binding.packing())
        .flatMap(List::stream)
        .forEach(step -> {
          permanent.addAll(step.writes());
          permanent.addAll(step.reads());
        });
    if (!plan.assigns().isEmpty()) {
      lives.values().forEach(life -> life[1] = Math.min(end, life[1] + STEPS));
    }
    permanent.forEach(value -> lives.put(value.root(), new int[] {0, end}));
    lives.keySet().removeAll(placed);
  }

  /// Bytes of the slab.
  long bytes() {
    final var slab = new Slab();
    lives.forEach((value, life) -> slab.place(bytes(value), life[0], life[1]));
    return slab.size();
  }

  /// Takes the memory, and gives every value its place.
  void settle(final Memory memory, final boolean apart) {
    if (apart) {
      lives
          .keySet()
          .forEach(value -> value.placeAt(memory.allocate(value.toString(), bytes(value))));
      return;
    }
    final var slab = new Slab();
    final Map<Value, Long> offsets = new HashMap<>();
    lives.forEach((value, life) -> offsets.put(value, slab.place(bytes(value), life[0], life[1])));
    final long start = memory.allocate("slab", Math.max(slab.size(), Slab.ALIGNMENT));
    offsets.forEach((value, offset) -> value.placeAt(start + offset));
  }

  private long bytes(final Value value) {
    return plan.capacity().of(value.axis()) * value.rowBytes();
  }
}
