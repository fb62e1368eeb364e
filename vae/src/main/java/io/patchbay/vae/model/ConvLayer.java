package io.patchbay.vae.model;

/// One convolution, or one transposed convolution read in the direction of its gradient.
///
/// @param channels channels on the small side: what an encoder layer makes, what a decoder layer
///   takes
/// @param kernel height and width of the kernel
public record ConvLayer(int channels, int kernel, int stride, int padding) {
  public ConvLayer {
    if (channels < 1 || kernel < 1 || stride < 1 || padding < 0 || padding >= kernel) {
      throw new IllegalArgumentException(
          "convolution: channels="
              + channels
              + ", kernel="
              + kernel
              + ", stride="
              + stride
              + ", padding="
              + padding
              + ", expected sizes from 1 and a padding below the kernel");
    }
  }

  /// The small side of a large side of `size`; 0 where the kernel does not fit.
  int reduce(final int size) {
    final int room = size + 2 * padding - kernel;
    return room < 0 ? 0 : room / stride + 1;
  }
}
