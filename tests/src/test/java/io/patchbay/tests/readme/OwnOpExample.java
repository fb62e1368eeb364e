package io.patchbay.tests.readme;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/// The README's example of a patch op of one's own.
final class OwnOpExample {
  private OwnOpExample() {}

  static float[] doseResponse(Path run) {
    // Each unit comes from the source with the probability `value`, by a number of its own.
    var dose = PatchOp.define("dose", "random < value ? source : clean");
    try (var backend = Backends.open("auto", new Settings(2, 4L << 30)).backend();
        var model = TrainedVae.open(run, backend);
        var data = new Sprites(false)) {
      var scene = new Scene(model, data, 1);
      var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
      var site = Sites.of(graph.graph()).named("decoder.convt2");
      var cells =
          DoubleStream.of(0, 0.25, 0.5, 0.75, 1)
              .mapToObj(value -> Cell.of(0, Change.custom(site.name(), site.whole(), value, 0)))
              .toList();
      try (var runner =
          new PatchRunner(
              scene.subject(),
              graph,
              Map.of(site.name(), new SitePatch.Custom(dose)),
              List.of(Effect.IMAGE),
              List.of(),
              new Capacity(1, 1, cells.size(), 1))) {
        runner.bases(scene.images(new long[] {100_000}));
        runner.sources(scene.images(new long[] {500_000}));
        runner.keys(1, new long[] {100_000}, 0); // seed, base input, draw
        runner.run(cells);
        return runner.effect(Effect.IMAGE); // one L2 norm of the image's change per dose
      }
    }
  }
}
