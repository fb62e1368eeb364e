package io.patchbay.kernels.cuda;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.ffi.cuda.Device;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What candidates may ask while a plan is bound: the value of a node (which makes the node
/// needed), whether a node may vanish inside a step, packed forms of weights, scratch, where the
/// numbers of rows stand.
final class Scope {
  private final Plan plan;
  private final Mode mode;
  private final Memory memory;
  private final RowCounts counts;
  private final Faults faults;
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Set<Node> kept = new HashSet<>();
  private final Map<Node, Value> values = new HashMap<>();
  private final Map<PackKey, Packed> packs = new LinkedHashMap<>();
  private final Map<Node, Value> fired = new HashMap<>();
  private final Map<Node, Value> skipped = new HashMap<>();

  private record PackKey(String kind, Node of) {}

  /// A packed form of a value and the step that makes it.
  ///
  /// @param fromState whether it need be made again only when a state changes
  record Packed(Value value, Step step, boolean fromState) {}

  /// Makes a packed form at `to` from what stands at `from`.
  interface Packer {
    void pack(long from, long to);
  }

  Scope(
      final Plan plan,
      final Mode mode,
      final Memory memory,
      final RowCounts counts,
      final Faults faults) {
    this.plan = plan;
    this.mode = mode;
    this.memory = memory;
    this.counts = counts;
    this.faults = faults;
    for (final var node : plan.order()) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    kept.addAll(plan.outputs());
    kept.addAll(plan.given());
  }

  /// The value of a node, which some step has to make.
  Value value(final Node node) {
    final var known = values.get(node);
    if (known != null) {
      return known;
    }
    final var name = "%" + node.id();
    final var value =
        isView(node)
            ? Value.alias(name, node.shape(), value(node.input(0)))
            : Value.of(name, node.shape());
    values.put(node, value);
    return value;
  }

  /// Whether a node's value is that of its input, perhaps of another shape: all values stand in
  /// logical order.
  boolean isView(final Node node) {
    return !plan.given().contains(node)
        && (node.op() instanceof Op.StopGradient || node.op() instanceof Op.Reshape);
  }

  /// The nodes of the plan that read a node.
  List<Node> readers(final Node node) {
    return plan.order().stream().filter(n -> n.inputs().contains(node)).toList();
  }

  boolean isNeeded(final Node node) {
    return values.containsKey(node);
  }

  Map<Node, Value> values() {
    return values;
  }

  /// Whether the caller of the program reads or writes this value.
  boolean isKept(final Value value) {
    return kept.stream().anyMatch(n -> values.containsKey(n) && value(n).root() == value);
  }

  /// Whether only one node reads this one and nobody else asks for it, so that it need not stand in
  /// memory.
  boolean interior(final Node node) {
    return mode == Mode.FAST
        && !kept.contains(node)
        && !values.containsKey(node)
        && uses.getOrDefault(node, 0) == 1;
  }

  /// Whether a step may read what a node was made from in its place, even if others read the node.
  boolean passes(final Node node) {
    return mode == Mode.FAST && !kept.contains(node);
  }

  /// A packed form of a value; one per kind, however many steps use it.
  ///
  /// @param elements floats of one row of it, which it has where the value has
  Value packed(final String kind, final Node of, final int elements, final Packer packer) {
    return packs
        .computeIfAbsent(
            new PackKey(kind, of),
            key -> {
              final var from = value(of);
              final var name = kind + "(%" + of.id() + ")";
              final var to = Value.plain(name, of.shape().axis(), elements);
              final var step =
                  Step.of(kind, to, List.of(from), () -> packer.pack(from.address(), to.address()));
              return new Packed(to, step, of.op() instanceof Op.State);
            })
        .value();
  }

  List<Packed> packs() {
    return List.copyOf(packs.values());
  }

  /// Memory for one step's own use: `elements` floats per row of `axis`. The step names it among
  /// its writes.
  Value scratch(final String name, final @Nullable Axis axis, final int elements) {
    return Value.plain(name, axis, elements);
  }

  /// The fields of a patch program, whose tables stay as they are.
  long[] program(final PatchCode code, final int plane, final int width) {
    return code.fields(memory, plane, width);
  }

  /// Where the number of rows of an axis in this run stands, as an int; 1 for no axis.
  long rows(final @Nullable Axis axis) {
    return counts.address(axis);
  }

  /// The most rows of an axis.
  int most(final @Nullable Axis axis) {
    return capacity().of(axis);
  }

  Sizes capacity() {
    return plan.capacity();
  }

  Device device() {
    return memory.device();
  }

  /// Where a kernel writes an int other than 0 when it finds `what`, which then ends the run.
  long fault(final String what) {
    return faults.address(what);
  }

  /// Notes where a step writes how many units each row of a patch changed.
  void fired(final Node patch, final Value counted) {
    fired.put(patch, counted);
  }

  /// Notes where a step writes 1 for each row of a propagation that it left out.
  void skipped(final Node propagation, final Value marked) {
    skipped.put(propagation, marked);
  }

  Map<Node, Value> fired() {
    return fired;
  }

  Map<Node, Value> skipped() {
    return skipped;
  }

  Mode mode() {
    return mode;
  }
}
