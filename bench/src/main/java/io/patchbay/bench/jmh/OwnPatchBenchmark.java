package io.patchbay.bench.jmh;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.engine.expression.PatchOp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A patch op of one's own, `clean + alpha * (source - clean)`, beside the built-in op as a sweep
/// has it, `clamp(keep * clean + shift + take * source, low, high)` with the numbers that do the
/// same: 64 cells of one base, one channel each of the 32 x 32 x 32 decoder site or one of 10
/// latents, from 16 sources. Everything that the op needs is inside (taking clean and source rows
/// from their tables), and nothing else. One operation is one cell. Both bound by memory at the
/// decoder site: a row is 128 KiB.
///
/// `carried` is the decoder site as a sweep has it: only what the patch changes is computed,
/// carried to the image through the last layer, and the sum of the squares of the image's change is
/// a cell's result.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main OwnPatchBenchmark`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class OwnPatchBenchmark {
  private static final int CELLS = 64;
  private static final int SOURCES = 16;
  private static final double ALPHA = 0.25;
  private static final long MEMORY = 1L << 30;
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");
  private static final Axis TAKEN = new Axis("sources");
  private static final Axis RANGES = new Axis("ranges");
  private static final Sizes SIZES =
      Sizes.of(ROWS, CELLS).and(BASES, 1).and(TAKEN, SOURCES).and(RANGES, CELLS);

  /// Where the units are, and whether only their change is computed.
  @Param({"decoder", "z", "carried"})
  public String site = "decoder";

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Backend backend;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Weights weights;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Program builtIn;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Program own;

  /// Plans both.
  @Setup(Level.Trial)
  public void open() {
    backend = Backends.open("cpu", new Settings(1, MEMORY)).backend();
    weights = backend.weights(List.of());
    builtIn = program(false);
    own = program(true);
  }

  private Program program(final boolean written) {
    if (site.equals("carried")) {
      return carried(written);
    }
    final var graph = new Graph();
    final int[] dims = site.equals("z") ? new int[] {10} : new int[] {32, 32, 32};
    final var bases = graph.input("bases", Shape.batched(BASES, dims));
    final var sources = graph.input("sources", Shape.batched(TAKEN, dims));
    final var base = graph.input("base", Shape.batched(ROWS).integers());
    final var source = graph.input("source", Shape.batched(ROWS).integers());
    final var ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
    final var numbers = graph.input("numbers", Shape.batched(ROWS, 5));
    final var clean = Ops.gather(bases, base);
    final var taken = Ops.gather(sources, source);
    final Node patch;
    if (written) {
      final var op = blend();
      patch = Ops.patch(op, clean, ranges, List.of(taken));
    } else {
      final var mixed =
          Ops.add(
              Ops.add(Ops.mul(clean, number(numbers, 0, clean)), number(numbers, 1, clean)),
              Ops.mul(taken, number(numbers, 2, clean)));
      final var limited =
          Ops.min(Ops.max(mixed, number(numbers, 3, clean)), number(numbers, 4, clean));
      patch = Ops.patch(clean, limited, ranges);
    }
    final var program = backend.load(Plan.of(graph, List.of(patch), SIZES), weights);
    final var cells = new Cells(bases, sources, base, source, ranges);
    cells.write(program, bases.shape().rowSize(), dims[0]);
    if (!written) {
      program.write(numbers, five());
    }
    return program;
  }

  private static PatchOp blend() {
    return PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", ALPHA));
  }

  /// Where the cells of a program stand.
  private record Cells(Node bases, Node sources, Node base, Node source, Node ranges) {
    void write(final Program program, final int size, final int channels) {
      program.write(bases, random(1, size));
      program.write(sources, random(2, SOURCES * size));
      program.write(base, new int[CELLS]);
      program.write(source, IntStream.range(0, CELLS).map(i -> i % SOURCES).toArray());
      final int each = size / channels;
      program.write(
          ranges,
          IntStream.range(0, CELLS)
              .flatMap(i -> IntStream.of(i, i % channels * each, (i % channels + 1) * each))
              .toArray());
    }
  }

  private static float[] five() {
    final float[] five = new float[5 * CELLS];
    for (int i = 0; i < CELLS; i++) {
      five[5 * i] = (float) (1 - ALPHA);
      five[5 * i + 2] = (float) ALPHA;
      five[5 * i + 3] = Float.NEGATIVE_INFINITY;
      five[5 * i + 4] = Float.POSITIVE_INFINITY;
    }
    return five;
  }

  private Program carried(final boolean written) {
    final var graph = new Graph();
    final var dims = Shape.of(32, 32, 32);
    final int size = dims.rowSize();
    final var cells =
        new Cells(
            graph.input("bases", Shape.batched(BASES, size)),
            graph.input("sources", Shape.batched(TAKEN, size)),
            graph.input("base", Shape.batched(ROWS).integers()),
            graph.input("source", Shape.batched(ROWS).integers()),
            graph.input("ranges", Shape.batched(RANGES, 3).integers()));
    final var numbers = graph.input("numbers", Shape.batched(ROWS, 5));
    final var layer = graph.input("layer", Shape.of(32, 1, 4, 4));
    final var image = graph.input("image", Shape.batched(BASES, 1, 64, 64));
    final var op =
        new Propagate(
            false,
            List.of(new Propagate.Layer(Propagate.Kind.UP, Propagate.Activation.SIGMOID)),
            Propagate.End.SQUARES,
            false,
            Precision.FP32,
            written ? Optional.of(Propagate.Own.at(blend(), dims)) : Optional.empty());
    final var change =
        graph.append(
            op,
            cells.bases(),
            cells.sources(),
            cells.base(),
            cells.source(),
            numbers,
            cells.ranges(),
            layer,
            image);
    final var program = backend.load(Plan.of(graph, List.of(change), SIZES), weights);
    cells.write(program, size, dims.dim(0));
    program.write(numbers, five());
    program.write(layer, random(3, layer.shape().rowSize()));
    program.write(image, random(4, image.shape().rowSize()));
    return program;
  }

  private static Node number(final Node numbers, final int index, final Node like) {
    final var one = Ops.reshape(Ops.slice(numbers, 1, index, index + 1));
    final var positions = IntStream.rangeClosed(1, like.shape().rank()).boxed().toList();
    return like.graph().append(new Op.Broadcast(like.shape(), positions), one);
  }

  private static float[] random(final long seed, final int count) {
    final var random = new SplittableRandom(seed);
    final float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /// 64 cells by the five numbers.
  @Benchmark
  @OperationsPerInvocation(CELLS)
  public void builtIn() {
    builtIn.run(SIZES);
  }

  /// 64 cells by the program.
  @Benchmark
  @OperationsPerInvocation(CELLS)
  public void own() {
    own.run(SIZES);
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    builtIn.close();
    own.close();
    weights.close();
    backend.close();
  }
}
