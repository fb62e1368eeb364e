package io.patchbay.kernels.cuda;

import java.util.Arrays;

/// What a layer does to its sums before they are stored: the fields of `Finish` in `epilogue.cuh`;
/// addresses are 0 where there is nothing.
///
/// @param bias one number per channel or column
/// @param gate as the result: where it is not above zero, the result is multiplied by `alpha`
/// @param clean (bases; as a row of the result) before the activation, for CHANGE
/// @param base per row of the result its row of `clean`, integers
/// @param activation 0 none, 1 relu, 2 leaky relu, 3 sigmoid, 4 tanh
/// @param alpha slope of the activation or of the gate below zero
record Finish(
    long bias, long gate, long clean, long base, Mode mode, int activation, double alpha) {
  static final Finish NONE = new Finish(0, 0, 0, 0, Mode.PLAIN, 0, 0);

  /// The codes of activations from which on they are curved.
  private static final int CURVED = 3;

  /// What comes of the sums.
  enum Mode {
    /// `act(sums + bias) * gate`.
    PLAIN,
    /// `act(clean[base] + sums) - act(clean[base])`, without cancellation.
    CHANGE
  }

  static Finish plain(final long bias, final int activation, final double alpha, final long gate) {
    return new Finish(bias, gate, 0, 0, Mode.PLAIN, activation, alpha);
  }

  static Finish change(final long clean, final long base, final int activation) {
    return new Finish(0, 0, clean, base, Mode.CHANGE, activation, 0);
  }

  /// Whether a rectifier or nothing follows the sums, bias and gate aside.
  boolean isStraight() {
    return mode == Mode.PLAIN && activation < CURVED;
  }

  /// The fields of a kernel's parameters that end with this.
  @SuppressWarnings("EnumOrdinal") // the kernels' codes are the order of the enum
  long[] after(final long... fields) {
    final var all = Arrays.copyOf(fields, fields.length + 7);
    int at = fields.length;
    all[at++] = bias;
    all[at++] = gate;
    all[at++] = clean;
    all[at++] = base;
    all[at++] = mode.ordinal();
    all[at++] = activation;
    all[at] = Double.doubleToRawLongBits(alpha);
    return all;
  }
}
