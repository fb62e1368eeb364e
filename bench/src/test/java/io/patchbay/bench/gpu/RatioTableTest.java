package io.patchbay.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class RatioTableTest {
  private static Map<String, Object> torch() throws IOException {
    final var found = new LinkedHashMap<String, Object>();
    try (var in = RatioTableTest.class.getResourceAsStream("torch.json")) {
      final Map<?, ?> read =
          JsonMapper.shared().readValue(Objects.requireNonNull(in).readAllBytes(), Map.class);
      read.forEach((key, value) -> found.put(String.valueOf(key), value));
    }
    return found;
  }

  private static Map<?, ?> row(final String name, final String precision, final double rate) {
    return Map.of("case", name, "precision", precision, "rate", rate, "unit", "items/s");
  }

  private static Map<?, ?> step(final int batch, final double rate) {
    return Map.of("case", "train-step", "precision", "fp32", "rate", rate, "batch", batch);
  }

  @Test
  void theBestFormThatIsExactEnoughCounts() throws IOException {
    final var table = RatioTable.of(List.of(row("decode", "fp32", 8_192_000)), torch());
    final var line = table.lines().getFirst();
    // bf16 is faster, but 29 % wrong where effects are small.
    assertEquals(
        Optional.of(new RatioTable.Peer("tf32", "channels_last, graph", 4096, 2_048_000)),
        line.exact());
    assertEquals(Optional.of(new RatioTable.Peer("fp32", "eager", 4096, 1_024_000)), line.same());
    assertEquals(Optional.empty(), line.loop());
    final var change = RatioTable.of(List.of(row("decode-change", "bf16", 8_192_000)), torch());
    assertEquals(line.exact(), change.lines().getFirst().exact());
    final var json = table.json().getFirst();
    assertEquals(4.0, json.get("exact_ratio"));
    assertEquals(8.0, json.get("same_precision_ratio"));
    assertEquals(
        Map.of("decode", List.of("tf32", "fp32"), "z-grid", List.of("fp32")),
        RatioTable.exactPrecisions(torch()));
  }

  @Test
  void aSweepMeetsWholeForwardsAndCachedPrefixesAndTheLoopApart() throws IOException {
    final var table =
        RatioTable.of(
            List.of(row("z-grid", "fp32", 4_096_000), row("z-grid-bf16", "bf16", 8_192_000)),
            torch());
    final var line = table.lines().getFirst();
    assertEquals(512_000, line.exact().orElseThrow().rate());
    assertEquals(1_024_000, line.cached().orElseThrow().rate());
    assertEquals(2_000, line.loop().orElseThrow().rate());
    final var carried = table.lines().get(1);
    assertEquals(512_000, carried.exact().orElseThrow().rate());
    assertEquals(4_096_000, carried.same().orElseThrow().rate());
    assertTrue(
        table
            .markdown()
            .contains(
                "| z-grid | 4.10 M (fp32) | 512.0 K (fp32, forward, channels_last, batch 4096)"
                    + " | 8.00 | 512.0 K (fp32, forward, channels_last, batch 4096) | 8.00 | 1.02 M"
                    + " (fp32, prefix, channels_last, batch 4096) | 4.00 | 2.0 K | 2048.00 |"),
        table.markdown());
  }

  @Test
  void stepsMeetStepsOfTheirBatchInAnyPrecision() throws IOException {
    final var table = RatioTable.of(List.of(step(64, 3000), step(1024, 150), step(2, 9)), torch());
    assertEquals(1000, table.lines().get(0).exact().orElseThrow().rate());
    assertEquals(500, table.lines().get(0).same().orElseThrow().rate());
    assertEquals(100, table.lines().get(1).exact().orElseThrow().rate());
    assertEquals(Optional.empty(), table.lines().get(1).same());
    assertEquals(Optional.empty(), table.lines().get(2).exact());
  }

  @Test
  void whatPyTorchDidNotMeasureHasNoLine() throws IOException {
    assertEquals(List.of(), RatioTable.of(List.of(row("units-all", "fp32", 1)), torch()).lines());
    assertEquals(List.of(), RatioTable.of(List.of(row("decode", "fp32", 1)), Map.of()).lines());
  }

  @Test
  void theWholeTableNamesCeilingsSectionsAndShares() throws IOException {
    final var row =
        Map.of(
            "case",
            "decode",
            "precision",
            "fp32",
            "form",
            "batch 4096",
            "ms",
            0.5,
            "ms_min",
            0.4,
            "ms_max",
            0.6,
            "rate",
            8_192_000,
            "unit",
            "decodes/s",
            "tflops",
            120.0);
    final Map<String, Object> facts =
        Map.of("facts", Map.of("device", "cuda (a GPU)", "copy_bytes_per_second", 2.9e12));
    final List<Map<String, Object>> log =
        List.of(
            Map.of("name", "facts", "status", "done", "seconds", 1.5),
            Map.of("name", "net", "status", "skipped", "why", "2 s left"));
    final List<Map<?, ?>> rows = List.of(row);
    final var text =
        SuiteTable.text(
            log, facts, rows, torch(), Ceiling.of(facts, torch()), RatioTable.of(rows, torch()));
    assertTrue(text.contains("Device: cuda (a GPU)"), text);
    assertTrue(text.contains("copy 2.900 TB/s, by PyTorch 3.000 TB/s"), text);
    assertTrue(text.contains("| net | skipped: 2 s left | - | - | - |"), text);
    assertTrue(
        text.contains(
            "| decode | fp32 | batch 4096 | 0.5000 | 0.4000 - 0.6000 | 8.19 M decodes/s | 120.0 |"
                + " 15.0 % | - |"),
        text);
    assertTrue(text.contains("## Beside PyTorch 2.11.0+cu130"), text);
  }
}
