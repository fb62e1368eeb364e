package io.patchbay.bench.jmh;

import io.patchbay.bench.NetSite;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Precision;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// Carrying a patch's change through the layers after a site of `conv4`, the kernel of every sweep:
/// `propagate`, and `propagate_bf16` with the change in bf16 where layers round it. Of each row one
/// channel of the site (one latent, one square of 8 x 8 pixels of the image) is taken from one of
/// 16 sources. From the decoder to the image, from the encoder to the means; nothing but this
/// kernel. `SweepBenchmark` has whole sweeps.
///
/// Operations of a call: 2 for each multiply-add of the layers with what has changed: one channel
/// in the first layer, whole values after it; of a square the taps that read what has changed. That
/// is what has to be computed where every unit after the site changes, and the kernel leaves out
/// what does not. Bytes: 8 for each patched unit, 4 for each number of the clean values that each
/// row reads, and 4 for each weight.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main PropagateBenchmark -rf
/// json -rff propagate.json`; one: add `-p site=D3 -p end=SQUARES -p precision=FP32`. BF16 needs a
/// machine with AVX-512 bf16, where it has more operations a second than `FmaPeakBenchmark` shows.
public class PropagateBenchmark extends KernelBenchmark {
  private static final int TABLE = 16;
  private static final double EXACT = 1e-4;
  private static final double ROUNDED = 2e-2;

  /// Where the patch is.
  @Param public NetSite site = NetSite.D3;

  /// What is measured of the change: the sum of its squares, or its products with a direction, as
  /// mediation has them.
  @Param({"SQUARES", "PRODUCTS"})
  public Propagate.End end = Propagate.End.SQUARES;

  /// Of the change.
  @Param({"FP32", "BF16"})
  public Precision precision = Precision.FP32;

  /// Rows.
  @Param({"64"})
  public int rows = 64;

  @Override
  Piece piece() {
    final var chain = CarriedChain.of(site);
    final var draft = Drawn.of(rows, TABLE, rows * chain.rangesOfPatch());
    draft.output(chain.draw(draft, end, precision, false));
    final boolean single = precision == Precision.FP32;
    return Piece.of(
        draft.trial(),
        Set.of(single ? "propagate" : "propagate_bf16"),
        single ? EXACT : ROUNDED,
        2 * rows * chain.macs(),
        rows * (2 * chain.units() + chain.clean()) + chain.weights());
  }
}
