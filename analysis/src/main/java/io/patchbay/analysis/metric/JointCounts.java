package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.BiasedFigure;
import io.patchbay.analysis.statistics.Bootstrap;
import java.util.Arrays;
import java.util.List;

/// Mutual information of binned latents and factor classes, from counts weighted per sample. It is
/// too large by about (bins - 1)(classes - 1) / 2n where all cells are filled.
public final class JointCounts {
  private final int[][] binned;
  private final int bins;
  private final ClassCodes factors;

  /// @param binned `[latent][sample]`, each below `bins`
  public JointCounts(int[][] binned, int bins, ClassCodes factors) {
    this.binned = binned;
    this.bins = bins;
    this.factors = factors;
  }

  /// I(latent; factor) in nats, `[factor][latent]`.
  public double[][] information(int[] counts) {
    double[][] result = new double[factors.factors()][binned.length];
    for (int factor = 0; factor < result.length; factor++) {
      int[] classes = factors.of(factor);
      int width = factors.width(factor);
      int[] joint = new int[bins * width];
      for (int latent = 0; latent < binned.length; latent++) {
        Arrays.fill(joint, 0);
        int[] mine = binned[latent];
        for (int sample = 0; sample < counts.length; sample++) {
          joint[mine[sample] * width + classes[sample]] += counts[sample];
        }
        result[factor][latent] = information(joint, width);
      }
    }
    return result;
  }

  /// How much [#information] of all samples, each once, is too large: by the bootstrap, the mean of
  /// its draws less itself. Draws are too large by that twice.
  public double[][] bias(int samples, Bootstrap bootstrap) {
    int figures = factors.factors() * binned.length;
    List<BiasedFigure> all =
        bootstrap.biased(
            samples,
            figures,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            (counts, out) -> {
              double[][] drawn = information(counts);
              for (int i = 0; i < out.length; i++) {
                out[i] = drawn[i / binned.length][i % binned.length];
              }
            });
    double[][] bias = new double[factors.factors()][binned.length];
    for (int i = 0; i < figures; i++) {
      bias[i / binned.length][i % binned.length] =
          all.get(i).asComputed().estimate() - all.get(i).unbiased().estimate();
    }
    return bias;
  }

  /// [#information] less its bias, at least 0.
  ///
  /// @param counts of all samples, each once, or of a draw
  /// @param bias of all samples, from [#bias]
  public double[][] unbiased(int[] counts, double[][] bias) {
    double[][] information = information(counts);
    int times = Arrays.stream(counts).allMatch(count -> count == 1) ? 1 : 2;
    for (int factor = 0; factor < information.length; factor++) {
      double[] mine = information[factor];
      double[] less = bias[factor];
      Arrays.setAll(mine, latent -> Math.max(0, mine[latent] - times * less[latent]));
    }
    return information;
  }

  /// H(factor) in nats.
  public double entropy(int factor, int[] counts) {
    int[] classes = factors.of(factor);
    int[] occurrences = new int[factors.width(factor)];
    for (int sample = 0; sample < counts.length; sample++) {
      occurrences[classes[sample]] += counts[sample];
    }
    double sum = 0;
    long total = 0;
    int present = 0;
    for (int occurrence : occurrences) {
      if (occurrence > 0) {
        sum += occurrence * Math.log(occurrence);
        total += occurrence;
        present++;
      }
    }
    return present < 2 ? 0 : Math.log((double) total) - sum / total;
  }

  private static double information(int[] joint, int width) {
    int[] perClass = new int[width];
    double sum = 0;
    long total = 0;
    for (int start = 0; start < joint.length; start += width) {
      int perBin = 0;
      for (int c = 0; c < width; c++) {
        int count = joint[start + c];
        if (count > 0) {
          perBin += count;
          perClass[c] += count;
          sum += count * Math.log(count);
        }
      }
      if (perBin > 0) {
        sum -= perBin * Math.log(perBin);
        total += perBin;
      }
    }
    for (int count : perClass) {
      if (count > 0) {
        sum -= count * Math.log(count);
      }
    }
    return Math.max(0, sum / total + Math.log((double) total));
  }
}
