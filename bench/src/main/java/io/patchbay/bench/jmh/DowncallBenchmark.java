package io.patchbay.bench.jmh;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
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

/// What it costs to call C and come back, apart from what is called: the C library's `abs`, through
/// a plain downcall (which lets a garbage collection run meanwhile) and a critical one (which does
/// not). A kernel call lasts some hundred microseconds, so either is lost in it; the backend uses
/// plain calls for that reason, and this is the figure that says so.
///
/// Operations and bytes: none to speak of.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main DowncallBenchmark -rf
/// json -rff downcalls.json`
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
@SuppressWarnings("restricted") // the call itself is what is measured
public class DowncallBenchmark {
  private static final FunctionDescriptor ABS =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle PLAIN = bind();
  private static final MethodHandle CRITICAL = bind(Linker.Option.critical(false));

  private int value = -1;

  private static MethodHandle bind(final Linker.Option... options) {
    final var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow("abs"), ABS, options);
  }

  /// As the backend calls its kernels.
  @Benchmark
  public int plain() throws Throwable {
    return (int) PLAIN.invokeExact(value--);
  }

  /// Without the thread's change of state.
  @Benchmark
  public int critical() throws Throwable {
    return (int) CRITICAL.invokeExact(value--);
  }

  /// The loop and the result's way to JMH, to subtract.
  @Benchmark
  public int java() {
    return Math.abs(value--);
  }
}
