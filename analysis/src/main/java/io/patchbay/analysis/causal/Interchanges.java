package io.patchbay.analysis.causal;

import io.patchbay.analysis.statistics.Matrix;
import java.util.List;

/// Runs a model with some latents taken from the encoding of a re-rendered input.
@FunctionalInterface
public interface Interchanges {
  /// For every base input x, the image x' is rendered with `factor` set, `held` at their values in
  /// x, and what follows from the factor following; `latents` are taken from the encoding of x',
  /// all others from that of x, and every factor is read from the decoded image. The labels of x'
  /// are not read.
  ///
  /// @param held factors, ascending; none of them is `factor`
  /// @param latents ascending, at least one
  Responses of(int factor, List<Integer> held, List<Integer> latents);

  /// How the read-outs of all factors change, `[input][factor]`, in standard deviations of the
  /// factor; a mean over the values that were set.
  ///
  /// @param sizes the absolute change
  /// @param agreements the change times the one that the whole encoding of x' brings: positive
  ///   where the latents move the read-out the way that the re-rendered input does
  record Responses(Matrix sizes, Matrix agreements) {
    public Responses {
      if (sizes.rows() != agreements.rows() || sizes.columns() != agreements.columns()) {
        throw new IllegalArgumentException(
            "responses: sizes="
                + sizes.rows()
                + "x"
                + sizes.columns()
                + ", agreements="
                + agreements.rows()
                + "x"
                + agreements.columns());
      }
    }
  }
}
