package io.patchbay.bench.jmh;

import io.patchbay.bench.FmaPeak;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the other benchmarks' `gflop` is to be compared with: kernel `fma_peak`, fused
/// multiply-adds on registers alone, with the vectors that the kernels use. The counter `gflop` is
/// GFLOP/s of a thread; `-t 2` adds up two.
///
/// Operations of a call: 2 for each fused multiply-add, 2,000,000 rounds of 12 vectors. Bytes:
/// none.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main FmaPeakBenchmark -rf
/// json -rff peak.json`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class FmaPeakBenchmark {
  private final FmaPeak peak = new FmaPeak();

  /// Some milliseconds.
  @Benchmark
  public double burst(final KernelBenchmark.Rates rates) {
    final double operations = peak.burst();
    rates.gflop += operations * 1e-9;
    return operations;
  }
}
