package io.patchbay.analysis.metric;

import java.util.Arrays;

/// Mutual information of binned latents and factor classes, from counts weighted per sample.
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
