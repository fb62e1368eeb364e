package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import java.util.Arrays;
import java.util.List;

/// Mutual information of binned latents and factor classes, from counts weighted per sample. It is
/// too large by about (bins - 1)(classes - 1) / 2n where all cells are filled.
public final class JointCounts {
  private static final int QUARTERS = 4;
  // Deals of the samples to parts that a bias is averaged over.
  private static final int DEALS = 8;

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

  /// How much informations are too large, `[factor][latent]` in nats.
  ///
  /// @param own of all samples, each once
  /// @param draws of the draws of a bootstrap, on average
  public record Bias(double[][] own, double[][] draws) {}

  /// The bias by extrapolation to infinitely many samples from halves and quarters of them (Strong,
  /// Koberle, de Ruyter van Steveninck and Bialek 1998): with I(m) the mean over parts of m
  /// samples, I(n) less (8 I(n) - 6 I(n/2) + I(n/4)) / 3. What the mean of a bootstrap's draws
  /// exceeds I(n) by would be too little, by half where there are as many cells as samples: draws
  /// leave empty cells empty. It is what the draws are too large by beside.
  ///
  /// @throws IllegalArgumentException for fewer than four samples
  public Bias bias(int samples, Bootstrap bootstrap) {
    if (samples < QUARTERS) {
      throw new IllegalArgumentException("bias of informations: samples=" + samples);
    }
    int[] once = new int[samples];
    Arrays.fill(once, 1);
    double[][] all = information(once);
    double[][] own = new double[factors.factors()][binned.length];
    for (int deal = 0; deal < DEALS; deal++) {
      int[] order = new PhiloxRandom(bootstrap.seed(), Streams.SPLIT, 2, deal).permutation(samples);
      double[][] halves = ofParts(order, 2);
      double[][] quarters = ofParts(order, QUARTERS);
      for (int factor = 0; factor < own.length; factor++) {
        for (int latent = 0; latent < binned.length; latent++) {
          double limit =
              (8 * all[factor][latent] - 6 * halves[factor][latent] + quarters[factor][latent]) / 3;
          own[factor][latent] += (all[factor][latent] - limit) / DEALS;
        }
      }
    }
    List<Interval> drawn =
        bootstrap.unbiased(
            samples,
            own.length * binned.length,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            (counts, out) -> {
              double[][] of = information(counts);
              for (int i = 0; i < out.length; i++) {
                out[i] = of[i / binned.length][i % binned.length];
              }
            });
    double[][] draws = new double[own.length][binned.length];
    for (int i = 0; i < drawn.size(); i++) {
      int factor = i / binned.length;
      int latent = i % binned.length;
      draws[factor][latent] = own[factor][latent] + all[factor][latent] - drawn.get(i).estimate();
    }
    return new Bias(own, draws);
  }

  /// The mean over `parts` parts of the samples.
  private double[][] ofParts(int[] order, int parts) {
    double[][] mean = new double[factors.factors()][binned.length];
    for (int part = 0; part < parts; part++) {
      int[] counts = new int[order.length];
      for (int i = part; i < order.length; i += parts) {
        counts[order[i]] = 1;
      }
      double[][] of = information(counts);
      for (int factor = 0; factor < mean.length; factor++) {
        for (int latent = 0; latent < binned.length; latent++) {
          mean[factor][latent] += of[factor][latent] / parts;
        }
      }
    }
    return mean;
  }

  /// [#information] less its bias; that of nothing may come out below 0.
  ///
  /// @param counts of all samples, each once, or of a draw
  public double[][] unbiased(int[] counts, Bias bias) {
    double[][] information = information(counts);
    boolean all = Arrays.stream(counts).allMatch(count -> count == 1);
    double[][] less = all ? bias.own : bias.draws;
    for (int factor = 0; factor < information.length; factor++) {
      for (int latent = 0; latent < binned.length; latent++) {
        information[factor][latent] -= less[factor][latent];
      }
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
