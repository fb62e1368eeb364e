package io.patchbay.analysis.sweep.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WayTrialsTest {
  /// What a device is asked that runs several layers as one kernel.
  @Test
  void everyWayCanBeTimed() {
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var backend = Backends.open("cpu", new Settings(1, 2L << 30)).backend();
        var model = TrainedVae.untrained(config, new Sprites(false).shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var graph = VaeGraph.analysis(model.vae(), new Axis("rows")).graph();
      final var site = Sites.of(graph).named("decoder.convt2");
      final var units = UnitSelection.of(site, "3,17");
      final var ways = Routes.mixed(graph, site, "output").ways(units, true);
      final var timed = new WayTrials(subject, graph, site, "output", units).timed(ways);
      assertEquals(
          List.of("whole", "carried:1", "measured:2"), timed.stream().map(Way::name).toList());
      assertEquals(ways.stream().map(Way::route).toList(), timed.stream().map(Way::route).toList());
      // From a tenth of a microsecond to a second.
      assertTrue(
          timed.stream()
              .mapToDouble(way -> way.timed().orElseThrow())
              .allMatch(nanos -> nanos > 100 && nanos < 1e9),
          timed::toString);
    }
  }
}
