package io.patchbay.kernels.reference;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.NonFiniteException;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plan in float64.
public final class ReferenceProgram implements Program {
  private final Plan plan;
  private final ReferenceWeights weights;
  private final Mode mode;
  private final HostAccount account;
  private final Workers workers;
  private final Layout layout;
  private final List<BoundStep> steps = new ArrayList<>();
  private final Map<Node, FiringStep> patches = new HashMap<>();
  private final Map<Node, Propagating> propagations = new HashMap<>();
  private @Nullable Sizes lastRun;
  private boolean closed;

  private record BoundStep(Node node, Step step) {}

  ReferenceProgram(
      final Plan plan,
      final ReferenceWeights weights,
      final Mode mode,
      final HostAccount account,
      final Workers workers,
      final PatchKernel patch) {
    weights.checkOpen();
    this.plan = plan;
    this.weights = weights;
    this.mode = mode;
    this.account = account;
    this.workers = workers;
    this.layout = new Layout(plan, weights, account);
    for (final var node : plan.order()) {
      if (node.op() instanceof Op.State || node.op() instanceof Op.Assign) {
        continue;
      }
      final var step = Kernels.bind(node, layout.inputs(node), layout.value(node), patch);
      steps.add(new BoundStep(node, step));
      if (step instanceof final FiringStep patching) {
        patches.put(node, patching);
      }
      if (step instanceof final Propagating propagating) {
        propagations.put(node, propagating);
      }
    }
  }

  @Override
  public void write(final Node given, final float[] values) {
    checkGiven(given, Shape.Type.F32);
    write(given, Boundary.doubles(values));
  }

  @Override
  public void write(final Node given, final int[] values) {
    checkGiven(given, Shape.Type.I32);
    write(given, Boundary.doubles(values));
  }

  /// Writes the leading rows without rounding.
  public void write(final Node given, final double[] values) {
    checkOpen();
    final int size = given.shape().rowSize();
    if (values.length % size != 0) {
      throw new IllegalArgumentException(
          "not whole rows: node=" + given + ", elements=" + values.length);
    }
    copy(given, values, 0, 0, values.length / size);
  }

  @Override
  public void write(
      final Node given, final float[] values, final int fromRow, final int toRow, final int count) {
    checkGiven(given, Shape.Type.F32);
    copy(given, Boundary.doubles(values), fromRow, toRow, count);
  }

  private void copy(
      final Node given,
      final double[] values,
      final int fromRow,
      final int toRow,
      final int count) {
    checkGiven(given, given.shape().type());
    final var value = layout.value(given);
    final int most = plan.capacity().of(given.shape().axis());
    final int size = value.rowSize();
    if (fromRow < 0
        || toRow < 0
        || count < 0
        || toRow + count > most
        || (long) (fromRow + count) * size > values.length) {
      throw new IllegalArgumentException(
          "rows do not fit: node=%s, from=%d, to=%d, count=%d, capacity=%d, elements=%d"
              .formatted(given, fromRow, toRow, count, most, values.length));
    }
    System.arraycopy(values, fromRow * size, value.data(), value.row(toRow), count * size);
  }

  @Override
  public void run(final Sizes sizes) {
    checkOpen();
    workers.checkOpen();
    weights.checkOpen();
    sizes.checkWithin(plan.capacity());
    lastRun = null;
    if (mode == Mode.STEP) {
      plan.given().forEach(node -> checkFinite(node, sizes));
      plan.order().stream()
          .filter(node -> node.op() instanceof Op.State)
          .forEach(node -> checkFinite(node, sizes));
    }
    for (final var bound : steps) {
      bound.step().run(sizes, workers);
      if (mode == Mode.STEP) {
        checkFinite(bound.node(), sizes);
      }
    }
    keepStates(sizes);
    assign(sizes);
    lastRun = sizes;
  }

  private void keepStates(final Sizes sizes) {
    for (final var node : plan.outputs()) {
      if (node.op() instanceof Op.State && !plan.given().contains(node)) {
        final var value = layout.value(node);
        layout.output(node).copyFrom(value, value.elements(sizes));
      }
    }
  }

  /// A state that is assigned to another one is read before any is written.
  private void assign(final Sizes sizes) {
    final var staged = new ArrayList<double[]>();
    for (final var node : plan.assigns()) {
      final var value = layout.value(node.input(1));
      staged.add(Boundary.part(value, value.elements(sizes)));
    }
    int i = 0;
    for (final var node : plan.assigns()) {
      final var state = layout.value(node);
      final var values = staged.get(i++);
      System.arraycopy(values, 0, state.data(), state.at(), values.length);
    }
    if (!staged.isEmpty()) {
      weights.changed();
    }
  }

  private void checkFinite(final Node node, final Sizes sizes) {
    final var value = layout.value(node);
    final int count = value.elements(sizes);
    for (int i = 0; i < count; i++) {
      final float element = (float) value.data()[value.at() + i];
      if (!Float.isFinite(element)) {
        throw new NonFiniteException(node, i, element);
      }
    }
  }

  @Override
  public float[] read(final Node output) {
    return Boundary.floats(readDoubles(output));
  }

  @Override
  public void read(final Node output, final float[] target, final int offset) {
    final var values = read(output);
    System.arraycopy(values, 0, target, offset, values.length);
  }

  /// The rows of an output of the last run, without rounding.
  public double[] readDoubles(final Node output) {
    final var value = layout.output(output);
    return Boundary.part(value, value.elements(sizesOfLastRun()));
  }

  @Override
  public int[] fired(final Node patch) {
    sizesOfLastRun();
    final var patching = patches.get(patch);
    return patching == null ? propagating(patch).fired() : patching.fired();
  }

  @Override
  public int[] skipped(final Node propagation) {
    sizesOfLastRun();
    return propagating(propagation).skipped();
  }

  private Propagating propagating(final Node node) {
    final var step = propagations.get(node);
    if (step == null) {
      throw new IllegalArgumentException("not a patch of this plan: node=" + node);
    }
    return step;
  }

  @Override
  public long bytes() {
    return (long) layout.slab().length * HostAccount.ELEMENT;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      account.release(layout.slab());
    }
  }

  private void checkGiven(final Node given, final Shape.Type type) {
    checkOpen();
    if (!plan.given().contains(given)) {
      throw new IllegalArgumentException("not a given value of this plan: node=" + given);
    }
    if (given.shape().type() != type) {
      throw new IllegalArgumentException(
          "written as another type: node=" + given + ", written=" + type);
    }
  }

  private Sizes sizesOfLastRun() {
    checkOpen();
    final var sizes = lastRun;
    if (sizes == null) {
      throw new IllegalStateException("not run yet: outputs=" + plan.outputs());
    }
    return sizes;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("program is closed: outputs=" + plan.outputs());
    }
  }
}
