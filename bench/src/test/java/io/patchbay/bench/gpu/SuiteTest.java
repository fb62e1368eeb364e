package io.patchbay.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.kernels.cuda.EmulatedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The suite itself, on devices that are everywhere and at the smallest sizes.
final class SuiteTest {
  @TempDir private Path folder = Path.of("replaced");

  private static SuiteOptions options(
      final String device, final double minutes, final String... only) {
    return new SuiteOptions(
        device, minutes, List.of(only), List.of(), Optional.empty(), "python3", 1, true);
  }

  private JsonNode results() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve("gpu-suite.json")));
  }

  @Test
  void whatItFindsIsWritten() throws Exception {
    assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    final var progress = new ArrayList<String>();
    final var options = options("emulator", 2, "facts", "products");
    assertTrue(new Suite(options, folder, progress::add).run(), progress::toString);
    assertTrue(progress.containsAll(List.of("facts: done", "products: done")), progress::toString);
    final var all = results();
    assertEquals("emulator", all.path("device").asString());
    final var products = all.path("results").path("products");
    assertTrue(products.path("passed").asBoolean(), products::toString);
    assertEquals(
        List.of("fp32", "tf32"),
        products.path("rows").valueStream().map(row -> row.path("precision").asString()).toList());
    final var text = Files.readString(folder.resolve("gpu-suite.md"));
    assertTrue(text.contains("| products | done |"), text);
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  /// All rows of the net, and its judges: at these sizes a step of training takes the longest.
  @Test
  void everyRowOfTheNetIsRight() throws Exception {
    final var bench = new Bench(options("cpu", 5), folder, 300, _ -> {}, Map.of());
    final var result = new NetTimings().run(bench);
    assertEquals(List.of(), result.get("list"));
    assertEquals(true, result.get("passed"));
    final var rows = JsonMapper.shared().valueToTree(result).path("rows").valueStream().toList();
    final var cases = rows.stream().map(row -> row.path("case").asString()).toList();
    assertTrue(
        cases.containsAll(
            List.of("decode", "decode-change", "encode", "forward", "d4", "train-step")),
        cases::toString);
    for (final var row : rows) {
      final double error = row.path("error").doubleValue(Double.NaN);
      assertTrue(error >= 0 && error < 1e-4, row::toString);
      assertTrue(row.path("rate").doubleValue(Double.NaN) > 0, row::toString);
    }
  }

  @Test
  void aSectionWithoutTimeIsNotPassedOver() throws Exception {
    final var progress = new ArrayList<String>();
    assertFalse(new Suite(options("cpu", 0.05, "facts"), folder, progress::add).run());
    assertEquals(List.of("facts: skipped, see gpu-suite.md"), progress);
    assertEquals("skipped", results().path("sections").path(0).path("status").asString());
  }

  @Test
  void aToolMustHaveWatchedSomething() {
    final Map<String, Object> clean = Map.of("status", 0, "errors", 0, "cases", 7, "faults", 0);
    assertTrue(Sanitizer.isClean(clean));
    Stream.of("status", "errors", "faults")
        .forEach(key -> assertFalse(Sanitizer.isClean(changed(clean, key, 1)), key));
    assertFalse(Sanitizer.isClean(changed(clean, "cases", 0)));
    assertFalse(Sanitizer.isClean(Map.of("status", 0, "errors", 0)));
  }

  private static Map<String, Object> changed(
      final Map<String, Object> row, final String key, final int value) {
    final var other = new HashMap<>(row);
    other.put(key, value);
    return other;
  }

  @Test
  void sharesAreOfTheProductThatWasMeasured() {
    final Map<String, Object> products =
        Map.of("products", Map.of("large_product_flops", Map.of("bf16", 5e14)));
    final Map<String, Object> torch = Map.of("ceilings", Map.of("product_bf16_flops", 8e14));
    assertEquals("12.5 %", Ceiling.of(products, torch).share(100));
    assertEquals("20.0 %", Ceiling.of(products, Map.of()).share(100));
    assertEquals(
        Map.of("product_bf16_flops", 5e14, "by", "cuBLAS"), Ceiling.of(products, Map.of()).json());
    assertEquals("-", Ceiling.of(Map.of(), Map.of()).share(100));
    assertEquals("-", Ceiling.of(products, torch).share(Double.NaN));
  }
}
