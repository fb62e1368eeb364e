package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;

import io.patchbay.bench.NetSite;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.tests.cases.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/// Patch ops of one's own beside the built-in op, both in one run: `own` over `builtIn` is the
/// speed of an op of one's own, as a part of the built-in one's. n cells of 16 bases and 16
/// sources, a channel or a latent each; the counter `cells` is cells a second, the rate beside it
/// that of runs. The built-in op is `clamp(keep * clean + shift + take * source, low, high)` with
/// the numbers of a blend, whatever the op beside it.
///
/// - `CARRIED_32`, `CARRIED_Z`: as a sweep has them, of a channel of 32 x 32 x 32 through the last
///   layer, of a latent through all of the decoder, to the sum of the squares of the image's
///   change. Kernel `propagate` for both
/// - `DENSE_32`, `DENSE_Z`: the patched value alone, everything that the op needs inside (taking
///   clean and source rows from their tables). Kernel `patch_program` beside `gather`,
///   `copy_strided` (of the five numbers), `expression` and `patch`: the built-in op takes and
///   mixes whole rows, of 128 KiB at 32 x 32 x 32, an op of one's own only what is patched
///
/// Operations of a cell, besides those of `PropagateBenchmark`: for each patched unit 3 of the
/// blend, a block of Philox for 4 random numbers, or three or five functions of some 10 to 20.
/// Bytes of a dense cell: 8 for each number of the row, 4 for each patched number of the source.
///
/// `HAND_WRITTEN` is a Java function, which is not carried: `HandWrittenPatchBenchmark` has it.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main OwnPatchBenchmark -rf
/// json -rff own-ops.json`; one: add `-p op=RANDOM -p site=CARRIED_32`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class OwnPatchBenchmark {
  private static final int ROWS_OF_TABLE = 16;
  private static final double TOLERANCE = 1e-4;
  private static final double FAR = 1e3;

  /// Keep, shift, take, low and high of a blend.
  private static final double[] NUMBERS = {1 - OwnOp.ALPHA, 0, OwnOp.ALPHA, -FAR, FAR};

  /// Operations of a blend.
  private static final double BLEND = 3;

  /// The op.
  @Param({"BLEND", "RANDOM", "THREE_FUNCTIONS", "FIVE_FUNCTIONS"})
  public OwnOp op = OwnOp.BLEND;

  /// Where the units are, and whether only their change is computed.
  @Param public Place site = Place.CARRIED_32;

  /// Cells of a run.
  @Param({"64"})
  public int rows = 64;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private CheckedProgram builtIn;

  @SuppressWarnings("NullAway.Init") // set by JMH before the first run
  private CheckedProgram own;

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

  /// Sites, and ways.
  public enum Place {
    CARRIED_32(NetSite.D3, true),
    CARRIED_Z(NetSite.Z, true),
    DENSE_32(NetSite.D3, false),
    DENSE_Z(NetSite.Z, false);

    private final NetSite site;
    private final boolean carried;

    Place(final NetSite site, final boolean carried) {
      this.site = site;
      this.carried = carried;
    }
  }

  /// Plans and checks both.
  @Setup(Level.Trial)
  public void open() {
    builtIn = CheckedProgram.of(piece(site, Optional.empty(), rows), 1);
    own = CheckedProgram.of(piece(site, Optional.of(op), rows), 1);
  }

  /// Some cells.
  ///
  /// @param own the op, or the built-in one
  static Piece piece(final Place place, final Optional<OwnOp> own, final int cells) {
    final var draft = Drawn.of(cells, ROWS_OF_TABLE, cells);
    if (place.carried) {
      final var change =
          CarriedChain.of(place.site)
              .draw(draft, five(draft), End.SQUARES, Precision.FP32, false, own.map(OwnOp::op));
      draft.output(change);
      return Piece.of(draft.trial(), Set.of("propagate"), TOLERANCE, 0, 0);
    }
    final var shape = CarriedChain.of(place.site).shape().on(TABLE);
    final var clean = Ops.gather(draft.input(shape), Drawn.index(draft, ROWS_OF_TABLE));
    final var source = Ops.gather(draft.input(shape), Drawn.index(draft, ROWS_OF_TABLE));
    final int each = place.site.side() * place.site.side();
    final var ranges = Drawn.ranges(draft, shape.rowSize(), each);
    if (own.isPresent()) {
      final var op = own.get().op();
      final var values = new ArrayList<>(List.of(source));
      if (op.reads(PatchValue.RANDOM)) {
        values.addAll(List.of(Drawn.seed(draft), Drawn.ids(draft)));
      }
      draft.output(Ops.patch(op, clean, ranges, values));
      final double patched = (double) cells * each;
      final double floats = 2.0 * cells * shape.rowSize() + patched;
      return Piece.of(draft.trial(), Set.of("patch_program"), TOLERANCE, BLEND * patched, floats);
    }
    final var numbers = five(draft);
    final var of =
        IntStream.range(0, NUMBERS.length).mapToObj(i -> number(numbers, i, clean)).toList();
    final var mixed =
        Ops.add(Ops.add(Ops.mul(clean, of.get(0)), of.get(1)), Ops.mul(source, of.get(2)));
    final var limited = Ops.min(Ops.max(mixed, of.get(3)), of.get(4));
    draft.output(Ops.patch(clean, limited, ranges));
    final var kernels = Set.of("copy_strided", "expression", "gather", "patch");
    return Piece.of(draft.trial(), kernels, TOLERANCE, 0, 0);
  }

  /// Of each cell keep, shift, take, low and high of the blend.
  private static Node five(final Draft draft) {
    return draft.floats(Shape.batched(ROWS, NUMBERS.length), i -> NUMBERS[i % NUMBERS.length]);
  }

  private static Node number(final Node numbers, final int index, final Node like) {
    final var one = Ops.reshape(Ops.slice(numbers, 1, index, index + 1));
    final var positions = IntStream.rangeClosed(1, like.shape().rank()).boxed().toList();
    return like.graph().append(new Op.Broadcast(like.shape(), positions), one);
  }

  /// By the five numbers.
  @Benchmark
  public void builtIn(final Counted counted) {
    builtIn.run();
    counted.cells += rows;
  }

  /// By the op.
  @Benchmark
  public void own(final Counted counted) {
    own.run();
    counted.cells += rows;
  }

  /// Gives the memory back.
  @TearDown(Level.Trial)
  public void close() {
    builtIn.close();
    own.close();
  }
}
