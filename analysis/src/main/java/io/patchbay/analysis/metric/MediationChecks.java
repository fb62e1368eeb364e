package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Finite;

/// What must hold in any mediation run, each from its own run through the network.
///
/// @param consistency Y(x with m set to m(x)) = Y(x)
/// @param fullCut Y(x with m set to m(x')) = Y(x') for mediators that cut every path
/// @param empty Y(x with no mediator set) = Y(x)
/// @param reversal TIE(x to x') = -NIE(x' to x)
public record MediationChecks(Check consistency, Check fullCut, Check empty, Check reversal) {
  /// The largest difference of two columns that should agree.
  ///
  /// @param n number of pairs
  /// @param worst largest absolute difference, in units of Y
  public record Check(int n, double worst, double tolerance) {
    public Check {
      if (n < 1 || !(worst >= 0) || !(tolerance >= 0)) {
        throw new IllegalArgumentException(
            "mediation check: n=" + n + ", worst=" + worst + ", tolerance=" + tolerance);
      }
    }

    /// Compares pair by pair.
    ///
    /// @throws IllegalArgumentException when lengths differ or a value is not finite
    public static Check of(double[] measured, double[] expected, double tolerance) {
      if (measured.length != expected.length) {
        throw new IllegalArgumentException(
            "mediation check: measured=" + measured.length + ", expected=" + expected.length);
      }
      Finite.require("measured outcome", measured);
      Finite.require("expected outcome", expected);
      double worst = 0;
      for (int i = 0; i < measured.length; i++) {
        worst = Math.max(worst, Math.abs(measured[i] - expected[i]));
      }
      return new Check(measured.length, worst, tolerance);
    }

    /// Compares TIE(x to x') with -NIE(x' to x).
    public static Check reversal(
        double[] totalIndirect, double[] reversedNatural, double tolerance) {
      double[] expected = new double[reversedNatural.length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = -reversedNatural[i];
      }
      return of(totalIndirect, expected, tolerance);
    }

    public boolean passed() {
      return worst <= tolerance;
    }
  }

  public boolean passed() {
    return consistency.passed() && fullCut.passed() && empty.passed() && reversal.passed();
  }
}
