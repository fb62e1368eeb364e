package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class BenchOptionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "/runs/vae 1"})
  void optionsGoThroughTheArgumentsOfAProcess(final String run) {
    final var options = options(run, List.of("z-grid", "mediation"));
    assertEquals(options, BenchOptions.of(options.arguments()));
    assertEquals(options(run, List.of()), BenchOptions.of(options(run, List.of()).arguments()));
  }

  @Test
  void aRowIsALabelOrItsBeginning() {
    final var options = options("", List.of("mediation", "channels-16"));
    assertTrue(options.wants("mediation-4"));
    assertTrue(options.wants("mediation-16"));
    assertTrue(options.wants("channels-16"));
    assertFalse(options.wants("channels-32"));
    assertFalse(options.wants("encoder-channels-mu"));
    assertTrue(options("", List.of()).wants("z-grid"));
  }

  /// Of another device its rows would be the CPU's under that device's name.
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aSuiteThatTimesTheCpuTakesNoOtherDevice(final Suite suite) {
    final Executable made =
        () -> new BenchOptions(suite, "none", "cuda", 1, 1, 1, List.of(), Optional.empty(), true);
    if (suite == Suite.ERRORS || suite == Suite.SWEEPS) {
      assertDoesNotThrow(made);
    } else {
      assertThrows(IllegalArgumentException.class, made);
    }
  }

  @ParameterizedTest
  @CsvSource({"kernels,cuda", "layers,reference", "layers,cuda:1", "kernels,auto"})
  void theCommandNamesThePlaceForAGpu(final String suite, final String device) {
    final var err = new StringWriter();
    final int code =
        new CommandLine(new BenchCommand())
            .setErr(new PrintWriter(err, true))
            .execute("--suite", suite, "--device", device);
    assertEquals(ExitCode.USAGE, code);
    final var line = err.toString().lines().findFirst().orElse("");
    assertEquals(
        "--device: %s, expected cpu: %s times the CPU, gpu-suite times a GPU"
            .formatted(device, suite),
        line);
  }

  private static BenchOptions options(final String run, final List<String> rows) {
    return new BenchOptions(
        Suite.SWEEPS,
        "libtorch",
        "cpu",
        15,
        300,
        4,
        rows,
        Optional.of(run).filter(r -> !r.isEmpty()),
        true);
  }
}
