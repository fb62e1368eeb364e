package io.patchbay.vae.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The layers of an encoder and a decoder, for any image size and number of latents: convolutions,
/// then dense layers, then the two heads; dense layers, then transposed convolutions. Every layer
/// but the heads and the last one is followed by a ReLU.
///
/// The decoder's last dense layer, which makes the image that the first transposed convolution
/// takes, follows from the sizes and is not in `decoderHidden`. Without convolutions the networks
/// are dense.
///
/// @param decoder the transposed convolutions from the smallest image to the largest
public record Architecture(
    String name,
    List<ConvLayer> encoder,
    List<Integer> encoderHidden,
    List<Integer> decoderHidden,
    List<ConvLayer> decoder,
    Heads heads,
    Initialisation initialisation) {

  /// How the encoder ends.
  public enum Heads {
    /// One dense layer for mu and one for log-variance.
    SEPARATE,
    /// One dense layer that makes (mu, log-variance) pairs.
    INTERLEAVED
  }

  /// The default and reference net: 4x4 convolutions with stride 2 throughout, 764,245 parameters
  /// with 10 latents on 64x64x1 (Higgins et al. 2017, with the sizes of Locatello et al. 2019).
  public static final Architecture CONV4 =
      mirrored(
          "conv4",
          convs(List.of(32, 32, 64, 64), 4, 4, 4, 4),
          List.of(256),
          Heads.SEPARATE,
          Initialisation.GLOROT_UNIFORM);

  /// The net of Locatello et al. 2019, table 1 of its appendix: 690,517 parameters. Its "same"
  /// padding is 1 for the 4x4 kernels and 0 for the 2x2 ones.
  public static final Architecture LOCATELLO =
      new Architecture(
          "locatello",
          convs(List.of(32, 32, 64, 64), 4, 4, 2, 2),
          List.of(256),
          List.of(256),
          convs(List.of(64, 64, 32, 32), 4, 4, 4, 4),
          Heads.SEPARATE,
          Initialisation.GLOROT_UNIFORM);

  /// The net of Burgess et al. 2018: 502,005 parameters.
  public static final Architecture BURGESS =
      mirrored(
          "burgess",
          convs(List.of(32, 32, 32, 32), 4, 4, 4, 4),
          List.of(256, 256),
          Heads.INTERLEAVED,
          Initialisation.KAIMING_UNIFORM);

  private static final List<Architecture> CATALOGUE = List.of(CONV4, LOCATELLO, BURGESS);

  public Architecture {
    encoder = List.copyOf(encoder);
    encoderHidden = widths(encoderHidden);
    decoderHidden = widths(decoderHidden);
    decoder = List.copyOf(decoder);
  }

  /// The decoder is the encoder in reverse.
  public static Architecture mirrored(
      final String name,
      final List<ConvLayer> encoder,
      final List<Integer> encoderHidden,
      final Heads heads,
      final Initialisation initialisation) {
    return new Architecture(
        name,
        encoder,
        encoderHidden,
        reversed(encoderHidden),
        reversed(encoder),
        heads,
        initialisation);
  }

  /// Every architecture that has a name.
  public static List<Architecture> catalogue() {
    return CATALOGUE;
  }

  /// The architecture of that name, null where there is none.
  public static @Nullable Architecture named(final String name) {
    return CATALOGUE.stream().filter(a -> a.name.equals(name)).findFirst().orElse(null);
  }

  private static List<ConvLayer> convs(final List<Integer> channels, final int... kernels) {
    // Stride 2 with these paddings halves an even size.
    return IntStream.range(0, kernels.length)
        .mapToObj(i -> new ConvLayer(channels.get(i), kernels[i], 2, (kernels[i] - 2) / 2))
        .toList();
  }

  private static List<Integer> widths(final List<Integer> widths) {
    for (final var width : widths) {
      if (Objects.requireNonNull(width) < 1) {
        throw new IllegalArgumentException("a layer needs units: widths=" + widths);
      }
    }
    return List.copyOf(widths);
  }

  private static <T> List<T> reversed(final List<T> list) {
    final var copy = new ArrayList<>(list);
    Collections.reverse(copy);
    return copy;
  }
}
