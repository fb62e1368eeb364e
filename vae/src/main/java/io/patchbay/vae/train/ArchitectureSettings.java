package io.patchbay.vae.train;

import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.ConvLayer;
import io.patchbay.vae.model.Initialisation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;

/// An architecture as settings: one of the catalogue, with any of its layers given otherwise.
///
/// `arch.widths` are the channels of the encoder's convolutions, `arch.kernels`, `arch.strides` and
/// `arch.paddings` one number for all of them or one for each, `arch.hidden` the dense layers. The
/// decoder's (`arch.decoder.*`) are these in reverse unless they are given; widths are then the
/// channels that each transposed convolution takes.
final class ArchitectureSettings {
  private ArchitectureSettings() {}

  static Architecture read(final Settings s) {
    final var names = Architecture.catalogue().stream().map(Architecture::name).toList();
    final var name = s.choice("arch.name", Architecture.CONV4.name(), names);
    final var base = Objects.requireNonNull(Architecture.named(name));
    final boolean other = s.has("arch.widths") || s.has("arch.kernels");
    final var encoder = layers(s, "arch.", base.encoder());
    final var hidden = s.integers("arch.hidden", base.encoderHidden(), 1);
    // A net of the catalogue keeps its own decoder; one with other layers is mirrored.
    final boolean mirrored = other || s.has("arch.strides") || s.has("arch.paddings");
    final var decoder = layers(s, "arch.decoder.", mirrored ? encoder.reversed() : base.decoder());
    final var decoderHidden =
        s.integers(
            "arch.decoder.hidden",
            s.has("arch.hidden") ? hidden.reversed() : base.decoderHidden(),
            1);
    final var heads =
        s.choice("arch.heads", lower(base.heads()), List.of("separate", "interleaved"));
    final var init =
        s.choice("arch.init", lower(base.initialisation()), List.of("glorot", "kaiming"));
    return new Architecture(
        name,
        encoder,
        hidden,
        decoderHidden,
        decoder,
        heads.equals("separate") ? Heads.SEPARATE : Heads.INTERLEAVED,
        init.equals("glorot") ? Initialisation.GLOROT_UNIFORM : Initialisation.KAIMING_UNIFORM);
  }

  private static List<ConvLayer> layers(
      final Settings s, final String prefix, final List<ConvLayer> base) {
    final var widths = s.integers(prefix + "widths", each(base, ConvLayer::channels), 1);
    final var kernels = perLayer(s, prefix + "kernels", base, ConvLayer::kernel, 1, widths.size());
    final var strides = perLayer(s, prefix + "strides", base, ConvLayer::stride, 1, widths.size());
    final var paddings =
        perLayer(s, prefix + "paddings", base, ConvLayer::padding, 0, widths.size());
    final var layers = new ArrayList<ConvLayer>();
    for (int i = 0; i < widths.size(); i++) {
      if (paddings.get(i) >= kernels.get(i)) {
        throw s.wrong(prefix + "paddings", "paddings below the kernels " + kernels);
      }
      layers.add(new ConvLayer(widths.get(i), kernels.get(i), strides.get(i), paddings.get(i)));
    }
    return layers;
  }

  /// One number for each of `count` layers: as given, or those of `base`, its last one repeated.
  private static List<Integer> perLayer(
      final Settings s,
      final String name,
      final List<ConvLayer> base,
      final ToIntFunction<ConvLayer> part,
      final int least,
      final int count) {
    final boolean given = s.has(name);
    final var numbers = s.integers(name, each(base, part), least);
    if (given && numbers.size() != 1 && numbers.size() != count) {
      throw s.wrong(name, "one number, or one for each of " + count + " layers");
    }
    final var all = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      all.add(numbers.get(Math.min(i, numbers.size() - 1)));
    }
    return all;
  }

  private static List<Integer> each(
      final List<ConvLayer> layers, final ToIntFunction<ConvLayer> part) {
    return layers.stream().mapToInt(part).boxed().toList();
  }

  private static String lower(final Heads heads) {
    return switch (heads) {
      case SEPARATE -> "separate";
      case INTERLEAVED -> "interleaved";
    };
  }

  private static String lower(final Initialisation initialisation) {
    return switch (initialisation) {
      case GLOROT_UNIFORM -> "glorot";
      case KAIMING_UNIFORM -> "kaiming";
    };
  }

  /// The settings that give this architecture, every one written out.
  static Map<String, Object> settings(final Architecture a) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("name", a.name());
    write(map, a.encoder(), a.encoderHidden());
    final var decoder = new LinkedHashMap<String, Object>();
    write(decoder, a.decoder(), a.decoderHidden());
    map.put("decoder", decoder);
    map.put("heads", lower(a.heads()));
    map.put("init", lower(a.initialisation()));
    return map;
  }

  private static void write(
      final Map<String, Object> map, final List<ConvLayer> layers, final List<Integer> hidden) {
    map.put("widths", each(layers, ConvLayer::channels));
    map.put("kernels", each(layers, ConvLayer::kernel));
    map.put("strides", each(layers, ConvLayer::stride));
    map.put("paddings", each(layers, ConvLayer::padding));
    map.put("hidden", hidden);
  }
}
