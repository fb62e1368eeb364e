package io.patchbay.bench.jmh;

import io.patchbay.bench.NetRuns;
import io.patchbay.bench.Workload;
import java.util.concurrent.TimeUnit;
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

/// One convolution layer of the reference net on its C++ kernel alone, 8 samples a call, with
/// inputs that rotate through 8 MiB so that they are not found in the second-level cache: kernels
/// `conv_down` of E1 to E4 and `conv_up` of D1 to D4, checked against double precision before. One
/// operation is one sample.
///
/// Operations of a sample: 2 (4 s - 2)² C c, where the layer joins grids of 2 s x 2 s pixels with C
/// channels and s x s pixels with c: E1 and D4 1.0 million, E2 and D3 7.9 million, E3 and D2 3.7
/// million, E4 and D1 1.6 million. Bytes: 4 for each number of both grids, and of the 16 C c
/// weights once a call.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main LayerBenchmark -rf json
/// -rff layers.json`; one: add `-p layer=D3`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class LayerBenchmark {
  private static final int BATCH = 8;

  /// The layer.
  @Param({"E1", "E2", "E3", "E4", "D1", "D2", "D3", "D4"})
  private Workload layer = Workload.E1;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private NetRuns runs;

  private int turn;

  /// Packs the weight and lays the inputs out.
  @Setup(Level.Trial)
  public void open() {
    runs = new NetRuns(layer, BATCH, 1);
  }

  /// 8 samples.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int layer() {
    runs.run(turn);
    return turn++;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    runs.close();
  }
}
