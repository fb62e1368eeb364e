package io.patchbay.bench.jmh;

import io.patchbay.bench.SweepRuns;
import io.patchbay.bench.SweepWorkload;
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

/// Every kind of sweep as a user runs it: from images in a Java array to effects in a Java array,
/// with what bases and sources cost, all cells of some base inputs a run, checked against double
/// precision before. The counter `cells` is cells a second; the rate beside it is that of runs.
///
/// - `Z_GRID`: each of 10 latents to each of 7 values, change of the image
/// - `Z_GRID_BF16`: the same, the change carried in bf16, on machines with AVX-512 bf16
/// - `CHANNELS_16`, `CHANNELS_32`: each channel of a decoder site of 16 x 16 x 32 or 32 x 32 x 32
///   from 16 sources, change of the image
/// - `ABLATE_32`: each channel of the latter to zero
/// - `UNITS_ALL`: each of the 46,080 units before the decoder's convolutions to its mean
/// - `OCCLUSION_MU`: 225 squares of the image to grey, change of the means
/// - `ENCODER_CHANNELS_MU`: each channel of the encoder's convolutions from 4 sources
/// - `MEDIATION_16`, `MEDIATION_4`: TE, NDE, NIE and TIE through each channel of a decoder site,
///   two runs a cell
///
/// `naive` true takes one whole forward for each of them instead, a batch of 64 cells a run. The
/// remaining kind, `Z_GRID_TF32`, is one of GPUs, which `./patchbay gpu-suite` times.
///
/// Operations of a cell: the dense suffix of `conv4` after its site, 2 for each multiply-add, of
/// which a sweep leaves out what its change does not reach: see `PropagateBenchmark` for the kernel
/// alone. Bytes: those of one cell's values stay in the caches.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main SweepBenchmark -rf json
/// -rff sweeps.json`; one: add `-p kind=CHANNELS_32 -p threads=2 -p naive=false`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class SweepBenchmark {
  /// The sweep.
  @Param({
    "Z_GRID",
    "Z_GRID_BF16",
    "CHANNELS_16",
    "CHANNELS_32",
    "ABLATE_32",
    "UNITS_ALL",
    "OCCLUSION_MU",
    "ENCODER_CHANNELS_MU",
    "MEDIATION_16",
    "MEDIATION_4"
  })
  private SweepWorkload kind = SweepWorkload.Z_GRID;

  /// Base inputs of a run.
  @Param({"4"})
  private int bases = 4;

  /// Threads of the backend.
  @Param({"1", "2"})
  private int threads = 1;

  /// One whole forward a cell instead.
  @Param({"false", "true"})
  private boolean naive;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private SweepRuns runs;

  private int turn;

  /// Counts cells.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counted {
    /// Cells since the iteration began.
    public long cells;

    /// Begins to count.
    @Setup(Level.Iteration)
    public void begin() {
      cells = 0;
    }
  }

  /// Draws inputs and weights, plans and packs.
  @Setup(Level.Trial)
  public void open() {
    runs = new SweepRuns(kind, bases, threads, naive);
  }

  /// One run.
  @Benchmark
  public int sweep(final Counted counted) {
    runs.run(turn);
    counted.cells += runs.cells();
    return turn++;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    runs.close();
  }
}
