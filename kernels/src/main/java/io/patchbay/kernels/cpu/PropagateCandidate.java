package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a patch changes at the end of a chain of layers (`propagate.cpp`).
final class PropagateCandidate implements Candidate {
  /// Longs of one layer's description.
  private static final int FIELDS = 8;

  private static final int LANES = 16;

  private final MethodHandle propagate;
  private final MethodHandle pack;
  private final MethodHandle scratchSize;
  private final int threads;
  private final Map<Node, Value> fired;
  private final Map<Node, Value> skipped = new HashMap<>();

  /// @param fired where the counts of each patch stand; this kernel's are added
  PropagateCandidate(final KernelLibrary library, final int threads, final Map<Node, Value> fired) {
    this.propagate =
        library.kernel(
            "propagate",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG);
    this.pack =
        library.kernel("propagate_pack", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    this.scratchSize =
        library.function(
            "propagate_scratch_size", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT));
    this.threads = threads;
    this.fired = fired;
  }

  /// Where the marks of what each propagation left out stand.
  Map<Node, Value> skipped() {
    return skipped;
  }

  /// A layer with its packed weights and its clean value; sizes are those of its input.
  private record Link(
      Propagate.Layer layer, int height, int width, int in, int out, Value weights, Value clean) {

    /// @param at where the description goes, [FIELDS] longs
    /// @param placed whether the values stand in memory already
    void describe(final MemorySegment to, final int at, final boolean placed) {
      final long[] fields = {
        layer.up() ? 1 : 0,
        height,
        width,
        in,
        out,
        activation(),
        placed ? weights.address() : 0,
        placed ? clean.address() : 0
      };
      for (int i = 0; i < FIELDS; i++) {
        to.setAtIndex(JAVA_LONG, (long) at * FIELDS + i, fields[i]);
      }
    }

    private int activation() {
      return switch (layer.activation()) {
        case NONE -> 0;
        case RELU -> 1;
        case SIGMOID -> 3;
      };
    }
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Propagate op) || !fits(node, op)) {
      return Optional.empty();
    }
    final var links = links(node, op, scope);
    final var in = node.inputs().subList(0, Propagate.LEADING).stream().map(scope::value).toList();
    final var out = scope.value(node);
    final var count = scope.scratch("fired(%" + node.id() + ")", out.axis(), 1);
    final var left = scope.scratch("skipped(%" + node.id() + ")", out.axis(), 1);
    fired.put(node, count);
    skipped.put(node, left);
    final int room = Math.toIntExact(scratch(links));
    final var scratch = scope.scratch("propagate(%" + node.id() + ")", null, threads * room);
    final var tables = new ArrayList<>(List.of(in.get(0), in.get(1), in.get(5)));
    links.forEach(link -> tables.addAll(List.of(link.weights(), link.clean())));
    return Optional.of(
        List.of(
            new Step(
                "propagate",
                out.axis(),
                1,
                List.of(out, count, left, scratch),
                List.of(in.get(2), in.get(3), in.get(4)),
                tables,
                (f, first, rows) -> {
                  for (int i = 0; i < links.size(); i++) {
                    links.get(i).describe(f.scratch(), i, true);
                  }
                  run(
                      op,
                      f,
                      in,
                      links.size(),
                      first,
                      rows,
                      scratch.address() + 4L * room * f.worker(),
                      out.at(f, first),
                      count.at(f, first),
                      left.at(f, first));
                })));
  }

  /// Images of one or three channels at the end, else channels in sixteens.
  private static boolean fits(final Node node, final Propagate op) {
    for (int i = 0; i < op.layers().size(); i++) {
      final int channels = node.input(Propagate.LEADING + 2 * i + 1).shape().dim(0);
      final boolean image = op.layers().get(i).up() && (channels == 1 || channels == 3);
      final boolean last = i + 1 == op.layers().size();
      final boolean bends = op.layers().get(i).activation() == Propagate.Activation.SIGMOID;
      final boolean measured = op.end() != Propagate.End.VALUE;
      if (image ? !last || !measured || !bends : channels % LANES != 0 || bends) {
        return false;
      }
    }
    return true;
  }

  private List<Link> links(final Node node, final Propagate op, final Scope scope) {
    final var links = new ArrayList<Link>();
    for (int i = 0; i < op.layers().size(); i++) {
      final var layer = op.layers().get(i);
      final var weights = node.input(Propagate.LEADING + 2 * i);
      final var clean = node.input(Propagate.LEADING + 2 * i + 1);
      final int in = weights.shape().dim(layer.up() ? 0 : 1);
      final int out = clean.shape().dim(0);
      final int up = layer.up() ? 1 : 0;
      final var packed =
          scope.packed(
              layer.up() ? "propagate_pack_up" : "propagate_pack_down",
              weights,
              16L * in * out,
              (from, to) -> {
                try {
                  KernelLibrary.check(
                      "propagate_pack", (int) pack.invokeExact(from, to, up, in, out));
                } catch (final Throwable t) {
                  throw KernelLibrary.unexpected("propagate_pack", t);
                }
              });
      final var value = scope.value(clean);
      final int height = clean.shape().dim(1);
      final int width = clean.shape().dim(2);
      links.add(
          layer.up()
              ? new Link(layer, height / 2, width / 2, in, out, packed, value)
              : new Link(layer, 2 * height, 2 * width, in, out, packed, value));
    }
    return links;
  }

  private long scratch(final List<Link> links) {
    try (var arena = Arena.ofConfined()) {
      final var layers = arena.allocate(JAVA_LONG, (long) FIELDS * links.size());
      for (int i = 0; i < links.size(); i++) {
        links.get(i).describe(layers, i, false);
      }
      return (long) scratchSize.invokeExact(layers.address(), links.size());
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("propagate_scratch_size", t);
    }
  }

  private void run(
      final Propagate op,
      final Frame f,
      final List<Value> in,
      final int layers,
      final int first,
      final int rows,
      final long scratch,
      final long out,
      final long count,
      final long left) {
    final int end =
        switch (op.end()) {
          case VALUE -> 0;
          case SQUARES -> 1;
          case SIZES -> 2;
        };
    try {
      KernelLibrary.check(
          "propagate",
          (int)
              propagate.invokeExact(
                  f.scratch().address(),
                  layers,
                  op.rectifies() ? 1 : 0,
                  end,
                  op.eliminates() ? 1 : 0,
                  in.get(0).address(),
                  in.get(1).address(),
                  in.get(2).at(f, first),
                  in.get(3).at(f, first),
                  in.get(4).at(f, first),
                  in.get(5).address(),
                  (long) f.rows(in.get(5).axis()),
                  first,
                  (long) rows,
                  (long) f.rows(in.get(0).axis()),
                  (long) f.rows(in.get(1).axis()),
                  scratch,
                  out,
                  count,
                  left));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("propagate", t);
    }
  }
}
