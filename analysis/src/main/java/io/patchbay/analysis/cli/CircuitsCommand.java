package io.patchbay.analysis.cli;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.analysis.study.CircuitAsked;
import io.patchbay.analysis.study.CircuitQuestion;
import io.patchbay.analysis.study.CircuitStudy;
import io.patchbay.analysis.study.KeptRuns;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

  @Mixin private final DataOption data = new DataOption();

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

  @Mixin private final RunOptions run = new RunOptions();

  CircuitsCommand() {}

  @Override
  public Integer call() {
    final var question = new CircuitQuestion(factor, part, pairs, threshold, top, audit, steps);
    return run.ask(data.name(), opened -> answer(opened, question));
  }

  private int answer(final RunOptions.Opened opened, final CircuitQuestion question) {
    final var output = run.output();
    try (var stop = Interruption.listen(() -> output.interject("stopping; the runs are kept"))) {
      final var asked = CircuitAsked.of(opened.scene(), question);
      final var key = key(asked);
      final var folder = folder(asked.factor());
      final var file = folder.resolve(CircuitJson.FILE);
      if (resume && CircuitAsked.answered(file, key)) {
        KeptRuns.discard(folder.resolve(UNFINISHED));
        output.note("finished before: nothing was made again");
        show(JsonMapper.shared().readTree(file), asked, file);
        return ExitCode.OK;
      }
      final var kept = folder.resolve(UNFINISHED);
      try (var runs = KeptRuns.open(kept, JsonText.of(key), resume, stop::asked)) {
        final var all = new LinkedHashMap<String, Object>();
        all.put("run", run.run().toString());
        all.putAll(study(asked, runs).numbers());
        all.put("version", Release.VERSION);
        all.put("asked", key);
        JsonText.write(file, all);
        runs.discard();
        show(JsonMapper.shared().readTree(file), asked, file);
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
    try (var lines = new ProgressLines(run.output())) {
      return asked.answer(
          (what, done, all) ->
              lines.update(what, what.equals("prune") ? "edges cut" : "edges", done, all),
          runs);
    }
  }

  private Path folder(final String name) {
    final var folder = "circuits/" + name;
    return switch (part) {
      case DECODER -> run.folder(out, folder);
      case ENCODER -> run.folder(out, folder + "/encoder");
    };
  }

  private void show(final JsonNode circuit, final CircuitAsked asked, final Path file) {
    final var output = run.output();
    run.show(circuit, () -> new CircuitTable(output.out(), circuit).print());
    output.note(asked.probe().sentence());
    output.note("circuit: " + file);
  }
}
