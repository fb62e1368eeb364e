package io.patchbay.analysis.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  @Test
  void intervalOfTheMeanCoversAsOftenAsItSays() {
    assertCovers(0, random -> random.nextGaussian());
    assertCovers(0.5, random -> random.nextDouble());
    assertCovers(0.3, random -> random.nextDouble() < 0.3 ? 1 : 0);
  }

  private static void assertCovers(double truth, ToDoubleFunction<Random> draw) {
    Random random = new Random(11);
    int covered = 0;
    int runs = 600;
    for (int run = 0; run < runs; run++) {
      double[] sample = new double[80];
      for (int i = 0; i < sample.length; i++) {
        sample[i] = draw.applyAsDouble(random);
      }
      covered += new Bootstrap(1000, 0.95, run).mean(sample).contains(truth) ? 1 : 0;
    }
    double share = covered / (double) runs;
    assertTrue(share >= 0.92 && share <= 0.98, "coverage " + share);
  }

  @Test
  void ratioOfMeansCoversAsOftenAsItSays() {
    Random random = new Random(5);
    int covered = 0;
    int runs = 500;
    for (int run = 0; run < runs; run++) {
      double[] above = new double[100];
      double[] below = new double[100];
      for (int i = 0; i < above.length; i++) {
        below[i] = 2 + random.nextGaussian();
        above[i] = 0.6 * below[i] + 0.5 * random.nextGaussian();
      }
      Interval ratio = new Bootstrap(1000, 0.95, run).ratioOfMeans(above, below);
      covered += ratio.contains(0.6) ? 1 : 0;
    }
    double share = covered / (double) runs;
    assertTrue(share >= 0.92 && share <= 0.98, "coverage " + share);
  }

  /// Twenty cells an input that go together: inputs are resampled, not cells.
  @Test
  void correlatedCellsOfAnInputAreOneObservation() {
    Random random = new Random(17);
    int runs = 500;
    int covered = 0;
    int byCells = 0;
    for (int run = 0; run < runs; run++) {
      double[] inputs = new double[60];
      double[] cells = new double[60 * 20];
      for (int i = 0; i < inputs.length; i++) {
        double shared = random.nextGaussian();
        for (int c = 0; c < 20; c++) {
          cells[20 * i + c] = 2 + shared + 0.5 * random.nextGaussian();
          inputs[i] += cells[20 * i + c] / 20;
        }
      }
      Bootstrap bootstrap = new Bootstrap(1000, 0.95, run);
      covered += bootstrap.mean(inputs).contains(2) ? 1 : 0;
      byCells += bootstrap.mean(cells).contains(2) ? 1 : 0;
    }
    double share = covered / (double) runs;
    assertTrue(share >= 0.92 && share <= 0.98, "coverage " + share);
    assertTrue(byCells < 0.6 * runs, "cells alone cover too: " + byCells);
  }

  /// Entropy of summed masses, biased by 1/n: inputs with twelve correlated cells each.
  @Test
  void aBiasedFigureIsCoveredOnceItsBiasIsOff() {
    int elements = 40;
    double[] truth = new double[elements];
    for (int e = 0; e < elements; e++) {
      truth[e] = 1 + e % 5;
    }
    double expected = entropy(truth);
    Random random = new Random(29);
    int runs = 500;
    Interval[] computed = new Interval[runs];
    int covered = 0;
    int percentiles = 0;
    double error = 0;
    double mean = 0;
    for (int run = 0; run < runs; run++) {
      double[][] inputs = new double[120][elements];
      for (double[] input : inputs) {
        double strength = Math.exp(0.5 * random.nextGaussian());
        double[] shift = new double[elements / 4];
        for (int e = 0; e < elements; e++) {
          // Neighbouring cells go together.
          if (e % 4 == 0) {
            shift[e / 4] = random.nextGaussian();
          }
          input[e] = truth[e] * strength * Math.exp(shift[e / 4] + 0.5 * random.nextGaussian());
        }
      }
      Bootstrap.Statistics figure = (counts, out) -> out[0] = entropy(sum(inputs, counts));
      Bootstrap bootstrap = new Bootstrap(400, 0.95, run);
      double most = Math.log(elements);
      BiasedFigure biased = bootstrap.biased(120, 1, 0, most, figure).getFirst();
      assertEquals(
          biased.unbiased(), bootstrap.unbiased(120, 1, 0, most, figure).getFirst(), "the same");
      Interval percentile = bootstrap.statistics(120, 1, figure).getFirst();
      computed[run] = biased.asComputed();
      assertEquals(percentile.estimate(), computed[run].estimate());
      covered += biased.unbiased().contains(expected) ? 1 : 0;
      percentiles += percentile.contains(expected) ? 1 : 0;
      error += (biased.unbiased().estimate() - expected) / runs;
      mean += computed[run].estimate() / runs;
    }
    double share = covered / (double) runs;
    assertTrue(share >= 0.92 && share <= 0.98, "coverage " + share);
    assertTrue(percentiles < 0.8 * runs, "percentiles cover too: " + percentiles);
    double bias = mean - expected;
    assertTrue(Math.abs(error) < 0.2 * Math.abs(bias), "bias " + error + " of " + bias);
    // As it is, the figure is that of samples of this size.
    double alike = mean;
    double like = Arrays.stream(computed).filter(i -> i.contains(alike)).count() / (double) runs;
    assertTrue(like >= 0.92 && like <= 0.98, "coverage " + like);
  }

  private static double[] sum(double[][] inputs, int[] counts) {
    double[] sum = new double[inputs[0].length];
    for (int i = 0; i < inputs.length; i++) {
      for (int e = 0; e < sum.length; e++) {
        sum[e] += counts[i] * inputs[i][e];
      }
    }
    return sum;
  }

  private static double entropy(double[] mass) {
    double total = Arrays.stream(mass).sum();
    return Arrays.stream(mass).map(m -> -m / total * Math.log(m / total)).sum();
  }

  @Test
  void widthAgreesWithTheNormalApproximation() {
    double[] values = new double[400];
    Random random = new Random(3);
    Summary summary = new Summary();
    for (int i = 0; i < values.length; i++) {
      values[i] = 5 + 2 * random.nextGaussian();
      summary.add(values[i]);
    }
    Interval mean = Bootstrap.standard(9).mean(values);
    double expected = 2 * 1.959964 * Math.sqrt(summary.populationVariance() / values.length);
    assertEquals(summary.mean(), mean.estimate(), 1e-12);
    assertEquals(expected, mean.high() - mean.low(), 0.06 * expected);
    assertEquals(400, mean.n());
  }

  @Test
  void columnsAreResampledTogetherAndAcrossBlocksOfColumns() {
    Random random = new Random(8);
    double[][] rows = new double[13][600];
    for (double[] row : rows) {
      for (int c = 0; c < row.length; c++) {
        row[c] = random.nextGaussian();
      }
    }
    Bootstrap bootstrap = new Bootstrap(200, 0.9, 21);
    Matrix matrix = Matrix.ofRows(rows);
    List<Interval> all = bootstrap.means(matrix);
    assertEquals(600, all.size());
    for (int c = 0; c < 600; c += 37) {
      assertEquals(bootstrap.mean(matrix.column(c)), all.get(c));
    }
    Interval fromStatistic =
        bootstrap.statistic(
            13,
            counts -> {
              double sum = 0;
              for (int i = 0; i < counts.length; i++) {
                sum += counts[i] * rows[i][5];
              }
              return sum / 13;
            });
    assertEquals(all.get(5).low(), fromStatistic.low(), 1e-12);
    assertEquals(all.get(5).high(), fromStatistic.high(), 1e-12);
  }

  @Test
  void seedDecidesEverything() {
    double[] values = new Random(1).doubles(50).toArray();
    assertEquals(Bootstrap.standard(1).mean(values), Bootstrap.standard(1).mean(values));
    assertNotEquals(Bootstrap.standard(1).mean(values), Bootstrap.standard(2).mean(values));
  }

  @Test
  void constantsHaveNoWidthAndOneInputNoBounds() {
    Interval constant = Bootstrap.standard(4).mean(new double[] {3, 3, 3});
    assertEquals(new Interval(3, 3, 3, 3), constant);
    Interval single = Bootstrap.standard(4).mean(new double[] {3});
    assertEquals(3, single.estimate());
    assertFalse(single.bounded());
  }

  @Test
  void undefinedDrawsAreLeftOutOrMakeTheIntervalUnbounded() {
    // P(no first input among 60) = (59/60)^60 = 0.36: too often undefined.
    Interval often = Bootstrap.standard(4).statistic(60, counts -> counts[0] == 0 ? Double.NaN : 1);
    assertFalse(often.bounded());
    // P(neither of the first five) = (55/60)^60 = 0.0054: left out.
    Interval seldom =
        Bootstrap.standard(4)
            .statistic(
                60,
                counts ->
                    counts[0] + counts[1] + counts[2] + counts[3] + counts[4] == 0
                        ? Double.NaN
                        : 1);
    assertEquals(new Interval(1, 1, 1, 60), seldom);
  }

  @Test
  void refusesNonsense() {
    Bootstrap bootstrap = Bootstrap.standard(0);
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(0, 0.95, 0));
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(10, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> bootstrap.mean(new double[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> bootstrap.ratioOfMeans(new double[] {1, 1}, new double[] {1, -1}));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> bootstrap.mean(new double[] {1, Double.NaN}));
    assertTrue(refused.toString().contains("row=1"), refused.toString());
  }
}
