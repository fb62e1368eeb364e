package io.patchbay.kernels.cpu;

import io.patchbay.engine.Plan;
import io.patchbay.engine.Slab;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where every value of a program stands. A value that lives inside one phase takes room for one
/// block of rows per worker; the others share one slab by their lifetimes.
final class Placement {
  /// Bytes of block-sized values that fit a core's own cache beside the weights.
  private static final long CACHE = 1000 * 1024;

  /// The smallest layers take rows by three, the linear ones by eight at most.
  private static final int FEWEST_ROWS = 6;

  private static final int MOST_ROWS = 36;

  private final Plan plan;
  private final List<Phase> phases;
  private final Slab slab = new Slab();
  private final boolean fenced;
  private final Map<Value, Long> offsets = new LinkedHashMap<>();
  private final Map<Value, Long> localOffsets = new LinkedHashMap<>();
  private final Map<Value, Integer> makers = new HashMap<>();
  private final Map<Value, Integer> lastReads = new HashMap<>();
  private final Map<Value, Set<Integer>> readers = new HashMap<>();
  private final Set<Value> locals = new HashSet<>();
  private final int[] blocks;
  private long localBytes;

  /// @param elsewhere values whose memory is not this program's: states, and what is made in them
  /// @param permanent values that keep their memory for the life of the program
  /// @param single whether no value may be block-sized
  /// @param fenced whether every value stands apart, for good, with room for a [Fence]
  Placement(
      final Plan plan,
      final List<Phase> phases,
      final Set<Value> elsewhere,
      final Set<Value> permanent,
      final boolean single,
      final boolean fenced) {
    this.plan = plan;
    this.fenced = fenced;
    this.phases = phases;
    this.blocks = new int[phases.size()];
    note();
    final Set<Value> global = new HashSet<>(permanent);
    for (int i = 0; i < phases.size(); i++) {
      placeLocals(i, elsewhere, permanent, single);
    }
    for (final var value : permanent) {
      place(value, 0, phases.size());
    }
    for (final var made : makers.entrySet()) {
      final var value = made.getKey();
      final boolean here = !elsewhere.contains(value) && global.add(value);
      if (here && !locals.contains(value)) {
        place(value, made.getValue(), lastReads.getOrDefault(value, made.getValue()));
      }
    }
  }

  private void note() {
    for (int i = 0; i < phases.size(); i++) {
      final int index = i;
      for (final var step : phases.get(i).steps()) {
        step.writes().forEach(v -> makers.put(v.root(), index));
        final var all = new ArrayList<>(step.reads());
        all.addAll(step.tables());
        all.forEach(v -> lastReads.put(v.root(), index));
        all.forEach(v -> readers.computeIfAbsent(v.root(), k -> new HashSet<>()).add(index));
      }
    }
  }

  private void place(final Value value, final int first, final int last) {
    final long bytes = plan.capacity().of(value.axis()) * value.rowBytes();
    offsets.put(
        value,
        fenced
            ? slab.place(bytes + 2 * Fence.WIDTH, 0, phases.size()) + Fence.WIDTH
            : slab.place(bytes, first, last));
  }

  private void placeLocals(
      final int phase,
      final Set<Value> elsewhere,
      final Set<Value> permanent,
      final boolean single) {
    final var steps = phases.get(phase).steps();
    final Map<Value, int[]> lives = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      final var step = steps.get(i);
      for (final var value : step.writes()) {
        final var root = value.root();
        final boolean inside = readers.getOrDefault(root, Set.of()).equals(Set.of(phase));
        if (!single
            && inside
            && step.axis() != null
            && step.axis().equals(root.axis())
            && !elsewhere.contains(root)
            && !permanent.contains(root)) {
          lives.put(root, new int[] {i, i});
        }
      }
      for (final var value : step.reads()) {
        final var life = lives.get(value.root());
        if (life != null) {
          life[1] = i;
        }
      }
    }
    locals.addAll(lives.keySet());
    final long perRow = Math.max(1, pack(lives, 1, false));
    final long fit = CACHE / perRow / FEWEST_ROWS * FEWEST_ROWS;
    blocks[phase] = Math.clamp(fit, FEWEST_ROWS, MOST_ROWS);
    if (fenced) {
      apart(lives.keySet(), blocks[phase]);
    } else {
      localBytes = Math.max(localBytes, pack(lives, blocks[phase], true));
    }
  }

  private void apart(final Set<Value> values, final int rows) {
    for (final var value : values) {
      final long offset = localBytes + Fence.WIDTH;
      value.placeLocal(offset);
      localOffsets.put(value, offset);
      localBytes += room(rows * value.rowBytes());
    }
  }

  /// What a fenced buffer takes.
  private static long room(final long bytes) {
    final long whole = bytes + 2 * Fence.WIDTH;
    return (whole + Slab.ALIGNMENT - 1) / Slab.ALIGNMENT * Slab.ALIGNMENT;
  }

  private static long pack(final Map<Value, int[]> lives, final int rows, final boolean keep) {
    final var local = new Slab();
    for (final var entry : lives.entrySet()) {
      final var life = entry.getValue();
      final long offset = local.place(rows * entry.getKey().rowBytes(), life[0], life[1]);
      if (keep) {
        entry.getKey().placeLocal(offset);
      }
    }
    return local.size();
  }

  /// Bytes of the slab.
  long slabBytes() {
    return slab.size();
  }

  /// Bytes of block-sized memory per worker.
  long localBytes() {
    return localBytes;
  }

  /// Rows of one block of a phase.
  int block(final int phase) {
    return blocks[phase];
  }

  /// Puts every value of the slab at its address.
  void settle(final long slabAddress) {
    offsets.forEach((value, offset) -> value.placeAt(slabAddress + offset));
  }

  /// Fences every value of the slab, once it is settled.
  void fenceSlab(final Fence fence) {
    offsets
        .keySet()
        .forEach(value -> {
          final long bytes = plan.capacity().of(value.axis()) * value.rowBytes();
          fence.around(value.toString(), value.address(), bytes, room(bytes));
        });
  }

  /// Fences every block-sized value of one worker.
  void fenceLocal(final Fence fence, final long localAddress) {
    for (int phase = 0; phase < blocks.length; phase++) {
      for (final var step : phases.get(phase).steps()) {
        for (final var written : step.writes()) {
          final var value = written.root();
          final var offset = localOffsets.get(value);
          if (offset != null) {
            final long bytes = blocks[phase] * value.rowBytes();
            fence.around(value.toString(), localAddress + offset, bytes, room(bytes));
          }
        }
      }
    }
  }
}
