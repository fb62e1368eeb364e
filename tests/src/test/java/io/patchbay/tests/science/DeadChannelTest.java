package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operations;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A channel whose bias keeps it under zero is zero after its ReLU: setting it to zero changes
/// nothing at all, and setting a live channel to zero does.
///
/// On `cpu` the effect is zero. The float64 of `reference` is rounded to float32 where the base's
/// image passes from one program to the other, so there even an unchanged run differs from its base
/// by a rounding error, and the dead channel's effect has to be that very number.
class DeadChannelTest {
  private static final int DEAD = 2;
  private static final int INPUTS = 5;

  private static Stream<Arguments> backendsAndSites() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name)
        .flatMap(name ->
            Stream.of("encoder.conv1", "encoder.conv2", "decoder.convt1")
                .map(site -> Arguments.of(name, site)));
  }

  @ParameterizedTest
  @MethodSource("backendsAndSites")
  void ablatingItHasNoEffect(final String name, final String site) {
    final var data = new QuarterImages(Models.TINY.image(), INPUTS, 4);
    final int channels = site.equals("encoder.conv2") ? 6 : 4;
    // Live channels are lifted, so that some of each site is over zero on every input.
    final var bias = new float[channels];
    for (int c = 0; c < channels; c++) {
      bias[c] = c == DEAD ? -100 : 0.25f;
    }
    try (var backend = Backends.open(name, new Settings(2, 1L << 28)).backend()) {
      final var subject = Models.subject(Models.TINY, 6, Map.of(site + ".bias", bias), backend);
      try (var _ = subject.weights()) {
        final var graph = VaeGraph.analysis(Models.TINY, new Axis("rows"));
        final var units = Sites.of(graph.graph()).named(site).channelUnits();
        final var cells = new ArrayList<Cell>();
        for (int input = 0; input < INPUTS; input++) {
          cells.add(new Cell(input, List.of()));
          for (final var unit : units) {
            cells.add(Cell.of(input, new Change(site, unit, Operations.ZERO.with(Double.NaN), 0)));
          }
        }
        try (var runner =
            new PatchRunner(
                subject,
                graph,
                List.of(site),
                List.of(Effect.IMAGE),
                List.of(),
                new Capacity(INPUTS, 1, cells.size(), 1))) {
          runner.bases(data.images());
          runner.run(cells);
          final var effects = runner.effect(Effect.IMAGE);
          for (int i = 0; i < effects.length; i++) {
            final int channel = i % (channels + 1) - 1;
            final float unchanged = effects[i - channel - 1];
            final var text = "cell=" + i + ", effect=" + effects[i];
            if (channel == DEAD) {
              assertEquals(unchanged, effects[i], text);
            } else if (channel >= 0) {
              assertTrue(effects[i] > 1e-4, text);
            }
            assertTrue(name.equals("reference") ? unchanged < 1e-6 : unchanged == 0, text);
          }
        }
      }
    }
  }
}
