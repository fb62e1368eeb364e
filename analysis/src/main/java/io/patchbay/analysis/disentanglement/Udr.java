package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Lasso;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.MedianInterval;
import io.patchbay.analysis.statistics.Ranks;
import io.patchbay.analysis.statistics.Standardisation;
import io.patchbay.analysis.statistics.TInterval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Unsupervised disentanglement ranking (Duan et al., ICLR 2020), computed as in
/// disentanglement_lib: models that differ in their seed alone are compared by how well single
/// codes of one match single codes of another.
///
/// Codes are standardised, and those with a mean KL of at most [#ACTIVE] taken out. With R[a, b]
/// how much code a of one model tells of code b of another, their score is half the mean over a of
/// max² / sum of the row, and half the mean over b of the same of the column; a row or column of
/// zeros counts as 0. A model scores the median over the others, its codes the ones told of.
///
/// The other models are a sample of the seeds that there are, and the interval is over them: that
/// of their median, see [MedianInterval], or where they are too few for one, Student's of their
/// mean.
///
/// @param pairs `[from][to]`; 0 on the diagonal
/// @param scores one per model; n is the number of the others, and with one the interval is
///   unbounded
public record Udr(double[][] pairs, List<Interval> scores) {
  /// Mean KL of a code in nats, above which it counts.
  public static final double ACTIVE = 0.01;

  private static final double PENALTY = 0.1;

  /// How R is made.
  public enum Measure {
    /// Absolute weights of a lasso (penalty 0.1) from all codes of one model to each of the other.
    LASSO,

    /// Absolute rank correlation.
    SPEARMAN
  }

  /// What a model makes of the inputs that all are compared on.
  ///
  /// @param codes `[input][code]`
  /// @param kl mean over inputs of each code's divergence from the prior, nats
  public record Model(Matrix codes, double[] kl) {
    public Model {
      if (codes.columns() != kl.length || codes.rows() < 2) {
        throw new IllegalArgumentException(
            "model to rank: inputs="
                + codes.rows()
                + ", codes="
                + codes.columns()
                + ", divergences="
                + kl.length);
      }
    }

    /// Standardised codes that count; their order is kept.
    private Matrix active() {
      final int[] kept = IntStream.range(0, kl.length).filter(j -> kl[j] > ACTIVE).toArray();
      final var standard = new Standardisation(codes).apply(codes);
      final double[][] rows = new double[codes.rows()][kept.length];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < kept.length; j++) {
          rows[i][j] = standard.at(i, kept[j]);
        }
      }
      return Matrix.ofRows(rows);
    }
  }

  /// @throws IllegalArgumentException for fewer than two models, or when they saw different numbers
  ///   of inputs
  public static Udr of(final List<Model> models, final Measure measure) {
    final int count = models.size();
    if (count < 2 || models.stream().mapToInt(m -> m.codes.rows()).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "models to rank: models="
              + count
              + ", inputs="
              + models.stream().map(m -> m.codes.rows()).toList());
    }
    final var active = models.stream().map(Model::active).toList();
    final double[][] pairs = new double[count][count];
    IntStream.range(0, count * count)
        .parallel()
        .filter(cell -> cell / count != cell % count)
        .forEach(cell -> {
          final var from = active.get(cell / count);
          final var to = active.get(cell % count);
          pairs[cell / count][cell % count] = strength(relation(from, to, measure));
        });
    final var scores = new ArrayList<Interval>();
    for (int to = 0; to < count; to++) {
      final int mine = to;
      scores.add(
          score(
              IntStream.range(0, count)
                  .filter(from -> from != mine)
                  .mapToDouble(from -> pairs[from][mine])
                  .toArray()));
    }
    return new Udr(pairs, List.copyOf(scores));
  }

  private static Interval score(final double[] others) {
    final var median = MedianInterval.of(others);
    if (median.bounded() || others.length < 2) {
      return median;
    }
    final var mean = TInterval.of(others);
    return new Interval(median.estimate(), Math.max(0, mean.low()), mean.high(), others.length);
  }

  private static double[][] relation(final Matrix from, final Matrix to, final Measure measure) {
    final double[][] result = new double[from.columns()][to.columns()];
    switch (measure) {
      case LASSO -> {
        final var lasso = Lasso.fit(from, to, PENALTY);
        for (int a = 0; a < from.columns(); a++) {
          for (int b = 0; b < to.columns(); b++) {
            result[a][b] = Math.abs(lasso.weight(b, a));
          }
        }
      }
      case SPEARMAN -> {
        final double[][] left = ranks(from);
        final double[][] right = ranks(to);
        for (int a = 0; a < left.length; a++) {
          for (int b = 0; b < right.length; b++) {
            result[a][b] = Math.abs(Ranks.correlation(left[a], right[b]));
          }
        }
      }
    }
    return result;
  }

  private static double[][] ranks(final Matrix codes) {
    return IntStream.range(0, codes.columns())
        .mapToObj(j -> Ranks.of(codes.column(j)))
        .toArray(double[][]::new);
  }

  /// How far a relation is one to one, from 0; 0 where either model has no code that counts.
  static double strength(final double[][] relation) {
    if (relation.length == 0 || relation[0].length == 0) {
      return 0;
    }
    final double[][] turned = new double[relation[0].length][relation.length];
    for (int a = 0; a < relation.length; a++) {
      for (int b = 0; b < turned.length; b++) {
        turned[b][a] = relation[a][b];
      }
    }
    return (rows(relation) + rows(turned)) / 2;
  }

  private static double rows(final double[][] relation) {
    double mean = 0;
    for (final double[] row : relation) {
      final double sum = Arrays.stream(row).sum();
      final double largest = Arrays.stream(row).max().orElseThrow();
      mean += sum > 0 ? largest * largest / sum / relation.length : 0;
    }
    return mean;
  }
}
