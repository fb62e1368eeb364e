package io.patchbay.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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

/// What the benchmarks of kernels have in common: a graph of one op, or of the few that one kernel
/// takes together, planned for the `cpu` backend and run again and again on the same values. Before
/// it is timed its steps are checked to be the kernels meant, and its result to be that of the
/// `reference` backend in double precision.
///
/// The score is calls a second. The counters beside it are what these calls compute and move:
/// `gflop` is GFLOP/s, to be compared with that of `FmaPeakBenchmark`, `gbyte` is GB/s, counting
/// each value that has to be read or written once, whatever cache it comes from. Values are the
/// same in every call, so those that fit a cache are found there, as in a program whose step before
/// has just written them. A call includes what a program costs by itself, which
/// `ElementwiseBenchmark -p rows=1` shows.
///
/// `-p threads=2` runs on two threads.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public abstract class KernelBenchmark {
  /// Threads of the backend.
  @Param({"1"})
  public int threads = 1;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private CheckedProgram program;

  /// Counts what is computed and moved.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Rates {
    /// 10^9 floating-point operations since the iteration began.
    public double gflop;

    /// 10^9 bytes since the iteration began.
    public double gbyte;

    /// Begins to count.
    @Setup(Level.Iteration)
    public void begin() {
      gflop = 0;
      gbyte = 0;
    }
  }

  /// Draws the graph and its values.
  abstract Piece piece();

  /// Plans, writes values that stay, and checks.
  @Setup(Level.Trial)
  public void open() {
    program = CheckedProgram.of(piece(), threads);
  }

  /// One call.
  @Benchmark
  public void run(final Rates rates) {
    program.run();
    program.count(rates);
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    program.close();
  }
}
