package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.patchbay.bench.SweepWorkload.Outcome;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The counts behind the share of the ceiling.
final class MinimumWorkTest {
  @ParameterizedTest
  @CsvSource({"FLAT, 6300032", "D1, 4473088", "D2, 631040", "D3, 15876"})
  void aDecoderChannelCostsItsShareOfTheNextLayerAndAllThatFollows(
      final NetSite site, final double expected) {
    assertEquals(expected, MinimumWork.change(SweepWorkload.CHANNELS_16, UnitBox.channel(site, 3)));
  }

  @ParameterizedTest
  @CsvSource({"E1, 3033728", "E2, 1125120", "E3, 277248", "E4, 6656"})
  void anEncoderChannelEndsAtTheMeans(final NetSite site, final double expected) {
    assertEquals(
        expected, MinimumWork.change(SweepWorkload.ENCODER_CHANNELS_MU, UnitBox.channel(site, 3)));
  }

  @Test
  void aLatentCostsTheDecoderAndAnInputBothHalves() {
    final double decode = Workload.DECODE.effectiveMacs();
    assertEquals(decode, MinimumWork.change(SweepWorkload.Z_GRID, UnitBox.channel(NetSite.Z, 1)));
    // The log-variances are not asked for.
    final double forward = Workload.FORWARD.effectiveMacs() - 256.0 * 10;
    assertEquals(forward, MinimumWork.input(Outcome.IMAGE));
    assertEquals(forward - decode, MinimumWork.input(Outcome.MU));
  }

  @ParameterizedTest
  @CsvSource({"FLAT", "D1", "D2", "D3"})
  void aUnitCostsTheTapsThatReadWhatItChanges(final NetSite site) {
    final var random = new SplittableRandom(site.size());
    for (int i = 0; i < 8; i++) {
      final var unit =
          UnitBox.element(site, 0, random.nextInt(site.side()), random.nextInt(site.side()));
      assertEquals(followed(unit), MinimumWork.change(SweepWorkload.UNITS_ALL, unit));
    }
  }

  @Test
  void anOcclusionCostsTheTapsThatReadWhatItChanges() {
    for (final var unit : SweepWorkload.OCCLUSION_MU.units().subList(0, 32)) {
      assertEquals(followed(unit), MinimumWork.change(SweepWorkload.OCCLUSION_MU, unit));
    }
  }

  @Test
  void theMeanOverAllPlacesIsTheKnownOne() {
    assertEquals(520_067.4, mean(SweepWorkload.OCCLUSION_MU), 0.1);
    // 1024, 4096, 8192 and 32768 units at 1696088, 266452, 8045 and 15.50390625 on average.
    assertEquals(2_894_594_176.0 / 46_080, mean(SweepWorkload.UNITS_ALL), 1e-6);
  }

  @Test
  void aCellPaysItsShareOfTheInputs() {
    final var task =
        SweepTask.of(SweepWorkload.MEDIATION_16, new float[8 * Conv4Weights.PIXELS], 4, 1);
    assertEquals(
        2 * 631_040 + 8 * MinimumWork.input(Outcome.PAIR) / (4 * 4 * 32),
        MinimumWork.perCell(task),
        1e-6);
  }

  private static double mean(final SweepWorkload workload) {
    return workload.units().stream()
        .mapToDouble(unit -> MinimumWork.change(workload, unit))
        .average()
        .orElseThrow();
  }

  /// The taps that read a changed element, found by marking elements layer after layer.
  private static double followed(final UnitBox unit) {
    final var site = unit.site();
    boolean[][] changed = new boolean[site.side()][site.side()];
    for (int y = 0; y < unit.height(); y++) {
      for (int x = 0; x < unit.width(); x++) {
        changed[unit.top() + y][unit.left() + x] = true;
      }
    }
    double macs = 0;
    long channels = 1;
    for (final var layer : Layer.half(site.encoder())) {
      if (layer.depth() < (site.encoder() ? site.depth() : site.depth() - 2)) {
        continue;
      }
      final var next = new boolean[layer.outputSide()][layer.outputSide()];
      macs += (double) taps(layer, changed, next) * channels * layer.outputChannels();
      channels = layer.outputChannels();
      changed = next;
    }
    if (site.encoder()) {
      long left = 0;
      for (final var row : changed) {
        for (final boolean at : row) {
          left += at ? 1 : 0;
        }
      }
      macs += left * channels * 256 + 256 * 10;
    }
    return macs;
  }

  private static long taps(final Layer layer, final boolean[][] changed, final boolean[][] next) {
    final int side = layer.side();
    long taps = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        for (int k = 0; k < 16; k++) {
          final int row = 2 * y + k / 4 - 1;
          final int column = 2 * x + k % 4 - 1;
          if (row < 0 || column < 0 || row >= 2 * side || column >= 2 * side) {
            continue;
          }
          if (layer.down() ? changed[row][column] : changed[y][x]) {
            taps++;
            next[layer.down() ? y : row][layer.down() ? x : column] = true;
          }
        }
      }
    }
    return taps;
  }
}
