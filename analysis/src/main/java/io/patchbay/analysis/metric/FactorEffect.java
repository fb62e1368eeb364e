package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.BenjaminiHochberg;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.ArrayList;
import java.util.List;

/// Factor effect F, how much unit u moves factor k (or its reverse G, how much re-rendering factor
/// k moves latent u): means over base inputs.
///
/// The null permutes the factor labels within every input, which asks whether u moves k more than a
/// factor taken at random; a unit that moves all factors alike is not significant on any. With one
/// factor there is no null and p is 1. The adjusted values control the false discovery rate over
/// all units and factors.
///
/// @param rows one per unit, one cell per factor
public record FactorEffect(List<List<Cell>> rows) {
  /// @param effect mean over inputs
  /// @param p from permuted labels, one-sided
  /// @param adjusted Benjamini-Hochberg over the whole table
  public record Cell(Interval effect, double p, double adjusted) {
    /// Significant at a false discovery rate and at least `least` large, in either direction.
    public boolean significant(double rate, double least) {
      return adjusted <= rate && Math.abs(effect.estimate()) >= least;
    }
  }

  public FactorEffect {
    rows = rows.stream().map(List::copyOf).toList();
  }

  public static FactorEffect of(FactorCells cells, Bootstrap bootstrap, PermutationTest test) {
    Matrix table = cells.table();
    List<Interval> effects = bootstrap.means(table);
    double[] p = test.withinInputs(table, cells.factors());
    double[] adjusted = BenjaminiHochberg.adjust(p);
    List<List<Cell>> rows = new ArrayList<>();
    for (int unit = 0; unit < cells.units(); unit++) {
      List<Cell> row = new ArrayList<>();
      for (int factor = 0; factor < cells.factors(); factor++) {
        int i = unit * cells.factors() + factor;
        row.add(new Cell(effects.get(i), p[i], adjusted[i]));
      }
      rows.add(row);
    }
    return new FactorEffect(rows);
  }

  public Cell at(int unit, int factor) {
    return rows.get(unit).get(factor);
  }

  /// The factor that the unit moves most, in either direction, the first of equals.
  public int largest(int unit) {
    List<Cell> row = rows.get(unit);
    int best = 0;
    for (int factor = 1; factor < row.size(); factor++) {
      if (Math.abs(row.get(factor).effect().estimate())
          > Math.abs(row.get(best).effect().estimate())) {
        best = factor;
      }
    }
    return best;
  }
}
