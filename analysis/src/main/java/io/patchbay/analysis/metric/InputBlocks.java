package io.patchbay.analysis.metric;

/// Base inputs dealt to consecutive blocks of nearly equal size, the units of resampling where a
/// separate array per input would not fit memory. As many blocks as inputs: resampling of inputs.
record InputBlocks(int inputs, int blocks) {
  /// Enough for a percentile interval, few enough for image-sized arrays.
  static final int USUAL = 64;

  InputBlocks {
    if (blocks < 1 || inputs < blocks) {
      throw new IllegalArgumentException("input blocks: inputs=" + inputs + ", blocks=" + blocks);
    }
  }

  int of(int input) {
    if (input < 0 || input >= inputs) {
      throw new IllegalArgumentException("no such input: input=" + input + ", inputs=" + inputs);
    }
    return (int) ((long) input * blocks / inputs);
  }
}
