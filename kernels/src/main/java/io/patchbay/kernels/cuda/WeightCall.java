package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.List;
import java.util.stream.LongStream;

/// A launch of a kernel for each part of a weight gradient of a convolution.
///
/// @param blocks of a part
/// @param bands of a row, of which a part has some
/// @param least bands of a part, if there are so many
/// @param beside blocks of a multiprocessor
/// @param sumsX whether it can sum the channels of x too, as every one can those of g
/// @param sizes that its parameters end with
record WeightCall(
    Kernel kernel,
    int blocks,
    int bands,
    int least,
    int beside,
    int threads,
    int shared,
    boolean sumsX,
    List<Integer> sizes) {

  /// @param fields of `WeightGradParams` in `conv_wgrad.cuh`
  void launch(final int parts, final long... fields) {
    final var ends = sizes.stream().mapToLong(Integer::longValue);
    kernel.launch(
        new Launch(blocks, parts, threads, shared),
        LongStream.concat(LongStream.of(fields), ends).toArray());
  }
}
