package io.patchbay.bench.jmh;

import io.patchbay.bench.UnitRuns;
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

/// The kernels that compute units' new values where they lie, apart from any patch: `values` is
/// `patch_values`, the program of an op interpreted on 1024 units, a channel of 32 x 32, and
/// `random` is `patch_random`, the random numbers of as many units. Called directly, since plans
/// have them inside of other kernels; checked against the Java form.
///
/// Operations of a call: the program's for each unit (3 of the blend); a block of Philox, 20 wide
/// products, for each 4 random numbers. Bytes: 4 for each number that the program reads and 4 for
/// the result, which `gbyte` beside the calls a second counts, 12 a unit of `BLEND`; 4 for each
/// random number.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main UnitBenchmark -rf json
/// -rff units.json`; one: add `-p op=BLEND`. `random` is the same for every op.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class UnitBenchmark {
  private static final int UNITS = 1024;
  private static final double PER_FLOAT = 1e-9 * Float.BYTES * UNITS;

  /// The op.
  @Param({"BLEND", "RANDOM", "THREE_FUNCTIONS", "FIVE_FUNCTIONS"})
  public OwnOp op = OwnOp.BLEND;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private UnitRuns runs;

  private double gbyte;

  /// Draws values, and checks.
  @Setup(Level.Trial)
  public void open() {
    final var own = op.op();
    runs = new UnitRuns(own, UNITS);
    gbyte = PER_FLOAT * (own.reads().size() + 1);
  }

  /// 1024 units.
  @Benchmark
  public void values(final KernelBenchmark.Rates rates) {
    runs.values();
    rates.gbyte += gbyte;
  }

  /// 1024 random numbers.
  @Benchmark
  public void random(final KernelBenchmark.Rates rates) {
    runs.random();
    rates.gbyte += PER_FLOAT;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    runs.close();
  }
}
