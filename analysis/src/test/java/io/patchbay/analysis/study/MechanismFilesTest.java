package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.MotifTable;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Shape;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the page of a run is given of what other commands wrote.
class MechanismFilesTest {
  @TempDir Path run;

  private void write(final String file, final String text) throws IOException {
    Files.createDirectories(run.resolve(file).getParent());
    Files.writeString(run.resolve(file), text.replace('\'', '"'));
  }

  @Test
  void aProfileKeepsTheNumberBehindEachFigure() throws IOException {
    final var text =
        """
        {'sites': ['input', 'latent.z'], 'inputs': 1000, 'factors': [
          {'factor': 'angle',
           'readable': [{'site': 'input', 'r2': 0.9, 'low': 0.8, 'high': 0.95, 'n': 250},
                        {'site': 'latent.z', 'r2': 0.5, 'low': 0.4, 'high': 0.6, 'n': 250}],
           'effective': [{'site': 'latent.z', 'effect': 0.7, 'low': null, 'high': null, 'n': 40,
                          'unit': 3}]},
          {'factor': 'shape',
           'readable': [{'site': 'input', 'r2': 0.1, 'low': 0, 'high': 0.2, 'n': 250,
                         'accuracy': 0.9, 'accuracy_low': 0.85, 'accuracy_high': 0.95,
                         'majority': 0.4},
                        {'site': 'latent.z', 'r2': 0.1, 'low': 0, 'high': 0.2, 'n': 250,
                         'accuracy': 0.6, 'accuracy_low': 0.5, 'accuracy_high': 0.7,
                         'majority': 0.4}],
           'effective': []}]}
        """;
    write("profile/profile.json", text);
    final var profile = Objects.requireNonNull(MechanismFiles.read(run).profile());
    final var angle = profile.factors().getFirst();
    assertEquals("R²", angle.measure());
    assertEquals(new Estimate(0.9, 0.8, 0.95, 250), angle.readable().getFirst());
    assertEquals(List.of(Estimate.undefined(0), Estimate.exact(0.7, 40)), angle.effective());
    final var shape = profile.factors().getLast();
    assertEquals("accuracy", shape.measure());
    assertEquals(0.4, shape.chance());
    assertEquals(new Estimate(0.6, 0.5, 0.7, 250), shape.readable().getLast());

    write("profile/profile.json", text.replaceFirst(", 'n': 40", ""));
    final var refused = assertThrows(BadInputException.class, () -> MechanismFiles.read(run));
    assertTrue(
        refused.toString().contains("factors[0].effective[0].n: found nothing"),
        refused.toString());
  }

  @Test
  void whatAProfileWritesIsRead() {
    final var strongest =
        new LayerProfile.Strongest(
            "latent.z", 1, new Interval(0.6, 0.5, 0.7, 33), new Interval(1, 0.9, 1.1, 33));
    final var factor =
        new LayerProfile.OfFactor(
            "angle",
            List.of(new Interval(0.9, 0.8, 0.95, 240), new Interval(0.4, 0.3, 0.5, 240)),
            List.of(),
            List.of(strongest));
    final var shape = Shape.batched(new Axis("rows"), 3);
    final var profile =
        new LayerProfile(
            List.of(new Site("input", shape), new Site("latent.z", shape)),
            List.of(factor),
            960,
            1);
    LayerProfile.write(run.resolve("profile"), profile.numbers());
    final var read = Objects.requireNonNull(MechanismFiles.read(run).profile());
    assertEquals(List.of("input", "latent.z"), read.sites());
    assertEquals(
        List.of(new Estimate(0.9, 0.8, 0.95, 240), new Estimate(0.4, 0.3, 0.5, 240)),
        read.factors().getFirst().readable());
    assertEquals(
        List.of(Estimate.undefined(0), new Estimate(0.6, 0.5, 0.7, 33)),
        read.factors().getFirst().effective());
  }

  @Test
  void motifsComeWithCommunitiesAndWhatFactorsShare() throws IOException {
    final var comparison =
        "{'mean': 0.25, 'sd': 0.1, 'z': 2.5, 'p': 0.01, 'p_fewer': 0.99, 'fixed': false, 'q':"
            + " 0.02}";
    write(
        "circuits/motifs-encoder.json",
        """
        {'part': 'encoder', 'seed': 3, 'random_graphs': 100, 'graphs': [
          {'factor': 'x', 'too_small': false,
           'motifs': [{'motif': 'chain', 'count': 7, 'degrees': C, 'density': C}],
           'modularity': {'q': 0.5, 'communities': [['a/0', 'a/1'], ['b/0']], 'degrees': C}},
          {'factor': null, 'too_small': true,
           'motifs': [{'motif': 'chain', 'count': 2, 'degrees': null, 'density': null}],
           'modularity': {'q': 0.3, 'communities': [['a/0']], 'degrees': null}}],
         'overlaps': [{'factors': ['x', 'y'],
           'nodes': {'both': 2, 'either': 4, 'jaccard': 0.5, 'labels': C},
           'edges': {'both': 0, 'either': 0, 'jaccard': null, 'labels': null}}],
         'shared_hubs': {'least_degree': 9, 'nodes': ['a/1'], 'labels': C}}
        """
            .replace("C", comparison));
    final var motifs = Objects.requireNonNull(MechanismFiles.read(run).motifs());
    final var chance = new MotifTable.Chance(0.25, 2.5, 0.01, 0.99);
    assertEquals(
        List.of(
            new MotifTable.Communities(
                "x, encoder", 0.5, List.of(List.of("a/0", "a/1"), List.of("b/0")), chance),
            new MotifTable.Communities(
                "all factors, encoder", 0.3, List.of(List.of("a/0")), MotifTable.Chance.NONE)),
        motifs.communities());
    assertEquals(
        List.of(
            new MotifTable.Overlap(
                "encoder",
                "x",
                "y",
                new MotifTable.Shared(2, 4, 0.5, chance),
                new MotifTable.Shared(0, 0, Double.NaN, MotifTable.Chance.NONE))),
        motifs.overlaps());
    assertEquals(List.of(new MotifTable.Hubs("encoder", List.of("a/1"), 9, chance)), motifs.hubs());
    assertEquals("too small", motifs.rows().getLast().note());
    assertEquals("100 random graphs of each kind, seed 3", motifs.note());
  }

  @Test
  void nothingIsThereWhereNothingWasAsked() {
    final var none = MechanismFiles.read(run);
    assertNull(none.motifs());
    assertNull(none.profile());
    assertEquals(List.of(), none.circuits());
    assertEquals(7, MechanismFiles.absent(none).size());
  }
}
