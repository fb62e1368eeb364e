package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What a patch changes at the end of a chain of layers (`propagate.cpp`).
final class PropagateCandidate implements Candidate {
  /// Longs of one layer's description.
  private static final int FIELDS = 10;

  private static final int LANES = 16;

  /// Layers whose descriptions fit a worker's scratch.
  private static final int MOST = (int) ((Frame.SCRATCH / Long.BYTES - ChangeOp.FIELDS) / FIELDS);

  private final Map<Precision, Kernel> kernels = new EnumMap<>(Precision.class);
  private final MethodHandle scratchSize;
  private final int threads;
  private final Memory memory;
  private final Map<Node, Value> fired;
  private final Map<Node, Value> skipped = new HashMap<>();

  /// The functions for one precision of the operands.
  private record Kernel(
      String name, MethodHandle propagate, MethodHandle pack, MethodHandle packedSize) {
    static Kernel of(final KernelLibrary library, final String name) {
      return new Kernel(
          name,
          library.kernel(
              name, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG,
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG, JAVA_LONG),
          library.kernel(name + "_pack", JAVA_LONG, JAVA_LONG, JAVA_LONG),
          library.function(name + "_packed_size", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG)));
    }
  }

  /// @param fired where the counts of each patch stand; this kernel's are added
  PropagateCandidate(
      final KernelLibrary library,
      final int threads,
      final Memory memory,
      final Map<Node, Value> fired) {
    kernels.put(Precision.FP32, Kernel.of(library, "propagate"));
    if (library.bf16()) {
      kernels.put(Precision.BF16, Kernel.of(library, "propagate_bf16"));
    }
    this.scratchSize =
        library.function(
            "propagate_scratch_size", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT));
    this.threads = threads;
    this.memory = memory;
    this.fired = fired;
  }

  /// Where the marks of what each propagation left out stand.
  Map<Node, Value> skipped() {
    return skipped;
  }

  /// The sizes of a value in memory.
  private record Extent(int height, int width, int channels) {
    static Extent of(final int... chw) {
      return chw.length == 3 ? new Extent(chw[1], chw[2], chw[0]) : new Extent(1, 1, chw[0]);
    }
  }

  /// What a layer is between.
  private record Form(Propagate.Layer layer, Extent in, Extent out) {
    /// @param at where the description goes, [FIELDS] longs
    void describe(final MemorySegment to, final int at, final long weights, final long clean) {
      final long[] fields = {
        switch (layer.kind()) {
          case DOWN -> 0;
          case UP -> 1;
          case LINEAR -> 2;
        },
        in.height(),
        in.width(),
        in.channels(),
        out.height(),
        out.width(),
        out.channels(),
        switch (layer.activation()) {
          case NONE -> 0;
          case RELU -> 1;
          case SIGMOID -> 3;
        },
        weights,
        clean
      };
      for (int i = 0; i < FIELDS; i++) {
        to.setAtIndex(JAVA_LONG, (long) at * FIELDS + i, fields[i]);
      }
    }
  }

  /// A layer with its packed weights and its clean value.
  private record Link(Form form, Value weights, Value clean) {}

  /// Directions that changes are multiplied with, and each cell's own.
  private record Along(Value directions, Value direction) {
    static Optional<Along> of(final Node node, final Propagate op, final Scope scope) {
      return op.end() == Propagate.End.PRODUCTS
          ? Optional.of(
              new Along(
                  scope.value(node.input(op.layered())), scope.value(node.input(op.layered() + 1))))
          : Optional.empty();
    }
  }

  @Override
  public Optional<List<Step>> bind(final Node node, final Scope scope) {
    if (!(node.op() instanceof final Propagate op) || !fits(node, op)) {
      return Optional.empty();
    }
    final var kernel = Objects.requireNonNull(kernels.get(op.precision()));
    final var links = links(node, op, scope, kernel);
    final var in = node.inputs().subList(0, Propagate.LEADING).stream().map(scope::value).toList();
    final var out = scope.value(node);
    final var count = scope.scratch("fired(%" + node.id() + ")", out.axis(), 1);
    final var left = scope.scratch("skipped(%" + node.id() + ")", out.axis(), 1);
    fired.put(node, count);
    skipped.put(node, left);
    final int room = Math.toIntExact(scratch(links.stream().map(Link::form).toList()));
    final var scratch = scope.scratch("propagate(%" + node.id() + ")", null, threads * room);
    final var tables = new ArrayList<>(List.of(in.get(0), in.get(1), in.get(5)));
    links.forEach(link -> tables.addAll(List.of(link.weights(), link.clean())));
    final var reads = new ArrayList<>(List.of(in.get(2), in.get(3), in.get(4)));
    final var along = Along.of(node, op, scope);
    along.ifPresent(a -> {
      tables.add(a.directions());
      reads.add(a.direction());
    });
    final var own = ChangeOp.of(node, op, scope, memory);
    own.ifPresent(o -> o.read(reads, tables));
    return Optional.of(
        List.of(
            new Step(
                kernel.name(),
                out.axis(),
                1,
                List.of(out, count, left, scratch),
                reads,
                tables,
                (f, first, rows) -> {
                  for (int i = 0; i < links.size(); i++) {
                    final var link = links.get(i);
                    link.form()
                        .describe(f.scratch(), i, link.weights().address(), link.clean().address());
                  }
                  final long described = (long) links.size() * FIELDS;
                  own.ifPresent(o -> o.describe(f, described, first));
                  run(
                      kernel,
                      op,
                      f,
                      in,
                      links.size(),
                      first,
                      rows,
                      scratch.address() + 4L * room * f.worker(),
                      out.at(f, first),
                      count.at(f, first),
                      left.at(f, first),
                      along,
                      own.map(_ -> f.scratch().address() + Long.BYTES * described).orElse(0L));
                })));
  }

  /// Images of one or three channels at the end, else channels in sixteens; linear layers of any
  /// sizes.
  private boolean fits(final Node node, final Propagate op) {
    if (!kernels.containsKey(op.precision()) || op.layers().size() > MOST) {
      return false;
    }
    for (int i = 0; i < op.layers().size(); i++) {
      final var layer = op.layers().get(i);
      final var shape = node.input(Propagate.LEADING + 2 * i + 1).shape();
      final int channels = shape.dim(0);
      final boolean linear = layer.kind() == Kind.LINEAR;
      final boolean image = layer.kind() == Kind.UP && (channels == 1 || channels == 3);
      final boolean last = i + 1 == op.layers().size();
      final boolean bends = layer.activation() == Propagate.Activation.SIGMOID;
      final boolean measured = op.end() != Propagate.End.VALUE;
      final boolean sixteens =
          channels % LANES == 0
              || (linear && (last || op.layers().get(i + 1).kind() == Kind.LINEAR));
      final boolean lies = !linear || shape.rank() == 1 || shape.rank() == 3;
      if (image ? !last || !measured || !bends : !sixteens || !lies || bends) {
        return false;
      }
    }
    return true;
  }

  private List<Link> links(
      final Node node, final Propagate op, final Scope scope, final Kernel kernel) {
    final var links = new ArrayList<Link>();
    for (int i = 0; i < op.layers().size(); i++) {
      final var layer = op.layers().get(i);
      final var weights = node.input(Propagate.LEADING + 2 * i);
      final var clean = node.input(Propagate.LEADING + 2 * i + 1);
      final var out = Extent.of(clean.shape().dims());
      final var in =
          switch (layer.kind()) {
            // Of the patched value, which comes flat, all in its order.
            case LINEAR ->
                i == 0
                    ? new Extent(1, 1, weights.shape().dim(1))
                    : Extent.of(node.input(Propagate.LEADING + 2 * i - 1).shape().dims());
            case UP -> new Extent(out.height() / 2, out.width() / 2, weights.shape().dim(0));
            case DOWN -> new Extent(2 * out.height(), 2 * out.width(), weights.shape().dim(1));
          };
      final var form = new Form(layer, in, out);
      final var own = op.rounds(i) ? kernel : Objects.requireNonNull(kernels.get(Precision.FP32));
      links.add(new Link(form, packed(scope, weights, form, own), scope.value(clean)));
    }
    return links;
  }

  private static Value packed(
      final Scope scope, final Node weights, final Form form, final Kernel kernel) {
    final var name = kernel.name() + "_pack";
    try (var arena = Arena.ofConfined()) {
      final var described = arena.allocate(JAVA_LONG, FIELDS);
      form.describe(described, 0, 0, 0);
      final long size = (long) kernel.packedSize().invokeExact(described.address());
      return scope.packed(
          name + " " + form.layer().kind() + " " + form.in() + " " + form.out(),
          weights,
          size,
          (from, to) -> {
            try (var own = Arena.ofConfined()) {
              final var layer = own.allocate(JAVA_LONG, FIELDS);
              form.describe(layer, 0, 0, 0);
              KernelLibrary.check(name, (int) kernel.pack().invokeExact(from, to, layer.address()));
            } catch (final Throwable t) {
              throw KernelLibrary.unexpected(name, t);
            }
          });
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected(name, t);
    }
  }

  private long scratch(final List<Form> layers) {
    try (var arena = Arena.ofConfined()) {
      final var described = arena.allocate(JAVA_LONG, (long) FIELDS * layers.size());
      for (int i = 0; i < layers.size(); i++) {
        layers.get(i).describe(described, i, 0, 0);
      }
      return (long) scratchSize.invokeExact(described.address(), layers.size());
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("propagate_scratch_size", t);
    }
  }

  private static void run(
      final Kernel kernel,
      final Propagate op,
      final Frame f,
      final List<Value> in,
      final int layers,
      final int first,
      final int rows,
      final long scratch,
      final long out,
      final long count,
      final long left,
      final Optional<Along> along,
      final long own) {
    final int end =
        switch (op.end()) {
          case VALUE -> 0;
          case SQUARES -> 1;
          case SIZES -> 2;
          case PRODUCTS -> 3;
        };
    try {
      KernelLibrary.check(
          kernel.name(),
          (int)
              kernel
                  .propagate()
                  .invokeExact(
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
                      left,
                      along.map(a -> a.directions().address()).orElse(0L).longValue(),
                      along.map(a -> a.direction().at(f, first)).orElse(0L).longValue(),
                      along.map(a -> (long) f.rows(a.directions().axis())).orElse(0L).longValue(),
                      own));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected(kernel.name(), t);
    }
  }
}
