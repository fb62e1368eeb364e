package io.patchbay.kernels.shared;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Slab;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// The places of states in one slab, each in its logical order, and how often they have changed.
public final class StateTable {
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final long bytes;
  private long version = 1;
  private boolean closed;

  /// @param offset of its first byte
  public record Entry(Shape shape, long offset) {
    public long bytes() {
      return 4L * shape.rowSize();
    }
  }

  /// @param beside bytes that are kept free before and after each state
  public StateTable(final List<Node> states, final long beside) {
    final var slab = new Slab();
    for (final var node : states) {
      if (!(node.op() instanceof final Op.State state)) {
        throw new IllegalArgumentException("not a state: " + node);
      }
      final long offset = slab.place(4L * node.shape().rowSize() + 2 * beside, 0, 0) + beside;
      entries.put(state.name(), new Entry(node.shape(), offset));
    }
    this.bytes = slab.size();
  }

  /// Bytes of the slab.
  public long bytes() {
    return bytes;
  }

  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  public void forEach(final BiConsumer<String, Entry> work) {
    entries.forEach(work);
  }

  /// @throws IllegalArgumentException when no state has the name
  /// @throws IllegalStateException when the weights are closed
  public Entry entry(final String name) {
    if (closed) {
      throw new IllegalStateException("weights are closed");
    }
    final var entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no such state: name=" + name);
    }
    return entry;
  }

  /// The state that is given `values`.
  ///
  /// @throws IllegalArgumentException when they are not as many as it has
  public Entry entry(final String name, final float[] values) {
    final var entry = entry(name);
    if (values.length != entry.shape().rowSize()) {
      throw new IllegalArgumentException(
          "state has another size: name="
              + name
              + ", shape="
              + entry.shape()
              + ", values="
              + values.length);
    }
    return entry;
  }

  /// Where a state of a plan lies.
  ///
  /// @throws IllegalArgumentException when it is not here, or has another shape
  public long offset(final Node node) {
    final var name = ((Op.State) node.op()).name();
    final var entry = entry(name);
    if (!entry.shape().equals(node.shape())) {
      throw new IllegalArgumentException(
          "state has another shape: name="
              + name
              + ", weights="
              + entry.shape()
              + ", plan="
              + node.shape());
    }
    return entry.offset();
  }

  public long version() {
    return version;
  }

  public void changed() {
    version++;
  }

  /// From now on no state is here. Returns whether some were until now.
  public boolean close() {
    final boolean first = !closed;
    closed = true;
    return first;
  }
}
