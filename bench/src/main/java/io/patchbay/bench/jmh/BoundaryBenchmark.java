package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;

import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Shape;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The way between Java arrays in (C, H, W) order and a program's memory in (H, W, C): `write` is a
/// copy and `layout_to_nhwc`, `read` is `layout_to_nchw` and a copy. Flat values and images of one
/// channel are only copied. Checked through a program that takes channels apart.
///
/// Operations: none. Bytes of a call: 16 for each number of an image of several channels, 8 for
/// each other number; `gbyte` beside the calls a second is GB/s.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main BoundaryBenchmark -rf
/// json -rff boundary.json`; one: add `-p site=IMAGE_32`, and `BoundaryBenchmark.read` for its
/// name.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class BoundaryBenchmark {
  /// What a row is.
  @Param public Site site = Site.IMAGE_32;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private CheckedProgram program;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Node input;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private Node output;

  private float[] values = {};
  private double gbyte;

  /// Plans, writes and checks.
  @Setup(Level.Trial)
  public void open() {
    final var draft = Drawn.rows(rows);
    final var shape = Shape.batched(ROWS, site.dims());
    input = draft.input(shape);
    output = Ops.neg(input);
    draft.output(output, Ops.slice(input, 1, site.channels() - 1, site.channels()));
    final var trial = draft.trial();
    values = Objects.requireNonNull(trial.floats().get(input));
    final boolean turned = site.turned();
    gbyte = (turned ? 16e-9 : 8e-9) * values.length;
    final var kernels = Set.of("copy_strided", "expression");
    program = CheckedProgram.of(Piece.of(trial, kernels, 0, 0, 0), 1);
  }

  /// From an array.
  @Benchmark
  public void write(final KernelBenchmark.Rates rates) {
    program.program().write(input, values);
    rates.gbyte += gbyte;
  }

  /// Into an array.
  @Benchmark
  public float[] read(final KernelBenchmark.Rates rates) {
    program.program().read(output, values, 0);
    rates.gbyte += gbyte;
    return values;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    program.close();
  }
}
