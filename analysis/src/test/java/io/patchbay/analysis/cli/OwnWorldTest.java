package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.Noise;
import io.patchbay.vae.data.Scm;
import io.patchbay.vae.data.ScmDescription;
import io.patchbay.vae.data.ScmPicture;
import io.patchbay.vae.data.ScmShape.Circle;
import io.patchbay.vae.data.ScmShape.Paint;
import io.patchbay.vae.data.ScmShape.Point;
import io.patchbay.vae.data.ScmVariable;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// A causal world of a user's own, from its file to interventions on a model of it.
class OwnWorldTest {
  private static final String WORLD =
      """
      picture: {size: 32, span: 10, background: black}
      factors:
        light: {range: [1, 4], count: 12}
        size: {values: [1, 1.5, 2, 2.5, 3]}
        shade:
          parents: [light, size]
          mechanism: light * size / 3
          noise: {uniform: [0, 0.5]}
      shapes:
        - {shape: circle, at: [2 * light, 6], radius: size / 2, colour: gold}
        - {shape: rectangle, at: [5, 2], size: [shade, 1], colour: white}
      """;

  @TempDir Path folder;

  private Shell run(final String line) {
    return Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
  }

  private Shell good(final String line) {
    final var shell = run(line);
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    return shell;
  }

  private void refused(final String line, final String says) {
    final var shell = run(line);
    assertEquals(ExitCode.INPUT, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains(says), shell::err);
  }

  @Test
  void aRunKeepsTheWorldThatItSaw() throws IOException {
    final var file = folder.resolve("mine.yaml");
    final var kept = folder.resolve("run/world.yaml");
    Files.writeString(file, WORLD);
    final var small =
        " --device reference --set arch.widths=4 --set arch.hidden=8 --latent 2 --batch 4";
    good("train --data scm:DIR/mine.yaml --steps 2 --seed 1 --out DIR/run" + small);
    assertEquals(WORLD, Files.readString(kept));
    final var config =
        JsonMapper.shared().readTree(Files.readString(folder.resolve("run/config.json")));
    final var sum = Scm.open(file).sha256();
    assertEquals("scm:" + file + ":sha256=" + sum, config.path("data").stringValue());

    final var sweep =
        "sweep DIR/run --site input --units all --values 1.5,3 --inputs 3 --seed 2 --device"
            + " reference";
    good(sweep + " --op do:light --metric factor:shade --out DIR/follows");
    // The file changes: the run goes on with the world that it has, but not with the other one.
    Files.writeString(file, WORLD.replace("count: 12", "count: 9"));
    good(sweep + " --op factor:shade --out DIR/held");
    refused(
        "train --resume --out DIR/run --data scm:DIR/mine.yaml --steps 3 --device reference",
        "the value of this run");
    good("train --resume --out DIR/run --steps 3 --device reference");
    Files.delete(file);
    good("train --resume --out DIR/run --steps 4 --device reference");
    assertEquals(WORLD, Files.readString(kept));
    // A changed copy is noticed.
    Files.writeString(kept, WORLD.replace("count: 12", "count: 11"));
    refused(sweep + " --op do:light --out DIR/changed", "sha256");
    // And without a copy, the file is looked for.
    Files.delete(kept);
    refused(sweep + " --op do:light --out DIR/changed", "mine.yaml");
    Files.writeString(file, WORLD);
    good(sweep + " --op do:light --out DIR/again");
  }

  @Test
  void aWorldFromJavaIsKeptToo() {
    final var world =
        new ScmDescription(
            "dot",
            ScmPicture.grey(32, 1, "black"),
            List.of(
                ScmVariable.range("x", 0.2, 0.8, 9),
                ScmVariable.mechanism("y", "1 - x", new Noise.Normal(0.05), "x")),
            List.of(new Circle(new Point("x", "y"), "0.1", Paint.of("white"))));
    final var run = folder.resolve("run");
    final var config =
        TrainConfig.defaults(
            Variant.VAE,
            "arch.widths=4",
            "arch.hidden=8",
            "latent=2",
            "batch=4",
            "steps=1",
            "data=dot");
    try (var backend = Backends.open("reference", new Settings(1, 1L << 30)).backend();
        var data = new Scm(world)) {
      new Trainer(config, data, backend, TrainingListener.none(), () -> false).run(run, false);
      try (var model = TrainedVae.open(run, backend);
          var again = (Scm) Datasets.of(Map.of()).open(model.data())) {
        assertEquals(world, again.description());
        assertArrayEquals(data.variablesOf(4), again.variablesOf(4));
      }
    }
  }

  @Test
  void picturesComeWithTheirVariables() throws IOException {
    final var file = folder.resolve("mine.yaml");
    Files.writeString(file, WORLD);
    for (final var name : new String[] {"scm:" + file, "flow:size=32"}) {
      final var out = folder.resolve(name.startsWith("scm") ? "scm" : "flow");
      good("data export " + name + " --format png --limit 5 --out " + out);
      final var lines = Files.readAllLines(out.resolve("factors.csv"));
      assertEquals(6, lines.size());
      try (var data = (Scm) Datasets.of(Map.of()).open("scm:" + file)) {
        assertEquals(
            name.startsWith("scm") ? "file,light,size,shade" : "file,ball,water,hole,height,x",
            lines.getFirst());
        if (name.startsWith("scm")) {
          final var v = data.variablesOf(3);
          assertEquals("000003.png," + v[0] + "," + v[1] + "," + v[2], lines.get(4));
        }
      }
    }
  }

  @Test
  void aWorldThatIsNoneIsRefused() throws IOException {
    Files.writeString(folder.resolve("bad.yaml"), WORLD.replace("light * size", "light * siez"));
    refused(
        "train --data scm:DIR/bad.yaml --out DIR/new --device reference",
        "bad.yaml: factors.shade.mechanism, column 9: found 'siez', expected one of light, size");
    refused("train --data scm:DIR/none.yaml --out DIR/new --device reference", "no such file");
    refused("data export scm: --format png --out DIR/new", "expected scm:FILE.yaml");
  }
}
