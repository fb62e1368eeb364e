package io.patchbay.bench.jmh;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The patch op on activations of 16 x 16 x 32: in each of 64 rows one whole channel is taken from
/// a source, another channel in every row, and the row is summed so that there is something to read
/// back. Bound by memory: 96 KiB are moved for a row. One operation is one row.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main PatchBenchmark`
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class PatchBenchmark {
  private static final int ROWS = 64;
  private static final int CHANNELS = 32;
  private static final int PLANE = 16 * 16;
  private static final long MEMORY = 1L << 30;
  private static final Axis AXIS = new Axis("rows");
  private static final Axis EDITS = new Axis("edits");
  private static final Sizes SIZES = Sizes.of(AXIS, ROWS).and(EDITS, ROWS);

  private final float[] sums = new float[ROWS];

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Backend backend;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Weights weights;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Program program;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Node sum;

  /// Plans, and writes values that stay.
  @Setup(Level.Trial)
  public void open() {
    final var graph = new Graph();
    final var shape = Shape.batched(AXIS, CHANNELS, 16, 16);
    final var x = graph.input("x", shape);
    final var source = graph.input("source", shape);
    final var ranges = graph.input("ranges", Shape.batched(EDITS, 3).integers());
    sum = Ops.sumRow(Ops.patch(x, source, ranges));
    backend = Backends.open("cpu", new Settings(1, MEMORY)).backend();
    weights = backend.weights(List.of());
    program = backend.load(Plan.of(graph, List.of(sum), SIZES), weights);
    program.write(x, random(1));
    program.write(source, random(2));
    final int[] edits = new int[3 * ROWS];
    for (int row = 0; row < ROWS; row++) {
      final int first = row % CHANNELS * PLANE;
      edits[3 * row] = row;
      edits[3 * row + 1] = first;
      edits[3 * row + 2] = first + PLANE;
    }
    program.write(ranges, edits);
  }

  /// 64 rows, one channel each.
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float[] patch() {
    program.run(SIZES);
    program.read(sum, sums, 0);
    return sums;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    program.close();
    weights.close();
    backend.close();
  }

  private static float[] random(final long seed) {
    final var random = new SplittableRandom(seed);
    final float[] values = new float[ROWS * CHANNELS * PLANE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
