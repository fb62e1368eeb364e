package io.patchbay.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// The same net in PyTorch, by a script that is run with Python: `torch_vae.json` and what it
/// printed, `torch_vae.log`.
final class TorchPeer implements Section {
  static final String NAME = "torch";
  private static final String SCRIPT = "torch_vae.py";
  private static final int GRACE = 20;
  private static final int QUICK = 100;

  /// How far effects of the same inputs may be from PyTorch's in float64, each relative to itself.
  private static final double SAME = 1e-4;

  private final int seconds;

  /// @param seconds its budget
  TorchPeer(final int seconds) {
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int seconds() {
    return seconds + GRACE;
  }

  @Override
  public boolean runsHere() {
    return true;
  }

  @Override
  public Map<String, Object> run(final Bench bench) throws IOException, InterruptedException {
    final var script = Files.createTempFile("patchbay", ".py");
    try (var in = TorchPeer.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + SCRIPT);
      }
      Files.write(script, in.readAllBytes());
    }
    final var target = bench.out().resolve("torch_vae.json");
    Files.deleteIfExists(target);
    final int budget = (int) Math.min(seconds, bench.left() - GRACE / 2.0);
    final var command =
        new ArrayList<>(
            List.of(
                bench.options().python(),
                script.toString(),
                "--out",
                target.toString(),
                "--seconds",
                Integer.toString(budget)));
    weights(bench)
        .ifPresent(file -> {
          command.add("--weights");
          command.add(file.toString());
        });
    final var inputs = bench.out().resolve(SameInputs.FILE);
    if (Files.isRegularFile(inputs)) {
      command.addAll(List.of("--inputs", inputs.toString()));
    }
    if (budget < QUICK) {
      command.add("--quick");
    }
    if (!bench.options().device().startsWith("cuda")) {
      command.addAll(List.of("--device", "cpu", "--pool", "16", "--no-compile"));
    }
    final var log = bench.out().resolve("torch_vae.log").toFile();
    Files.deleteIfExists(log.toPath());
    final var result = new LinkedHashMap<String, Object>();
    result.put("command", String.join(" ", command));
    try {
      if (ChildJvm.run(List.of(bench.options().python(), "-c", "import torch"), GRACE, log) == 0) {
        final int status = ChildJvm.run(command, bench.left(), log);
        result.put("status", status);
        result.put("passed", status == 0);
        result.put("not_ended", notEnded(measured(bench.out())));
        compare(bench, result);
      } else {
        result.put(
            "skipped", "no PyTorch in " + bench.options().python() + ", see " + log.getName());
      }
    } catch (final IOException e) {
      result.put("skipped", "no such program: " + e.getMessage());
    }
    Files.deleteIfExists(script);
    result.put("file", Files.exists(target) ? target.getFileName().toString() : "none");
    return result;
  }

  /// Sections of the script that failed or had no time.
  private static List<String> notEnded(final Map<String, Object> torch) {
    final var names = new ArrayList<String>();
    if (torch.get("sections") instanceof final List<?> sections) {
      for (final var each : sections) {
        if (each instanceof final Map<?, ?> section && !"done".equals(section.get("status"))) {
          names.add(section.get("name") + ": " + section.get("status"));
        }
      }
    }
    return names;
  }

  /// Our effects of the inputs that both sides had must be those of PyTorch's float64.
  private static void compare(final Bench bench, final Map<String, Object> result)
      throws IOException {
    if (bench.earlier().get(ModelSection.NAME) instanceof final Map<?, ?> model) {
      final var apart = SameInputs.differences(model, measured(bench.out()));
      result.put("same_inputs", apart);
      final double ours = apart.getOrDefault(SameInputs.OURS, 0.0);
      if (!(ours <= SAME)) {
        result.put("passed", false);
        result.put(
            "list", List.of("effects of the same inputs: error=" + ours + ", tolerance=" + SAME));
      }
    }
  }

  private static Optional<Path> weights(final Bench bench) {
    return Optional.ofNullable(bench.earlier().get(ModelSection.NAME))
        .filter(Map.class::isInstance)
        .map(result -> String.valueOf(((Map<?, ?>) result).get("folder")))
        .map(folder -> Path.of(folder, "model.safetensors"))
        .filter(Files::isRegularFile);
  }

  /// What the script measured; empty without its file.
  static Map<String, Object> measured(final Path out) throws IOException {
    final var file = out.resolve("torch_vae.json");
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    final var measured = new LinkedHashMap<String, Object>();
    final Map<?, ?> read = JsonMapper.shared().readValue(Files.readString(file), Map.class);
    read.forEach((key, value) -> measured.put(String.valueOf(key), value));
    return measured;
  }
}
