package io.patchbay.bench.jmh;

import io.patchbay.bench.jmh.OwnPatchBenchmark.Place;
import java.util.Optional;
import org.openjdk.jmh.annotations.Param;

/// A patch op of one's own that is hand-written in Java, in the place of the kernel
/// `patch_program`: n cells of `OwnPatchBenchmark`, whose `BLEND` is the same op as an expression.
/// The Java function takes one unit after the other in double precision.
///
/// Operations of a cell: 3 for each patched unit, 1,024 of them in a channel of 32 x 32 x 32, and
/// one latent. Bytes: 8 for each number of a row, 4 for each patched one of the source.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main
/// HandWrittenPatchBenchmark -rf json -rff hand-written.json`.
public class HandWrittenPatchBenchmark extends KernelBenchmark {
  /// Where the units are.
  @Param({"DENSE_32", "DENSE_Z"})
  public Place site = Place.DENSE_32;

  /// Rows, a cell each.
  @Param({"64"})
  public int rows = 64;

  @Override
  Piece piece() {
    return OwnPatchBenchmark.piece(site, Optional.of(OwnOp.HAND_WRITTEN), rows);
  }
}
