package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.Node;
import io.patchbay.engine.NonFiniteException;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Running;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Landing;
import io.patchbay.ffi.cuda.OutOfDeviceMemoryException;
import io.patchbay.ffi.cuda.Recording;
import io.patchbay.ffi.cuda.Task;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A plan placed in a device's memory and bound to kernels; its launches are recorded once and
/// replayed for any number of rows.
final class CudaProgram implements Program {
  private final Plan plan;
  private final String label;
  private final Device device;
  private final Memory memory;
  private final RowCounts counts;
  private final Faults faults;
  private final Spreads spreads;
  private final Expectations expectations;
  private final Scope scope;
  private final Binding binding;
  private final CudaWeights weights;

  /// Runs whose end was not waited for yet.
  private final Set<CudaRun> open = new HashSet<>();

  private final Purposes purposes;
  private final @Nullable Recording derived;
  private final GivenPacks packs;
  private final @Nullable Recording steps;
  private long derivedFrom;
  private Sizes last = Sizes.none();
  private boolean closed;

  /// @param apart whether every value has memory of its own, so that what a kernel writes beside
  ///   one is found
  /// @param label of the device, for messages
  CudaProgram(
      final Plan plan,
      final Mode mode,
      final CudaWeights weights,
      final Memory memory,
      final List<Candidate> candidates,
      final boolean apart,
      final String label) {
    this.plan = plan;
    this.label = label;
    this.weights = weights;
    this.memory = memory;
    this.device = memory.device();
    this.counts = new RowCounts(plan, memory);
    this.faults = new Faults(memory);
    this.spreads = new Spreads(memory);
    this.expectations = new Expectations(memory);
    this.scope = new Scope(plan, mode, memory, counts, faults);
    this.binding = new Binding(plan, scope, candidates);
    new Placement(plan, scope, binding, weights).settle(memory, apart);
    this.purposes = new Purposes(scope);
    writeConstants();
    this.derived = binding.derived().isEmpty() ? null : record(binding.derived());
    @Nullable GivenPacks packed = null;
    try {
      packed = new GivenPacks(binding.packing(), this::record);
      this.steps = mode == Mode.STEP || binding.steps().isEmpty() ? null : record(binding.steps());
    } catch (final RuntimeException e) {
      if (derived != null) {
        derived.close();
      }
      if (packed != null) {
        packed.close();
      }
      throw e;
    }
    this.packs = packed;
  }

  /// Bytes that a plan takes, the most of which are not taken here.
  static long bytes(
      final Plan plan,
      final CudaWeights weights,
      final Memory memory,
      final List<Candidate> candidates) {
    final var scope =
        new Scope(plan, Mode.FAST, memory, new RowCounts(plan, memory), new Faults(memory));
    final var binding = new Binding(plan, scope, candidates);
    return memory.bytes() + new Placement(plan, scope, binding, weights).bytes();
  }

  private Recording record(final List<Step> these) {
    return device.record(new Order(plan.capacity(), these, purposes).tasks());
  }

  private void writeConstants() {
    scope
        .values()
        .forEach((node, value) -> {
          if (node.op() instanceof final Op.Constant c) {
            device.fill(value.address(), 4, Float.floatToRawIntBits((float) c.value()));
          }
        });
  }

  @Override
  public void write(final Node given, final float[] values) {
    write(given, values, 0, 0, rows(given, values.length));
  }

  @Override
  public void write(final Node given, final int[] values) {
    final var value = given(given, Shape.Type.I32);
    rows(given, values.length);
    device.upload(value.address(), MemorySegment.ofArray(values));
  }

  @Override
  public void write(
      final Node given, final float[] values, final int fromRow, final int toRow, final int count) {
    final var value = given(given, Shape.Type.F32);
    if (fromRow < 0 || count < 0 || (long) (fromRow + count) * value.size() > values.length) {
      throw new IllegalArgumentException(
          "rows outside the array: value=%s, from=%d, count=%d, array=%d"
              .formatted(given, fromRow, count, values.length));
    }
    checkRows(given, toRow, count);
    final var rows =
        MemorySegment.ofArray(values).asSlice(fromRow * value.rowBytes(), count * value.rowBytes());
    device.upload(value.address() + toRow * value.rowBytes(), rows);
  }

  /// Within the device, where both programs stand on it.
  @Override
  @SuppressWarnings("ReferenceEquality") // a device is one object
  public void write(final Node given, final Program from, final Node output, final int toRow) {
    final var to = given(given, Shape.Type.F32);
    if (!(from instanceof final CudaProgram other) || other.device != device) {
      Program.super.write(given, from, output, toRow);
      return;
    }
    final var value = other.output(output);
    final int count = other.last.of(value.axis());
    if (value.size() != to.size()) {
      throw new IllegalArgumentException(
          "rows of other sizes: value=" + given + ", output=" + output);
    }
    checkRows(given, toRow, count);
    device.copy(to.address() + toRow * to.rowBytes(), value.address(), count * to.rowBytes());
  }

  private void checkRows(final Node given, final int toRow, final int count) {
    final int most = plan.capacity().of(given.shape().axis());
    if (toRow < 0 || toRow + count > most) {
      throw new IllegalArgumentException(
          "rows outside the value: value=%s, to=%d, count=%d, capacity=%d"
              .formatted(given, toRow, count, most));
    }
  }

  /// A given value that is about to be written.
  private Value given(final Node node, final Shape.Type type) {
    checkOpen();
    if (!plan.given().contains(node) || node.shape().type() != type) {
      throw new IllegalArgumentException("not a given value of type " + type + ": " + node);
    }
    final var value = scope.value(node);
    packs.written(value);
    spreads.settle(value);
    return value;
  }

  private Value output(final Node node) {
    checkOpen();
    if (!plan.outputs().contains(node)) {
      throw new IllegalArgumentException("not an output of this plan: " + node);
    }
    return scope.value(node);
  }

  private int rows(final Node node, final int elements) {
    final int size = node.shape().rowSize();
    final int most = plan.capacity().of(node.shape().axis());
    if (elements % size != 0 || elements / size > most) {
      throw new IllegalArgumentException(
          "array does not hold whole rows within capacity: value=%s, elements=%d, capacity=%d"
              .formatted(node, elements, most));
    }
    return elements / size;
  }

  @Override
  public void spread(
      final Node given, final int[] values, final int block, final int each, final int rows) {
    final var value = given(given, Shape.Type.I32);
    if (block < 1 || each < 1 || block % each != 0 || rows < 1) {
      throw new IllegalArgumentException(
          "no such pattern: block=" + block + ", each=" + each + ", rows=" + rows);
    }
    rows(given, rows);
    final int most = plan.capacity().of(value.axis());
    withMemory(() -> spreads.write(value, values, block, each, rows, most));
  }

  @Override
  public void run(final Sizes sizes) {
    ask(sizes);
    faults.check();
  }

  @Override
  public Running start(final Sizes sizes, final Running.Wanted wanted) {
    ask(sizes);
    final var run = new CudaRun(faults, expectations, open);
    wanted
        .expected()
        .forEach((patch, counts) -> withMemory(() -> run.check(patch, check(patch, counts))));
    for (final var node : wanted.outputs()) {
      final int elements = Math.toIntExact(last.elements(node.shape()));
      run.output(node, device.land(output(node).address(), 4L * elements), elements);
    }
    for (final var node : wanted.skipped()) {
      final var value = marked(scope.skipped(), node);
      final int rows = last.of(value.axis());
      run.skipped(node, device.land(value.address(), 4L * rows), rows);
    }
    run.last(faults.later());
    return run;
  }

  private Landing check(final Node patch, final int[] expected) {
    final var value = marked(scope.fired(), patch);
    final int most = plan.capacity().of(value.axis());
    if (expected.length < last.of(value.axis()) || expected.length > most) {
      throw new IllegalArgumentException(
          "expected of fewer rows, or of too many: patch="
              + patch
              + ", rows="
              + last.of(value.axis())
              + ", expected="
              + expected.length);
    }
    return expectations.check(patch, value, counts.address(value.axis()), most, expected);
  }

  /// Asks for a run. A driver may need memory of its own when it runs a recording for the first
  /// time.
  private void ask(final Sizes sizes) {
    checkOpen();
    sizes.checkWithin(plan.capacity());
    withMemory(() -> replay(sizes));
  }

  /// @throws DeviceMemoryException when the work needs memory that is not there
  private void withMemory(final Runnable work) {
    try {
      work.run();
    } catch (final OutOfDeviceMemoryException e) {
      throw new DeviceMemoryException(label, 0, device.free(), e);
    }
  }

  private void replay(final Sizes sizes) {
    last = sizes;
    counts.write(sizes);
    if (derivedFrom != weights.version()) {
      if (derived != null) {
        derived.replay();
      }
      derivedFrom = weights.version();
    }
    spreads.settle();
    packs.renew(sizes);
    if (steps != null) {
      steps.replay();
    } else {
      binding.steps().forEach(this::step);
    }
    if (!plan.assigns().isEmpty()) {
      weights.changed();
    }
  }

  private void step(final Step step) {
    device.run(new Task(purposes.of(step), step::run, Set.of()));
    for (final var value : step.writes()) {
      final var node = purposes.node(value);
      if (node != null && node.shape().type() == Shape.Type.F32) {
        checkFinite(node, value);
      }
    }
  }

  private void checkFinite(final Node node, final Value value) {
    final var elements = new float[Math.toIntExact(last.elements(node.shape()))];
    device.download(MemorySegment.ofArray(elements), value.address());
    for (int i = 0; i < elements.length; i++) {
      if (!Float.isFinite(elements[i])) {
        throw new NonFiniteException(node, i, elements[i]);
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
    final long elements = last.elements(output.shape());
    if (offset < 0 || offset + elements > target.length) {
      throw new IllegalArgumentException(
          "array too short: value=%s, elements=%d, offset=%d, array=%d"
              .formatted(output, elements, offset, target.length));
    }
    device.download(
        MemorySegment.ofArray(target).asSlice(4L * offset, 4L * elements), value.address());
  }

  @Override
  public int[] fired(final Node patch) {
    return marks(scope.fired(), patch);
  }

  @Override
  public int[] skipped(final Node propagation) {
    return marks(scope.skipped(), propagation);
  }

  private Value marked(final Map<Node, Value> of, final Node patch) {
    checkOpen();
    final var value = of.get(patch);
    if (value == null) {
      throw new IllegalArgumentException("not a patch of this plan: " + patch);
    }
    return value;
  }

  private int[] marks(final Map<Node, Value> of, final Node patch) {
    final var value = marked(of, patch);
    final var marks = new int[last.of(value.axis())];
    device.download(MemorySegment.ofArray(marks), value.address());
    return marks;
  }

  @Override
  public long bytes() {
    return memory.bytes();
  }

  /// The steps, for people who want to know what runs.
  @Override
  public String toString() {
    return binding.steps().stream()
        .map(s -> s.name() + s.writes())
        .collect(Collectors.joining("\n"));
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("program is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List.copyOf(open).forEach(CudaRun::close);
    if (derived != null) {
      derived.close();
    }
    packs.close();
    if (steps != null) {
      steps.close();
    }
    memory.close();
  }
}
