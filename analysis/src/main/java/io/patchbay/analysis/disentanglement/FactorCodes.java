package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;

/// Codes of inputs that are given by their factors: those of a model, or any function of them.
public interface FactorCodes {
  /// The number of values of each factor.
  int[] sizes();

  /// The codes of these inputs, `[row][code]`; the same factors always have the same codes.
  ///
  /// @param factors `[row][factor]`, each index below the factor's size
  Matrix of(int[][] factors);
}
