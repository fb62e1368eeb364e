package io.patchbay.kernels.reference;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// States in float64. Between runs nothing is rounded: a moment kept here is the moment.
public final class ReferenceWeights implements Weights {
  private final HostAccount account;
  private final double[] slab;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private long version;
  private boolean closed;

  ReferenceWeights(final HostAccount account, final List<Node> states) {
    final var shapes = new LinkedHashMap<String, Shape>();
    long elements = 0;
    for (final var state : states) {
      if (!(state.op() instanceof final Op.State op)) {
        throw new IllegalArgumentException("not a state: node=" + state);
      }
      if (shapes.put(op.name(), state.shape()) != null) {
        throw new IllegalArgumentException("a state is given twice: name=" + op.name());
      }
      elements += state.shape().rowSize();
    }
    this.account = account;
    this.slab = account.allocate("weights", elements);
    int at = 0;
    for (final var entry : shapes.entrySet()) {
      values.put(entry.getKey(), new Value(entry.getValue(), slab, at));
      at += entry.getValue().rowSize();
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  @Override
  public Shape shape(final String name) {
    return value(name).shape();
  }

  @Override
  public float[] read(final String name) {
    return Boundary.floats(readDoubles(name));
  }

  @Override
  public boolean holdsFloats() {
    return false;
  }

  @Override
  public void write(final String name, final float[] from) {
    write(name, Boundary.doubles(from));
  }

  /// The state without rounding.
  public double[] readDoubles(final String name) {
    checkOpen();
    final var value = value(name);
    return Boundary.part(value, value.rowSize());
  }

  /// Writes the state without rounding.
  public void write(final String name, final double[] from) {
    checkOpen();
    final var value = value(name);
    if (from.length != value.rowSize()) {
      throw new IllegalArgumentException(
          "not the state's size: name=%s, shape=%s, elements=%d"
              .formatted(name, value.shape(), from.length));
    }
    System.arraycopy(from, 0, slab, value.at(), from.length);
    version++;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      account.release(slab);
    }
  }

  Value value(final String name) {
    final var value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no such state: name=" + name + ", states=" + values.keySet());
    }
    return value;
  }

  void changed() {
    version++;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("weights are closed: states=" + values.keySet());
    }
  }
}
