package io.patchbay.analysis.study;

import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.semantics.CarriedEffects;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What each unit of a model means: its effects on the factors behind the images, the label that
/// follows from them, and how far labels from half the inputs agree with those from all.
///
/// @param readOut effects by probes of the image, see
///   [io.patchbay.analysis.semantics.CarriedEffects]; empty when not asked for
/// @param oracle effects by the oracle of the renderer; empty when not asked for
/// @param encoding G: how far the mean of each latent moves, in its standard deviations, when one
///   factor is re-rendered with the others held
/// @param changes what the effects of the read-out come from
/// @param imageEffects the mean L2 norm of the change of the image, per unit, over the interchanges
///   of the read-out, or of the oracle where there is no read-out; n is the number of base inputs
public record UnitStudy(
    Scene scene,
    UnitQuestion question,
    UnitSites sites,
    ReadFactors factors,
    Optional<MeasuredEffects> readOut,
    Optional<MeasuredEffects> oracle,
    FactorEffect encoding,
    Optional<UnitChanges> changes,
    List<Interval> imageEffects,
    List<GuardRun> guards) {
  private static final int CODES = 1000;
  private static final int CONTROL_INPUTS = 4;

  /// Hears what a study does.
  public interface Listener {
    /// Something new begins.
    void doing(String what);

    /// So many interchanges are done.
    void cells(long done, long all);
  }

  /// A study that keeps nothing and is never stopped.
  ///
  /// @throws BadInputException when the model or the data lack what is asked for
  public static UnitStudy of(
      final Scene scene, final UnitQuestion question, final Listener listener) {
    return of(scene, question, UnitParts.none(), listener)
        .orElseThrow(() -> new IllegalStateException("a study stopped that nothing stops"));
  }

  /// @param parts keeps what is finished
  /// @return empty when the parts are to stop
  /// @throws BadInputException when the model or the data lack what is asked for, or the parts are
  ///   those of another study
  public static Optional<UnitStudy> of(
      final Scene scene,
      final UnitQuestion question,
      final UnitParts parts,
      final Listener listener) {
    question.check();
    if (scene.data().factors().isEmpty()) {
      throw new BadInputException(
          scene.data().name(),
          "factors",
          "a data set without factors",
          "one with a factor grid or a generator");
    }
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
    final var sites = UnitSites.of(graph, question.sites());
    final var counterfactuals = Counterfactuals.of(scene.data());
    final var names = ReadFactors.names(scene.data(), counterfactuals, question);
    listener.doing("probes");
    final var factors = ReadFactors.of(scene, names, question.estimator());
    final int size = scene.imageSize();
    final var norms = new ImageEffects(sites.units(), question.inputs(), size);
    final var resampled = new ImageEffects(sites.units(), question.oracleInputs(), size);
    final var pairs =
        factors.used().isEmpty()
            ? Optional.<FactorPairs>empty()
            : Optional.of(pairs(scene, counterfactuals, factors, question));
    // Random sources tell which units are inactive, also where their factors are not asked about.
    final var renderer =
        new OracleCells(
            scene, counterfactuals, factors.indices(counterfactuals), question.oracleInputs());
    parts.begin(UnitPlan.of(scene, question, factors));
    final long paired = pairs.map(p -> (long) p.values().length).orElse(0L);
    listener.doing("controls");
    final var guards = guards(scene, sites, paired, renderer.inputs());
    listener.doing("interchanges");
    final var progress =
        new UnitProgress(listener, guards.stream().mapToLong(GuardRun::cells).sum());
    final var changes =
        pairs.flatMap(p -> UnitChanges.of(sites, p, factors.used(), parts, norms, progress));
    if (changes.isEmpty() && pairs.isPresent()) {
      return Optional.empty();
    }
    final var cells = renderer.run(sites, parts, resampled, progress);
    final var encoding = cells.flatMap(_ -> encoding(scene, question, parts));
    if (encoding.isEmpty()) {
      return Optional.empty();
    }
    final var moves = new boolean[sites.units()];
    final var fewer = new boolean[moves.length];
    final int inputs = question.inputs();
    final int oracle = question.oracleInputs();
    for (int u = 0; u < moves.length; u++) {
      moves[u] = norms.moves(u, inputs) || resampled.moves(u, oracle);
      fewer[u] = norms.moves(u, inputs / 2) || resampled.moves(u, oracle / 2);
    }
    listener.doing("intervals and tests");
    final var bootstrap = Bootstrap.standard(scene.seed());
    final var settings = new MeasuredEffects.Settings(question, moves, fewer, bootstrap);
    return Optional.of(
        new UnitStudy(
            scene,
            question,
            sites,
            factors,
            changes.map(c -> MeasuredEffects.readOut(c, settings)),
            question.asksOracle()
                ? cells.map(c -> MeasuredEffects.oracle(factors.names(), c, settings))
                : Optional.empty(),
            FactorEffect.of(encoding.get(), bootstrap, settings.test()),
            changes,
            (changes.isPresent() ? norms : resampled).means(bootstrap),
            guards));
  }

  private static FactorPairs pairs(
      final Scene scene,
      final Counterfactuals counterfactuals,
      final ReadFactors factors,
      final UnitQuestion question) {
    final int count = question.inputs();
    final var pairs =
        FactorPairs.of(scene, counterfactuals, factors.used(), count, question.pairs());
    for (int k = 0; k < factors.used().size(); k++) {
      final var name = factors.used().get(k).factor();
      final var none = Matrix.ofRows(new double[pairs.pairsOf(k)][1]);
      final var all = pairs.changes(k, name, none);
      // Of both halves too, which labels and units are compared on.
      if (!CarriedEffects.identified(all.within(0, count / 2))
          || !CarriedEffects.identified(all.within(count / 2, count))) {
        throw new BadInputException(
            "--inputs", "value", count + ", too few pairs that differ in " + name, "more inputs");
      }
    }
    return pairs;
  }

  /// The control rows of every site; one that fails ends the study.
  ///
  /// @param paired interchanges of every unit, and of the whole site, by the read-out
  /// @param compared interchanges of every unit by the oracle
  private static List<GuardRun> guards(
      final Scene scene, final UnitSites sites, final long paired, final long compared) {
    final var rows = scene.rows(CONTROL_INPUTS);
    final var images = scene.images(rows);
    final var guards = new ArrayList<GuardRun>();
    for (final var site : sites.sites()) {
      final long cells = paired * (site.channels() + 1) + compared * site.channels();
      final var guard = Controls.of(scene.subject(), site, images, rows.length, cells);
      Controls.require(guard);
      guards.add(guard);
    }
    return guards;
  }

  private static Optional<FactorCells> encoding(
      final Scene scene, final UnitQuestion question, final UnitParts parts) {
    final int latents = scene.model().vae().latent();
    final int factors = Counterfactuals.of(scene.data()).names().size();
    final int inputs = question.oracleInputs();
    return parts
        .part(
            "encoding",
            Math.multiplyExact(inputs, latents * factors),
            () -> encoding(scene, inputs).table().values())
        .map(table -> {
          final var cells = new FactorCells(latents, factors, inputs);
          for (int i = 0; i < table.length; i++) {
            cells.add(i / factors % latents, i % factors, i / factors / latents, table[i]);
          }
          return cells;
        });
  }

  private static FactorCells encoding(final Scene scene, final int inputs) {
    final var sample = scene.rows(CODES);
    try (var representation = new Representation(scene.model())) {
      final var codes = representation.encode(scene.data(), sample);
      final int latents = scene.model().vae().latent();
      return EncodingStudy.of(
          scene, scene.rows(inputs), Matrix.of(codes.mu(), sample.length, latents));
    }
  }

  /// The estimator that the labels come from: the read-out, or where there is none the oracle.
  public MeasuredEffects measured() {
    return readOut
        .or(() -> oracle)
        .orElseThrow(() -> new IllegalStateException("no estimator was asked"));
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    return UnitFigures.of(this);
  }

  /// Writes `units.json`.
  ///
  /// @param numbers with what else the file is to say
  public static void write(final Path folder, final Map<String, Object> numbers) {
    final var text = JsonMapper.shared().writeValueAsString(numbers);
    AtomicFiles.write(folder.resolve("units.json"), text + "\n");
  }
}
