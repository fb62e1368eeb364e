package io.patchbay.analysis.statistics;

import java.util.HashMap;
import java.util.Map;

/// Two-sided test that signed effects are symmetric around zero: the signs of whole base inputs are
/// flipped. All sign patterns when there are at most `draws`, else `draws` random ones with p = (1
/// + hits) / (1 + draws).
public record SignFlipTest(int draws, long seed) {
  // Sums that should tie differ by rounding: what is closer than this share of the largest ties.
  private static final double TIE = 1e-12;

  public SignFlipTest {
    if (draws < 1) {
      throw new IllegalArgumentException("sign flips: draws=" + draws);
    }
  }

  /// One value per base input.
  public double pValue(double[] values) {
    Finite.require("signed effect", values);
    if (values.length == 0) {
      throw new IllegalArgumentException("sign flips without observations: n=0");
    }
    double sum = 0;
    double largest = 0;
    for (double value : values) {
      sum += value;
      largest += Math.abs(value);
    }
    double observed = Math.abs(sum) - TIE * largest;
    return values.length < Integer.SIZE - 1 && 1 << values.length <= draws
        ? exact(values, observed)
        : sampled(values, observed);
  }

  /// Several values per base input, `inputs[i]` the input of `values[i]`: flipped together.
  public double pValue(double[] values, int[] inputs) {
    if (values.length != inputs.length) {
      throw new IllegalArgumentException(
          "signed effects and inputs: values=" + values.length + ", inputs=" + inputs.length);
    }
    Map<Integer, Integer> places = new HashMap<>();
    for (int input : inputs) {
      places.putIfAbsent(input, places.size());
    }
    double[] sums = new double[places.size()];
    for (int i = 0; i < values.length; i++) {
      sums[places.getOrDefault(inputs[i], 0)] += values[i];
    }
    return pValue(sums);
  }

  private static double exact(double[] values, double observed) {
    int patterns = 1 << values.length;
    int hits = 0;
    for (int pattern = 0; pattern < patterns; pattern++) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += (pattern >>> i & 1) == 0 ? values[i] : -values[i];
      }
      hits += Math.abs(sum) >= observed ? 1 : 0;
    }
    return hits / (double) patterns;
  }

  private double sampled(double[] values, double observed) {
    Resampling resampling = new Resampling(seed);
    int[] bits = new int[(values.length + Integer.SIZE - 1) / Integer.SIZE];
    int hits = 0;
    for (int draw = 0; draw < draws; draw++) {
      resampling.signs(draw, bits);
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += (bits[i >>> 5] >>> (i & 31) & 1) == 0 ? values[i] : -values[i];
      }
      hits += Math.abs(sum) >= observed ? 1 : 0;
    }
    return (1.0 + hits) / (1.0 + draws);
  }
}
