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

/// Decode with the effect metric, from latents in a Java array to effects in a Java array: the
/// engine's whole path, host copies included, 64 samples a run, checked against double precision
/// before. One operation is one decode, so the time is that of a sample.
///
/// Operations of a decode: 14.7 million, 2 for each of 7,355,008 multiply-adds, and the effect's 25
/// a pixel. Bytes: 40 of latents in, 4 of the effect out, and 4 for each of 381,313 weights once a
/// run; what lies between stays in the caches.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main DecodeBenchmark -rf json
/// -rff decode.json`; `-prof gc` adds what is allocated.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class DecodeBenchmark {
  private static final int BATCH = 64;

  /// Threads of the backend; the wall time of a sample should halve with two.
  @Param({"1", "2"})
  private int threads = 1;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private NetRuns runs;

  private int turn;

  /// Plans and packs.
  @Setup(Level.Trial)
  public void open() {
    runs = new NetRuns(Workload.DECODE, BATCH, threads);
  }

  /// 64 decodes.
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int decode() {
    runs.run(turn);
    return turn++;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    runs.close();
  }
}
