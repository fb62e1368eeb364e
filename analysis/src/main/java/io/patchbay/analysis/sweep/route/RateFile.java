package io.patchbay.analysis.sweep.route;

import io.patchbay.engine.Backend;
import io.patchbay.vae.data.CacheFolder;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.train.Environment;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The rates of one backend on one machine, kept in the user's cache. A file that is damaged, or
/// that another machine, device or build of Patchbay left, is as good as none.
///
/// @param key what the rates depend on, as [Environment] names it: the build, the device with its
///   instruction set and threads, the processor
record RateFile(Path path, Map<String, String> key) {
  private static final String KEY = "of";
  private static final String RATES = "nanoseconds";

  RateFile {
    key = Map.copyOf(key);
  }

  static RateFile standard(final Backend backend) {
    return in(CacheFolder.of(System.getenv()).folder("rates"), Environment.of(backend));
  }

  /// @param environment of the backend, see [Environment#of]
  static RateFile in(final Path folder, final Map<String, String> environment) {
    final var key = new LinkedHashMap<String, String>();
    for (final var name : new String[] {"commit", "backend", "device", "cpu", "processors"}) {
      key.put(name, environment.getOrDefault(name, ""));
    }
    return new RateFile(folder.resolve(CacheFolder.key(key.values()) + ".json"), key);
  }

  /// What the file holds, if that is all of what is asked for; else with it what is measured now,
  /// all of which the file then holds if it can be written.
  ///
  /// @param measured takes what is known and gives at least what is asked for besides
  Map<Work, Double> get(final Set<Work> kinds, final UnaryOperator<Map<Work, Double>> measured) {
    final var known = read();
    if (known.keySet().containsAll(kinds)) {
      return known;
    }
    final var rates = new EnumMap<Work, Double>(Work.class);
    rates.putAll(measured.apply(known));
    rates.putAll(known);
    write(rates);
    return rates;
  }

  /// Nothing where there is no such file, or something in it is wrong.
  Map<Work, Double> read() {
    if (!Files.isRegularFile(path)) {
      return Map.of();
    }
    try {
      final var file = JsonMapper.shared().readTree(Files.readString(path));
      if (!file.path(KEY).equals(JsonMapper.shared().valueToTree(key))) {
        return Map.of();
      }
      final var rates = new EnumMap<Work, Double>(Work.class);
      for (final var rate : file.path(RATES).properties()) {
        final var work = Arrays.stream(Work.values()).filter(w -> w.name().equals(rate.getKey()));
        if (!rate.getValue().isNumber() || !MachineRates.isRate(rate.getValue().doubleValue())) {
          return Map.of();
        }
        rates.put(work.findFirst().orElseThrow(), rate.getValue().doubleValue());
      }
      return rates;
    } catch (final IOException | JacksonException | NoSuchElementException _) {
      return Map.of();
    }
  }

  private void write(final Map<Work, Double> rates) {
    final var text = new StringWriter();
    // Token by token, which loads the least code.
    try (var json = JsonMapper.shared().writerWithDefaultPrettyPrinter().createGenerator(text)) {
      json.writeStartObject();
      json.writeObjectPropertyStart(KEY);
      key.forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeObjectPropertyStart(RATES);
      new TreeMap<>(rates).forEach((work, rate) -> json.writeNumberProperty(work.name(), rate));
      json.writeEndObject();
      json.writeEndObject();
    }
    try {
      final var owner = PosixFilePermissions.fromString("rwx------");
      Files.createDirectories(
          path.toAbsolutePath().getParent(), PosixFilePermissions.asFileAttribute(owner));
      AtomicFiles.write(path, text + "\n");
    } catch (final IOException | UncheckedIOException _) {
      // Measured again next time: a cache that cannot be written stops nobody.
    }
  }
}
