package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.NonFiniteException;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;

/// A plan placed in memory and bound to kernels.
final class CpuProgram implements Program {
  private final Plan plan;
  private final Mode mode;
  private final Binding binding;
  private final List<Phase> phases;
  private final List<Step> derived;
  private final Placement placement;
  private final CpuWeights weights;
  private final Workers workers;
  private final Boundary boundary;
  private final Memory memory;
  private final Map<Node, Value> fired;
  private final Map<Node, Value> skipped;
  private final Optional<Fence> fence;
  private final List<Frame> frames = new ArrayList<>();
  private final Map<Value, Node> nodes = new HashMap<>();
  private long derivedFrom;
  private Sizes last = Sizes.none();
  private boolean closed;

  CpuProgram(
      final Plan plan,
      final Mode mode,
      final Binding binding,
      final CpuWeights weights,
      final Workers workers,
      final Boundary boundary,
      final Memory memory,
      final Map<Node, Value> fired,
      final Map<Node, Value> skipped,
      final Optional<Fence> fence) {
    this.plan = plan;
    this.fence = fence;
    this.mode = mode;
    this.binding = binding;
    this.phases = binding.phases().stream().map(p -> p.largestFirst(plan.capacity())).toList();
    this.derived = Step.largestFirst(binding.derived(), plan.capacity());
    this.weights = weights;
    this.workers = workers;
    this.boundary = boundary;
    this.memory = memory;
    this.fired = fired;
    this.skipped = skipped;
    final var elsewhere = placeStates();
    this.placement =
        new Placement(
            plan, phases, elsewhere, permanent(elsewhere), mode == Mode.STEP, fence.isPresent());
    placement.settle(memory.permanent("slab", placement.slabBytes()).address());
    fence.ifPresent(placement::fenceSlab);
    for (int i = 0; i < workers.threads(); i++) {
      final var local = memory.permanent("block", placement.localBytes());
      fence.ifPresent(f -> placement.fenceLocal(f, local.address()));
      frames.add(new Frame(i, local.address(), memory.permanent("scratch", Frame.SCRATCH)));
    }
    binding.scope().values().forEach((node, value) -> nodes.putIfAbsent(value.root(), node));
    writeConstants();
  }

  private Set<Value> placeStates() {
    final Set<Value> states = new HashSet<>();
    binding
        .scope()
        .values()
        .forEach((node, value) -> {
          if (node.op() instanceof Op.State) {
            value.placeAt(weights.address(node));
            states.add(value);
          }
        });
    binding
        .inPlace()
        .forEach((value, state) -> {
          value.placeAt(state.address());
          states.add(value);
        });
    return states;
  }

  private Set<Value> permanent(final Set<Value> elsewhere) {
    final Set<Value> values = new HashSet<>(fired.values());
    values.addAll(skipped.values());
    binding
        .scope()
        .values()
        .forEach((node, value) -> {
          final boolean outside = plan.outputs().contains(node) || plan.given().contains(node);
          if (outside || Binding.isStored(node)) {
            values.add(value.root());
          }
        });
    binding.derived().forEach(step -> values.addAll(step.writes()));
    values.removeAll(elsewhere);
    return values;
  }

  private void writeConstants() {
    for (final var entry : binding.scope().values().entrySet()) {
      if (entry.getKey().op() instanceof final Op.Constant c) {
        Memory.at(entry.getValue().address(), 4).set(JAVA_FLOAT, 0, (float) c.value());
      }
    }
  }

  @Override
  public void write(final Node given, final float[] values) {
    final int rows = rows(given, values.length);
    write(given, values, 0, 0, rows);
  }

  @Override
  public void write(final Node given, final int[] values) {
    final var value = given(given, Shape.Type.I32);
    final int rows = rows(given, values.length);
    boundary.write(MemorySegment.ofArray(values), 0, value, 0, rows, memory);
  }

  @Override
  public void write(
      final Node given, final float[] values, final int fromRow, final int toRow, final int count) {
    final var value = given(given, Shape.Type.F32);
    if (fromRow < 0 || count < 0 || (long) (fromRow + count) * value.size() > values.length) {
      throw new IllegalArgumentException(
          "rows outside the array: value="
              + given
              + ", from="
              + fromRow
              + ", count="
              + count
              + ", array="
              + values.length);
    }
    checkRows(given, toRow, count);
    final var array = MemorySegment.ofArray(values);
    boundary.write(array, (long) fromRow * value.size(), value, toRow, count, memory);
  }

  private void checkRows(final Node given, final int toRow, final int count) {
    final int most = plan.capacity().of(given.shape().axis());
    if (toRow < 0 || toRow + count > most) {
      throw new IllegalArgumentException(
          "rows outside the value: value="
              + given
              + ", to="
              + toRow
              + ", count="
              + count
              + ", capacity="
              + most);
    }
  }

  /// From memory to memory, by all workers.
  @Override
  public void write(final Node given, final Program from, final Node output, final int toRow) {
    final var to = given(given, Shape.Type.F32);
    if (!(from instanceof final CpuProgram other) || !boundary.moves(other.output(output), to)) {
      Program.super.write(given, from, output, toRow);
      return;
    }
    final var value = other.output(output);
    final int count = other.last.of(value.axis());
    checkRows(given, toRow, count);
    workers.run(count, (_, row) -> boundary.move(value, row, to, toRow + row));
  }

  private Value output(final Node node) {
    checkOpen();
    if (!plan.outputs().contains(node)) {
      throw new IllegalArgumentException("not an output of this plan: " + node);
    }
    return binding.scope().value(node);
  }

  private Value given(final Node node, final Shape.Type type) {
    checkOpen();
    if (!plan.given().contains(node) || node.shape().type() != type) {
      throw new IllegalArgumentException("not a given value of type " + type + ": " + node);
    }
    return binding.scope().value(node);
  }

  private int rows(final Node node, final int elements) {
    final int size = node.shape().rowSize();
    final int most = plan.capacity().of(node.shape().axis());
    if (elements % size != 0 || elements / size > most) {
      throw new IllegalArgumentException(
          "array does not hold whole rows within capacity: value="
              + node
              + ", elements="
              + elements
              + ", capacity="
              + most);
    }
    return elements / size;
  }

  @Override
  public void run(final Sizes sizes) {
    checkOpen();
    sizes.checkWithin(plan.capacity());
    last = sizes;
    for (final var entry : binding.scope().values().entrySet()) {
      if (entry.getKey().op() instanceof final Op.Count c) {
        Memory.at(entry.getValue().address(), 4).set(JAVA_FLOAT, 0, sizes.of(c.axis()));
      }
    }
    if (derivedFrom != weights.version()) {
      runWhole(derived);
      derivedFrom = weights.version();
    }
    for (int i = 0; i < phases.size(); i++) {
      final var phase = phases.get(i);
      if (phase.axis() == null) {
        runWhole(phase.steps());
      } else {
        runRows(phase, placement.block(i));
      }
      if (mode == Mode.STEP) {
        phase.steps().forEach(this::checkFinite);
      }
    }
    if (!plan.assigns().isEmpty()) {
      weights.changed();
    }
    fence.ifPresent(Fence::check);
    weights.fence().ifPresent(Fence::check);
  }

  private void runRows(final Phase phase, final int most) {
    final var blocks = Blocks.of(last.of(phase.axis()), most, workers.threads());
    workers.run(
        blocks.count(),
        (worker, task) -> {
          final var frame = frames.get(worker);
          final int first = blocks.first(task);
          final int count = blocks.first(task + 1) - first;
          frame.begin(last, first);
          for (final var step : phase.steps()) {
            step.body().run(frame, first, count);
          }
        });
  }

  /// Every worker takes whole steps, so that one core alone fetches what a step reads, and at the
  /// end shares of those that others have begun.
  private void runWhole(final List<Step> steps) {
    final var begun = new AtomicInteger();
    final var shares = new AtomicIntegerArray(steps.size());
    workers.run(
        workers.threads(),
        (worker, _) -> {
          final var frame = frames.get(worker);
          frame.begin(last, 0);
          for (int i = begun.getAndIncrement(); i < steps.size(); i = begun.getAndIncrement()) {
            runShares(frame, steps.get(i), i, shares);
          }
          for (int i = 0; i < steps.size(); i++) {
            runShares(frame, steps.get(i), i, shares);
          }
        });
  }

  private static void runShares(
      final Frame frame, final Step step, final int index, final AtomicIntegerArray shares) {
    final int parts = step.parts();
    for (int i = shares.getAndIncrement(index); i < parts; i = shares.getAndIncrement(index)) {
      step.body().run(frame, i, parts);
    }
  }

  private void checkFinite(final Step step) {
    for (final var value : step.writes()) {
      final var node = nodes.get(value.root());
      if (node == null || value.shape().type() != Shape.Type.F32) {
        continue;
      }
      final long count = (long) last.of(value.axis()) * value.size();
      final var data = Memory.at(value.address(), 4 * count);
      for (long i = 0; i < count; i++) {
        final float element = data.getAtIndex(JAVA_FLOAT, i);
        if (!Float.isFinite(element)) {
          throw new NonFiniteException(node, i, element);
        }
      }
    }
  }

  @Override
  public float[] read(final Node output) {
    final var result = new float[Math.toIntExact(last.elements(output.shape()))];
    read(output, result, 0);
    return result;
  }

  @Override
  public void read(final Node output, final float[] target, final int offset) {
    final var value = output(output);
    final int rows = last.of(output.shape().axis());
    if (offset < 0 || offset + (long) rows * value.size() > target.length) {
      throw new IllegalArgumentException(
          "array too short: value="
              + output
              + ", rows="
              + rows
              + ", offset="
              + offset
              + ", array="
              + target.length);
    }
    boundary.read(value, rows, MemorySegment.ofArray(target), offset, memory);
  }

  @Override
  public int[] fired(final Node patch) {
    return counts(fired, patch);
  }

  @Override
  public int[] skipped(final Node propagation) {
    return counts(skipped, propagation);
  }

  private int[] counts(final Map<Node, Value> of, final Node patch) {
    checkOpen();
    final var value = of.get(patch);
    if (value == null) {
      throw new IllegalArgumentException("not a patch of this plan: " + patch);
    }
    final var counts = new int[last.of(value.axis())];
    MemorySegment.copy(
        Memory.at(value.address(), 4L * counts.length), JAVA_INT, 0, counts, 0, counts.length);
    return counts;
  }

  @Override
  public long bytes() {
    return memory.bytes();
  }

  /// The steps by phase, for people who want to know what runs.
  @Override
  public String toString() {
    return phases.stream()
        .map(p ->
            p.axis()
                + ": "
                + p.steps().stream()
                    .map(s -> s.name() + s.writes())
                    .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("\n"));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("program is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    memory.close();
  }
}
