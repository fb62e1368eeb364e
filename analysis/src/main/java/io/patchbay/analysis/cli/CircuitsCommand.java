package io.patchbay.analysis.cli;

import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.CircuitQuestion;
import io.patchbay.analysis.study.CircuitStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
  private static final int SHOWN = 20;

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
        var shown = new Shown(output)) {
      seed.value();
      seed.say(output);
      final var study = CircuitStudy.of(new Scene(model, images, seed.value()), question, shown);
      shown.end();
      final var all = new LinkedHashMap<String, Object>();
      all.put("run", run.toString());
      all.putAll(study.numbers());
      all.put("version", Release.VERSION);
      final var file = folder(study).resolve("circuit.json");
      write(file, all);
      if (output.json()) {
        output.json(all);
      } else {
        print(study);
      }
      output.note(study.probe().sentence());
      output.note("circuit: " + file);
      return ExitCode.OK;
    }
  }

  private Path folder(final CircuitStudy study) {
    if (out != null) {
      return out;
    }
    final var folder = run.resolve("circuits").resolve(study.factor());
    return switch (part) {
      case DECODER -> folder;
      case ENCODER -> folder.resolve("encoder");
    };
  }

  private static void write(final Path file, final Map<String, Object> all) {
    final var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all);
    AtomicFiles.write(file, text + "\n");
  }

  private void print(final CircuitStudy study) {
    final var figures = study.figures();
    final var screen = study.found().screen();
    output
        .out()
        .printf(
            Locale.ROOT,
            "%s in the %s: %d of %d edges between %d units%n",
            study.factor(),
            part.name().toLowerCase(Locale.ROOT),
            study.circuit().graph().edges().size(),
            study.edges(),
            study.circuit().graph().nodes().size());
    row("faithfulness", figures.faithfulness());
    row("completeness (of the other edges)", figures.completeness());
    row("minimality: least loss of an edge", figures.smallest());
    row("edges whose loss is under 0.005", figures.idle());
    row("missed by the screen", screen.missedMass());
    output
        .out()
        .printf(
            Locale.ROOT,
            "found on %d pairs (faithfulness %.3f), measured on %d others; left out: %d and %d%n",
            study.discovery().pairs(),
            study.found().faithfulness(),
            figures.pairs(),
            study.discovery().dropped(),
            figures.dropped());
    printUnits(study);
    printEdges(study);
  }

  private void row(final String name, final Interval i) {
    final var text =
        String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", i.estimate(), i.low(), i.high());
    output.out().printf("%-36s%26s%7d%n", name, text, i.n());
  }

  private void printUnits(final CircuitStudy study) {
    final var perSite = new TreeMap<Integer, Integer>();
    final var names = new TreeMap<Integer, String>();
    for (final var node : study.circuit().graph().nodes()) {
      perSite.merge(node.layer(), 1, Integer::sum);
      names.put(node.layer(), node.site());
    }
    names.forEach(
        (layer, site) -> output.out().printf("%-36s%6d units%n", site, perSite.get(layer)));
  }

  /// The edges whose cut costs most.
  private void printEdges(final CircuitStudy study) {
    final var losses = study.figures().losses();
    final var nodes = study.circuit().graph().nodes();
    output.out().printf("%-52s%10s%n", "edge", "loss");
    IntStream.range(0, losses.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -losses[i]))
        .limit(SHOWN)
        .forEach(i -> {
          final var edge = study.circuit().graph().edges().get(i);
          output
              .out()
              .printf(
                  Locale.ROOT,
                  "%-52s%10.4f%n",
                  nodes.get(edge.from()).name() + " -> " + nodes.get(edge.to()).name(),
                  losses[i]);
        });
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
