package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class LayerTest {
  private static final long ENCODER_LINEAR = 1024 * 256 + 256 * 20;
  private static final long DECODER_LINEAR = 10 * 256 + 256 * 1024;

  @Test
  void effectiveWorkOfTheNetIsThatOfItsLayers() {
    assertEquals(Workload.ENCODE.effectiveMacs(), convolutions(true) + ENCODER_LINEAR);
    assertEquals(Workload.DECODE.effectiveMacs(), convolutions(false) + DECODER_LINEAR);
    assertEquals(
        Workload.FORWARD.effectiveMacs(),
        Workload.ENCODE.effectiveMacs() + Workload.DECODE.effectiveMacs());
  }

  @Test
  void effectiveTapsAreThoseInsideTheImage() {
    for (final Layer layer : Layer.values()) {
      long taps = 0;
      for (int x = 0; x < layer.side(); x++) {
        for (int k = 0; k < 4; k++) {
          final int at = 2 * x + k - 1;
          taps += at >= 0 && at < 2 * layer.side() ? 1 : 0;
        }
      }
      assertEquals(
          taps * taps * layer.largeChannels() * layer.smallChannels(), layer.effectiveMacs());
    }
  }

  @Test
  void outputsFeedTheNextLayer() {
    for (final boolean encoder : new boolean[] {true, false}) {
      final var layers = Layer.half(encoder);
      for (int i = 1; i < layers.size(); i++) {
        assertEquals(layers.get(i - 1).outputSize(), layers.get(i).inputSize());
      }
    }
  }

  private static long convolutions(final boolean encoder) {
    return Layer.half(encoder).stream().mapToLong(Layer::effectiveMacs).sum();
  }
}
