package io.patchbay.analysis.cli;

import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.PlanFile;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Precision;
import io.patchbay.vae.data.Datasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay sweep`.
@Command(
    name = "sweep",
    description =
        "Intervene on every chosen unit of a site, on many inputs, and write the effects as a"
            + " tensor. Resumable; control rows run first.",
    sortOptions = false)
final class SweepCommand implements Callable<Integer> {
  /// What a plan from a file has itself.
  private static final List<String> CHOICES =
      List.of(
          "--site",
          "--units",
          "--op",
          "--values",
          "--sources",
          "--sources-from",
          "--draws",
          "--inputs",
          "--metric",
          "--precision",
          "--seed");

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "All choices from a JSON file, as plan.json of an earlier sweep has them.")
  private @Nullable Path planFile;

  @Option(
      names = "--explain",
      description =
          "Print the ways to compute the cells, what each is predicted to take and took of a"
              + " sample, and what runs per input and per cell; write nothing.")
  private boolean explain;

  @Option(
      names = "--site",
      paramLabel = "S",
      description =
          "See `sites RUN`. Given several times, one intervention changes all of them: --units"
              + " follow in the same order, and --op likewise or once for all; every combination of"
              + " their units is a cell.")
  private List<String> sites = new ArrayList<>();

  @Option(
      names = "--units",
      paramLabel = "U",
      description =
          "all (the whole site as one), channels, elements, numbers such as 0-7,12, several as one"
              + " such as 0+3, rect:Y:X:HxW, grid:HxW/STEP. Default: channels.")
  private List<String> units = new ArrayList<>();

  @Option(
      names = "--op",
      paramLabel = "OP",
      description =
          "set, add, scale, clamp, sign-flip, zero, mean, marginal-resample, posterior-resample,"
              + " noise, interchange; beside another site: hold (at the base's value); on the input"
              + " also brightness (added), blur (sd in pixels), translate-x, translate-y (pixels),"
              + " rotate (degrees), factor:NAME (rendered anew with a generative factor at the"
              + " value, all others held), do:NAME (the others follow their mechanisms). An op of"
              + " your own: 'expr:clean + 0.5 * (source - clean)', or with a name and parameters"
              + " 'expr:blend(alpha=0.5) = clean + alpha * (source - clean)'. It may read clean,"
              + " source, mean, value (one of --values), unit, channel, row, column, random"
              + " (uniform, by input, draw and unit) and has + - * / ^, < <= > >= == !=, c ? a : b,"
              + " min max abs exp log sqrt tanh sigmoid floor clamp(x, low, high). The projection"
              + " on directions from another input: subspace:pca:K (principal components of the"
              + " site) or subspace:FILE.npy[:K] (rows at right angles); --units are then"
              + " directions.")
  private List<String> ops = new ArrayList<>();

  @Option(
      names = "--values",
      split = ",",
      paramLabel = "V",
      description =
          "Numbers for an operation that takes one. Default for set at latent.z: -3 to 3 in 7"
              + " steps.")
  private List<Double> values = new ArrayList<>();

  @Option(names = "--sources", paramLabel = "K", description = "Sources per base. Default: 1.")
  private int sources = 1;

  @Option(
      names = "--sources-from",
      paramLabel = "P",
      description =
          "Where sources are drawn from: data (all inputs), or inputs (the sweep's own, whose"
              + " activations are computed once). Default: data.")
  private String pool = "data";

  @Option(
      names = "--draws",
      paramLabel = "N",
      description = "Draws of the codes' noise; 0 takes their means. Default: 0.")
  private int draws;

  @Option(names = "--inputs", paramLabel = "N", description = "Base inputs. Default: 64.")
  private int inputs = 64;

  @Option(
      names = "--metric",
      paramLabel = "M",
      description =
          "l2, l1 (of the image), mu, site:NAME, or factor:K (what a probe trained on clean"
              + " reconstructions reads of it, in its standard deviations). Default: l2.")
  private String metric = "l2";

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "fp32, or what the device has beside it for the products that carry a change to the image"
              + " or to mu: tf32 and bf16 on cuda, bf16 on processors that multiply it. Default:"
              + " fp32.")
  private String precision = Precision.FP32.label();

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "Default: that of --plan where it says it, else the run's own data.")
  private @Nullable String data;

  @Option(names = "--out", paramLabel = "DIR", description = "Default: RUN/sweep.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Go on with a sweep that was stopped.")
  private boolean resume;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final SeveralDeviceOptions devices = new SeveralDeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  SweepCommand() {}

  @Override
  public Integer call() {
    final var file = planFile == null ? null : plan(planFile);
    final var plan = file == null ? plan() : file.plan();
    final var folder = out == null ? run.resolve("sweep") : out;
    try (var models = ModelCopies.open(run, devices.open(output));
        var images = Datasets.of(System.getenv()).open(opened(source(file, models), models));
        var stop = Interruption.listen(() -> output.note("stopping after this input"))) {
      if (planFile == null) {
        seed.say(output);
      }
      final var subjects = models.subjects();
      final var sweep =
          new Sweep(
              subjects.getFirst(),
              images,
              source(file, models),
              plan,
              folder,
              Optional.ofNullable(file).flatMap(PlanFile::route),
              Optional.ofNullable(file).flatMap(PlanFile::ladder));
      if (explain) {
        output.out().println(sweep.explain());
        return ExitCode.OK;
      }
      sweep.own().ifPresent(form -> output.note("ops of one's own: " + form + took(form)));
      final Sweep.Result result;
      try (var progress = output.progress("sweep", "cells")) {
        result =
            sweep.run(
                resume,
                subjects.subList(1, subjects.size()),
                (done, all) -> progress.update(done, all, ""),
                stop::asked);
      } catch (final DeviceMemoryException e) {
        throw e.advising("what was computed is kept, --resume goes on where there is more");
      }
      if (result.interrupted()) {
        output.note("stopped: --resume goes on");
        return ExitCode.INTERRUPTED;
      }
      print(result, sweep.own(), folder);
      return result.failed().count() > 0 ? ExitCode.FAILED_CELLS : ExitCode.OK;
    }
  }

  /// What is to be waited for before the first cell.
  private static String took(final PatchForm form) {
    return form.how().startsWith("compiled") ? ", a new one in some seconds" : "";
  }

  private PlanFile plan(final Path file) {
    for (final var option : CHOICES) {
      if (output.given(option)) {
        throw output.wrong("--plan: found " + option + " beside it, expected all choices in one");
      }
    }
    return PlanFile.read(file);
  }

  /// The data, by the name that the folder keeps.
  private String source(final @Nullable PlanFile file, final ModelCopies models) {
    if (data != null) {
      return data;
    }
    return Optional.ofNullable(file).flatMap(PlanFile::data).orElse(models.first().config().data());
  }

  /// A run keeps its own causal world, wherever it was copied from.
  private static String opened(final String source, final ModelCopies models) {
    final var model = models.first();
    return source.equals(model.config().data()) ? model.data() : source;
  }

  private SweepPlan plan() {
    if (sites.isEmpty() || ops.isEmpty()) {
      throw output.wrong("--site and --op: found none, expected both, or --plan FILE");
    }
    final var places = new ArrayList<Place>();
    for (int i = 0; i < sites.size(); i++) {
      places.add(
          new Place(sites.get(i), each("--units", units, "channels", i), each("--op", ops, "", i)));
    }
    final boolean grid =
        places.stream().anyMatch(p -> p.op().equals("set") && p.site().equals("latent.z"));
    return new SweepPlan(
        places,
        values.isEmpty() && grid ? SweepPlan.GRID : values,
        sources,
        draws,
        inputs,
        metric,
        seed.value(),
        pool(),
        precision());
  }

  private Precision precision() {
    return Precision.of(precision)
        .orElseThrow(() ->
            output.wrong(
                "--precision: found " + precision + ", expected one of " + Precision.labels()));
  }

  private SweepPlan.Pool pool() {
    return switch (pool) {
      case "data" -> SweepPlan.Pool.DATA;
      case "inputs" -> SweepPlan.Pool.INPUTS;
      default -> throw output.wrong("--sources-from: found " + pool + ", expected data or inputs");
    };
  }

  /// The value of an option for the site at `index`: its own, or the one for all.
  private String each(
      final String option, final List<String> given, final String standard, final int index) {
    if (given.size() > 1 && given.size() != sites.size()) {
      throw output.wrong(
          option
              + ": found "
              + given.size()
              + " of them, expected one, or one for each of "
              + sites.size()
              + " sites");
    }
    return given.isEmpty() ? standard : given.get(given.size() == 1 ? 0 : index);
  }

  private void print(final Sweep.Result result, final Optional<PatchForm> own, final Path folder) {
    final var intervals = intervals(result);
    if (output.json()) {
      output.json(numbers(result, own, intervals));
    } else {
      output.out().println("unit       effect  95 % interval");
      for (int u = 0; u < result.units().size(); u++) {
        final var i = intervals.get(u);
        final var name = String.format(Locale.ROOT, "%-8s  ", result.units().get(u).name());
        output
            .out()
            .println(
                name
                    + i.map(SweepCommand::text)
                        .orElse("      -  not finite in " + result.failed().perUnit().get(u)));
      }
    }
    final var account = result.account();
    result.probe().ifPresent(probe -> output.note(probe.sentence()));
    output.note(
        String.format(
            Locale.ROOT,
            "cells: %d = %d computed + %d deduplicated + %d proved zero; controls passed: %d",
            account.cells(),
            account.computed(),
            account.deduplicated(),
            account.provedZero(),
            result.controls().size()));
    if (account.again() > 0) {
      output.note(
          "computed again: " + account.again() + " cells whose effect is small, more exactly");
    }
    final var pace = result.pace();
    if (pace.cells() > 0) {
      final double seconds = pace.nanos() / 1e9;
      output.note(
          String.format(
              Locale.ROOT,
              "took: %.2f s for %d cells, %.0f a second",
              seconds,
              pace.cells(),
              pace.cells() / seconds));
    }
    if (result.failed().count() > 0) {
      output.note(
          "failed: "
              + result.failed().count()
              + " cells have no finite effect, the first: "
              + result.failed().first().getFirst()
              + "; see "
              + folder.resolve("failed.json"));
    }
    output.note("effects: " + folder.resolve("effects.npy"));
  }

  /// The figure of each unit; empty where a cell of it failed.
  private static List<Optional<Interval>> intervals(final Sweep.Result result) {
    final var intervals = new ArrayList<Optional<Interval>>();
    int whole = 0;
    for (final long failed : result.failed().perUnit()) {
      intervals.add(
          failed > 0
              ? Optional.empty()
              : Optional.of(result.strength().getFirst().units().get(whole++)));
    }
    return intervals;
  }

  private static String text(final Interval i) {
    return String.format(Locale.ROOT, "%7.4f  [%.4f, %.4f]", i.estimate(), i.low(), i.high());
  }

  private static Map<String, Object> numbers(
      final Sweep.Result result,
      final Optional<PatchForm> own,
      final List<Optional<Interval>> intervals) {
    final var rows = new ArrayList<Map<String, Object>>();
    for (int u = 0; u < intervals.size(); u++) {
      final var interval = intervals.get(u);
      final var row = new LinkedHashMap<String, Object>();
      row.put("unit", result.units().get(u).name());
      row.put("effect", interval.map(Interval::estimate).orElse(null));
      row.put("low", interval.map(Interval::low).filter(Double::isFinite).orElse(null));
      row.put("high", interval.map(Interval::high).filter(Double::isFinite).orElse(null));
      row.put("failed", result.failed().perUnit().get(u));
      rows.add(row);
    }
    final var account = result.account();
    final var all = new LinkedHashMap<String, Object>();
    all.put("cells", result.cells());
    all.put("computed", account.computed());
    all.put("deduplicated", account.deduplicated());
    all.put("proved_zero", account.provedZero());
    all.put("computed_again", account.again());
    all.put("failed", result.failed().count());
    own.ifPresent(form -> all.put("own_ops", form.how()));
    result.probe().ifPresent(probe -> all.put("probe", probe.numbers()));
    all.put(
        "mean_effect",
        result.strength().stream().findFirst().map(s -> s.model().estimate()).orElse(null));
    all.put("units", rows);
    return all;
  }
}
