package io.patchbay.analysis.cli;

import io.patchbay.vae.train.TrainConfig;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Where a run goes that nobody named: `runs/MODEL/yyyyMMdd-HHmmss-HASH`.
final class RunName {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
  private static final int DIGITS = 8;

  private RunName() {}

  static Path of(final TrainConfig config) {
    final var time = LocalDateTime.now(ZoneId.systemDefault()).format(TIME);
    final var hash = config.hash().substring(0, DIGITS);
    return Path.of("runs", config.objective().name(), time + "-" + hash);
  }
}
