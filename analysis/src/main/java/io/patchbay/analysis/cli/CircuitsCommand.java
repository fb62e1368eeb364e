package io.patchbay.analysis.cli;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.analysis.study.CircuitAsked;
import io.patchbay.analysis.study.CircuitQuestion;
import io.patchbay.analysis.study.CircuitStudy;
import io.patchbay.analysis.study.KeptRuns;
import io.patchbay.analysis.study.Scene;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `patchbay circuits`.
@Command(
    name = "circuits",
    description =
        "Find the edges between units that carry a factor, on pairs of inputs that differ in it"
            + " alone, and measure on other pairs how faithful, complete and minimal the circuit"
            + " of them is: a table, and circuit.json.",
    sortOptions = false)
final class CircuitsCommand implements Callable<Integer> {
  /// Folder of the runs of a search that is not finished.
  private static final String UNFINISHED = "unfinished";

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Option(
      names = "--factor",
      required = true,
      paramLabel = "F",
      description = "A factor of the data by name or number, or a variable of its generator.")
  private String factor = "";

  @Option(
      names = "--part",
      paramLabel = "PART",
      description =
          "decoder: from the latents to the image; encoder: from the image to the latents, before"
              + " a whole decoder. Default: decoder.")
  private CircuitPart part = CircuitPart.DECODER;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "Pairs of inputs to find the circuit on, and as many others to measure it on. Default:"
              + " 64.")
  private int pairs = 64;

  @Option(
      names = "--threshold",
      paramLabel = "SHARE",
      description =
          "Least faithfulness while edges are cut: the share of the read-out's change that the"
              + " circuit alone brings. Default: 0.9.")
  private double threshold = 0.9;

  @Option(
      names = "--top",
      paramLabel = "N",
      description =
          "Edges at the top of the gradient screen to measure exactly; the search begins with"
              + " these, or twice as many and so on until they are faithful together. Default:"
              + " 1024.")
  private int top = 1024;

  @Option(
      names = "--audit",
      paramLabel = "N",
      description =
          "Other edges, at random, that are measured to say what the screen missed. Default: 256.")
  private int audit = 256;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Points between the two inputs of a pair that the screen's gradient is averaged over; 0:"
              + " the first input alone. Default: 5.")
  private int steps = 5;

  @Option(names = "--data", paramLabel = "NAME", description = "Default: the run's own data.")
  private @Nullable String data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Default: RUN/circuits/FACTOR, and encoder in it for that part.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description =
          "Go on with a search that was stopped; one that is finished is shown, not made again.")
  private boolean resume;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  CircuitsCommand() {}

  @Override
  public Integer call() {
    final var question = new CircuitQuestion(factor, part, pairs, threshold, top, audit, steps);
    try (var backend = device.open(output);
        var model = TrainedVae.open(run, backend);
        var images = Datasets.of(System.getenv()).open(data == null ? model.data() : data);
        var stop = Interruption.listen(() -> output.interject("stopping; the runs are kept"))) {
      seed.value();
      seed.say(output);
      final var asked = CircuitAsked.of(new Scene(model, images, seed.value()), question);
      final var key = key(asked);
      final var folder = folder(asked.factor());
      final var file = folder.resolve(CircuitJson.FILE);
      if (resume && CircuitAsked.answered(file, key)) {
        KeptRuns.discard(folder.resolve(UNFINISHED));
        output.note("finished before: nothing was made again");
        show(JsonMapper.shared().readTree(file), asked, file);
        return ExitCode.OK;
      }
      try (var runs = KeptRuns.open(folder.resolve(UNFINISHED), text(key), resume, stop::asked)) {
        final var all = new LinkedHashMap<String, Object>();
        all.put("run", run.toString());
        all.putAll(study(asked, runs).numbers());
        all.put("version", Release.VERSION);
        all.put("asked", key);
        AtomicFiles.write(file, text(all));
        runs.discard();
        show(JsonMapper.shared().readTree(text(all)), asked, file);
        return ExitCode.OK;
      } catch (final CancellationException e) {
        output.note("stopped: --resume goes on");
        return ExitCode.INTERRUPTED;
      }
    }
  }

  /// All that a circuit depends on.
  static Map<String, Object> key(final CircuitAsked asked) {
    final var key = new LinkedHashMap<>(asked.numbers());
    key.put("version", Release.VERSION);
    return key;
  }

  private CircuitStudy study(final CircuitAsked asked, final RunLog runs) {
    try (var shown = new Shown(output)) {
      return asked.answer(shown, runs);
    }
  }

  private Path folder(final String name) {
    if (out != null) {
      return out;
    }
    final var folder = run.resolve("circuits").resolve(name);
    return switch (part) {
      case DECODER -> folder;
      case ENCODER -> folder.resolve("encoder");
    };
  }

  static String text(final Map<String, Object> all) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }

  private void show(final JsonNode circuit, final CircuitAsked asked, final Path file) {
    if (output.json()) {
      output.json(circuit);
    } else {
      new CircuitTable(output.out(), circuit).print();
    }
    output.note(asked.probe().sentence());
    output.note("circuit: " + file);
  }

  /// One progress line per part of the search.
  private static final class Shown implements CircuitSearch.Listener, AutoCloseable {
    private final OutputOptions output;
    private String part = "";
    private @Nullable Progress progress;

    Shown(final OutputOptions output) {
      this.output = output;
    }

    @Override
    public void at(final String now, final long done, final long total) {
      var line = progress;
      if (line == null || !now.equals(part)) {
        end();
        part = now;
        line = output.progress(now, now.equals("prune") ? "edges cut" : "edges");
        progress = line;
      }
      line.update(done, total, "");
    }

    void end() {
      if (progress != null) {
        progress.close();
        progress = null;
      }
    }

    @Override
    public void close() {
      end();
    }
  }
}
