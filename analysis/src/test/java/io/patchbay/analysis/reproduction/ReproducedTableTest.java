package io.patchbay.analysis.reproduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.train.Variant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The table of given figures.
class ReproducedTableTest {
  private static final Evidence EVIDENCE =
      new HandMade()
          .with(Variant.VAE, Measure.STRENGTH, 3, 4, 5)
          .with(Variant.VAE, Measure.DISENTANGLEMENT, 0.25, 0.5, 0.75)
          .with(Variant.BETA_VAE, Measure.STRENGTH, 7)
          .with(Variant.ANNEALED_VAE, Measure.STRENGTH, 2, 2)
          .with(Variant.VAE, 5, Measure.STRENGTH, 1, 2)
          .evidence();

  private static JsonNode json() {
    final var options = new HashMap<String, Object>(Map.of("seeds", List.of(1, 2, 3)));
    return Json.tree(
        new Reproduced(HandMade.plan(), options, Map.of("patchbay", "0"), 5, EVIDENCE, List.of())
            .toMap());
  }

  @Test
  void meansHaveTIntervalsOverSeeds() {
    final var row = json().path("table").path(0);
    assertEquals("vae", row.path("model").asString());
    assertEquals(3, row.path("runs").asInt());
    final var ces = row.path("figures").path("ces");
    // Deviation 1 over 3 seeds: half width 4.30265 / sqrt(3).
    assertEquals(4, ces.path("value").asDouble(), 1e-12);
    assertEquals(4 - 2.48414, ces.path("low").asDouble(), 1e-5);
    assertEquals(4 + 2.48414, ces.path("high").asDouble(), 1e-5);
    assertEquals(3, ces.path("n").asInt());
    assertEquals(0.5, row.path("figures").path("dci_disentanglement").path("value").asDouble());
    assertTrue(row.path("figures").path("mig").isNull());
    assertEquals(4.59 - 0.6, row.path("paper").path("ces").asDouble(), 1e-12);
    assertEquals(0.064, row.path("paper").path("disentanglement").asDouble());
  }

  @Test
  void oneSeedHasNoIntervalAndOtherModelsHaveNoPaper() {
    final var table = json().path("table");
    assertEquals(4, table.size());
    final var beta = table.path(1).path("figures").path("ces");
    assertEquals(7, beta.path("value").asDouble());
    assertTrue(beta.path("low").isNull() && beta.path("high").isNull(), beta::toString);
    assertEquals(3.43, table.path(1).path("paper").path("ces").asDouble());
    assertTrue(table.path(2).path("paper").isMissingNode());
    assertEquals(5, table.path(3).path("latent").asInt());
    assertTrue(table.path(3).path("paper").isMissingNode());
  }

  @Test
  void everythingStandsInTheFile() {
    final var json = json();
    assertEquals("[1,2,3]", json.path("options").path("seeds").toString());
    assertEquals("[\"paper\"]", json.path("devices").toString());
    assertEquals(8, json.path("runs").size());
    final var ids = new HashSet<>(json.path("measures").propertyNames());
    assertEquals(new HashSet<>(Measure.ids()), ids);
    assertEquals(11, json.path("findings").size());
    assertTrue(json.path("paper").path("note").asString().contains("not defined"));
    assertNull(json.get("seconds"));
  }

  @Test
  void thePapersFiguresStandBesideOurs() {
    final var lines = ReproducedTable.of(EVIDENCE, HandMade.LATENT).text().lines().toList();
    assertTrue(lines.getFirst().matches("model +paper's score +DCI D +MIG +paper's CES +CES .*"));
    assertTrue(
        lines.get(1).matches("vae +0\\.064 +0\\.50 \\[-0\\.12, 1\\.12\\] +- +3\\.99 +4\\.0 .*"),
        lines.get(1));
    assertTrue(lines.get(2).matches("beta-vae +0\\.051 +- +- +3\\.43 +7\\.0 .* 1"), lines.get(2));
    assertTrue(lines.get(3).matches("annealed-vae +- +- +- +- +2\\.0 .* 2"), lines.get(3));
    assertTrue(lines.get(4).startsWith("vae, 5 latents "), lines.get(4));
    // Explained is what is shown: beside the paper's figures, and what some model has.
    assertTrue(lines.contains("MIG: mutual information gap, 0 to 1"), lines::toString);
    assertFalse(lines.stream().anyMatch(line -> line.startsWith("SAP")), lines::toString);
    final var more = new HandMade().with(Variant.VAE, "sap", 0.25, 0.5).evidence();
    final var text = ReproducedTable.of(more, HandMade.LATENT).text();
    assertTrue(text.contains("\nSAP: separated attribute predictability, 0 to 1\n"), text);
    assertTrue(text.lines().anyMatch(line -> line.matches("model +SAP")), text);
  }

  @Test
  void everyMeasureHasANameOfItsOwn() {
    assertEquals(Measure.ALL.size(), Measure.ids().stream().distinct().count());
    assertEquals(Measure.ALL.size(), Measure.ALL.stream().map(Measure::title).distinct().count());
  }
}
