package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.BiasedFigure;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Mutual information gap (Chen et al. 2018), computed as in disentanglement_lib: every latent is
/// cut into 20 equal bins between its smallest and its largest value, and a factor's gap is the
/// difference of its two largest mutual informations in nats, divided by the factor's entropy.
///
/// With a single latent the second largest is 0. A factor that takes one value only has no entropy:
/// it is listed without a gap, and left out of the mean.
///
/// Informations from counts are too large, and most so those of codes that tell nothing, whose
/// cells are all filled: the gap is too small by something of the order 1/n. The library's figure
/// keeps that bias, and is to be compared with those of as many samples, see [BiasedFigure]. Beside
/// it stands the gap of informations that are each less their bias, see [JointCounts#bias]; the gap
/// itself cannot be corrected so, because in draws, which have the bias twice, other codes may be
/// the best.
///
/// @param score mean gap over factors with entropy, as the library computes it; n is the number of
///   samples, and the interval is for samples of this size
/// @param unbiased the same of informations less their bias, with percentiles of such gaps of draws
/// @param factors one entry per factor
public record MutualInformationGap(
    Optional<Interval> score, Optional<Interval> unbiased, List<Factor> factors) {
  /// The library's number of bins.
  public static final int BINS = 20;

  /// @param information mutual information with each latent, nats
  /// @param entropy of the factor, nats
  /// @param latent the latent that tells most about the factor
  /// @param gap normalised difference between the two best latents, as the library computes it
  public record Factor(
      List<Double> information, double entropy, int latent, Optional<Interval> gap) {
    public Factor {
      information = List.copyOf(information);
    }
  }

  public MutualInformationGap {
    factors = List.copyOf(factors);
  }

  /// @param codes mean representation, `[sample][latent]`
  /// @param factors classes of the generative factors, `[sample][factor]`, any integers
  /// @param bootstrap resamples samples; the bins stay those of the whole sample
  public static MutualInformationGap of(Matrix codes, int[][] factors, Bootstrap bootstrap) {
    return of(codes, factors, BINS, bootstrap);
  }

  /// With a number of bins of the caller's choice.
  public static MutualInformationGap of(
      Matrix codes, int[][] factors, int bins, Bootstrap bootstrap) {
    ClassCodes classes = new ClassCodes(factors, codes.rows());
    if (codes.columns() < 1) {
      throw new IllegalArgumentException("mutual information gap without latents: latents=0");
    }
    int latents = codes.columns();
    int[][] binned = new int[latents][];
    for (int latent = 0; latent < latents; latent++) {
      binned[latent] = Histogram.bins(codes.column(latent), bins);
    }
    JointCounts joint = new JointCounts(binned, bins, classes);
    int[] once = new int[codes.rows()];
    Arrays.fill(once, 1);
    double[][] information = joint.information(once);
    List<Integer> varying = new ArrayList<>();
    for (int factor = 0; factor < classes.factors(); factor++) {
      if (joint.entropy(factor, once) > 0) {
        varying.add(factor);
      }
    }
    List<BiasedFigure> figures =
        varying.isEmpty()
            ? List.of()
            : bootstrap.biased(
                codes.rows(),
                varying.size() + 1,
                0,
                1,
                (counts, out) -> gaps(joint, joint.information(counts), varying, counts, out));
    List<Factor> result = new ArrayList<>();
    for (int factor = 0; factor < classes.factors(); factor++) {
      int place = varying.indexOf(factor);
      result.add(
          new Factor(
              Arrays.stream(information[factor]).boxed().toList(),
              joint.entropy(factor, once),
              best(information[factor]),
              place < 0 ? Optional.empty() : Optional.of(figures.get(place).asComputed())));
    }
    return new MutualInformationGap(
        figures.stream().map(BiasedFigure::asComputed).skip(varying.size()).findFirst(),
        varying.isEmpty()
            ? Optional.empty()
            : Optional.of(unbiased(joint, varying, codes.rows(), bootstrap)),
        result);
  }

  private static Interval unbiased(
      JointCounts joint, List<Integer> varying, int samples, Bootstrap bootstrap) {
    JointCounts.Bias bias = joint.bias(samples, bootstrap);
    return bootstrap.statistic(
        samples,
        counts -> {
          double[] out = new double[varying.size() + 1];
          gaps(joint, joint.unbiased(counts, bias), varying, counts, out);
          return Math.min(1, out[varying.size()]);
        });
  }

  private static void gaps(
      JointCounts joint,
      double[][] information,
      List<Integer> varying,
      int[] counts,
      double[] out) {
    double sum = 0;
    int present = 0;
    for (int i = 0; i < varying.size(); i++) {
      int factor = varying.get(i);
      double entropy = joint.entropy(factor, counts);
      out[i] = entropy > 0 ? gap(information[factor]) / entropy : Double.NaN;
      if (entropy > 0) {
        sum += out[i];
        present++;
      }
    }
    out[varying.size()] = present == 0 ? Double.NaN : sum / present;
  }

  private static double gap(double[] information) {
    double first = 0;
    double second = 0;
    for (double value : information) {
      if (value > first) {
        second = first;
        first = value;
      } else {
        second = Math.max(second, value);
      }
    }
    return first - second;
  }

  private static int best(double[] information) {
    int best = 0;
    for (int i = 1; i < information.length; i++) {
      if (information[i] > information[best]) {
        best = i;
      }
    }
    return best;
  }
}
