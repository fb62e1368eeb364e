package io.patchbay.tests.readme;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.List;

/// The example of the README, which shows its method as it stands here.
final class ReadmeExample {
  private ReadmeExample() {}

  static float[] patchEveryChannel(Path run) {
    try (var backend = Backends.open("auto", new Settings(2, 4L << 30)).backend();
        var model = TrainedVae.open(run, backend);
        var data = new Sprites(false)) {
      var scene = new Scene(model, data, 1);
      var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
      var site = Sites.of(graph.graph()).named("decoder.convt2");
      var cells =
          site.channelUnits().stream()
              .map(channel -> Cell.of(0, Change.interchange(site.name(), channel, 0)))
              .toList();
      var capacity = new Capacity(1, 1, cells.size(), 1);
      try (var runner =
          new PatchRunner(
              scene.subject(),
              graph,
              List.of(site.name()),
              List.of(Effect.IMAGE),
              List.of(),
              capacity)) {
        runner.bases(scene.images(new long[] {100_000})); // the prefix, once
        runner.sources(scene.images(new long[] {500_000}));
        runner.run(cells); // the suffix, once per channel
        return runner.effect(Effect.IMAGE); // one L2 norm of the image's change per channel
      }
    }
  }
}
