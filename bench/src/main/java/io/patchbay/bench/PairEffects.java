package io.patchbay.bench;

/// The four effects of mediation from two intervened runs, Y being 0 at the base and 1 at the
/// source.
public final class PairEffects {
  private PairEffects() {}

  /// Writes TE, NDE, NIE and TIE of one cell.
  ///
  /// @param mixed Y of the base with the unit from the source
  /// @param held Y of the source with the unit from the base
  /// @param index of the cell
  public static void write(double mixed, double held, float[] effects, int index) {
    effects[4 * index] = 1;
    effects[4 * index + 1] = (float) held;
    effects[4 * index + 2] = (float) mixed;
    effects[4 * index + 3] = (float) (1 - held);
  }
}
