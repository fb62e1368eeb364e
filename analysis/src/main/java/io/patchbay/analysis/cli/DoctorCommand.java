package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.Backends;
import io.patchbay.engine.BadSettingException;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `patchbay doctor`.
@Command(
    name = "doctor",
    description = "Say what this machine offers, and time one kernel.",
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  private static final ImageShape IMAGE = new ImageShape(1, 64, 64);
  private static final int ROWS = 64;
  private static final long TIMED_NANOS = 500_000_000L;
  private static final List<String> DRIVER_FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/lib/wsl/lib",
          "/usr/local/nvidia/lib64");

  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  DoctorCommand() {}

  /// One thing that was looked at.
  ///
  /// @param fine whether all that needs it works
  record Finding(String what, boolean fine, String text) {}

  @Override
  public Integer call() {
    final var settings = device.settings(output);
    final var findings = new ArrayList<Finding>();
    findings.add(jdk());
    for (final var provider : Backends.providers()) {
      findings.add(backend(provider, settings));
    }
    findings.add(new Finding("CUDA driver", true, cudaDriver(System.getenv())));
    findings.add(
        new Finding(
            "memory",
            true,
            new HostMemorySize(PhysicalMemory.bytes())
                + ", of which outside the heap "
                + device.memory()
                + ", heap "
                + new HostMemorySize(Runtime.getRuntime().maxMemory())));
    findings.add(new Finding("data root", true, dataRoot(System.getenv())));
    try (var backend = device.open(output)) {
      findings.add(new Finding("decode", true, timed(backend)));
    } catch (final BadSettingException e) {
      findings.add(new Finding("decode", false, String.valueOf(e.getMessage())));
    }
    if (output.json()) {
      output.json(findings);
    } else {
      findings.forEach(
          f -> output.out().printf("%-4s%-20s%s%n", f.fine() ? "ok" : "!!", f.what(), f.text()));
    }
    return ExitCode.OK;
  }

  private static Finding jdk() {
    final var reason = Release.unfit(Runtime.version());
    return new Finding(
        "JDK", reason.isEmpty(), Runtime.version() + reason.map(r -> ": " + r).orElse(""));
  }

  private static Finding backend(
      final BackendProvider provider, final BackendProvider.Settings settings) {
    final var name = "backend " + provider.name();
    final var reason = provider.unavailable();
    if (reason.isPresent()) {
      return new Finding(name, false, reason.get());
    }
    try (var backend = provider.open(settings)) {
      return new Finding(name, true, backend.device());
    } catch (final RuntimeException e) {
      // What a backend says when it does not open is what the user came here for.
      return new Finding(name, false, String.valueOf(e.getMessage()));
    }
  }

  /// The driver's library and version, found without loading it.
  static String cudaDriver(final Map<String, String> environment) {
    final var own = environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1);
    final var library =
        Stream.concat(Stream.of(own).filter(f -> !f.isBlank()), DRIVER_FOLDERS.stream())
            .map(folder -> Path.of(folder, "libcuda.so.1"))
            .filter(Files::exists)
            .findFirst();
    return library.map(Path::toString).orElse("no CUDA driver found");
  }

  static String dataRoot(final Map<String, String> environment) {
    final @Nullable String root =
        Stream.of("PATCHBAY_DATA", "DISENTANGLEMENT_LIB_DATA")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(folder -> !folder.isBlank())
            .findFirst()
            .orElse(null);
    if (root == null) {
      return "none (PATCHBAY_DATA is not set); built in: sprites, pendulum, flow";
    }
    if (!Files.isDirectory(Path.of(root))) {
      return root + ": no such folder";
    }
    try (var files = Files.list(Path.of(root))) {
      return root
          + ": "
          + files
              .map(f -> f.getFileName().toString())
              .sorted()
              .limit(10)
              .collect(Collectors.joining(", "));
    } catch (final IOException e) {
      return root + ": cannot be read";
    }
  }

  /// Decodes of the reference net for half a second.
  private static String timed(final Backend backend) {
    final var config = TrainConfig.defaults(Variant.VAE);
    try (var model = TrainedVae.untrained(config, IMAGE, backend);
        var representation = new Representation(model, ROWS)) {
      final var codes = new float[ROWS * config.latent()];
      representation.decode(codes);
      final long began = System.nanoTime();
      long decoded = 0;
      long nanos = 0;
      while (nanos < TIMED_NANOS) {
        representation.decode(codes);
        decoded += ROWS;
        nanos = System.nanoTime() - began;
      }
      return String.format(
          Locale.ROOT, "conv4, %,.0f images/s on %s", decoded * 1e9 / nanos, backend.device());
    }
  }
}
