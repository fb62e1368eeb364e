package io.patchbay.analysis.study;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.analysis.causal.GraphLearner;
import io.patchbay.analysis.causal.GraphScores;
import io.patchbay.analysis.causal.LatentAssignment;
import io.patchbay.analysis.causal.LearnedGraph;
import io.patchbay.analysis.causal.ScoreIntervals;
import io.patchbay.analysis.causal.ShuffledFactors;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.PermutationTest;
import io.patchbay.analysis.statistics.SignFlipTest;
import io.patchbay.engine.Axis;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Codes;
import io.patchbay.vae.train.Representation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The causal graph of factors that a model's latents carry, learned from interventions, beside the
/// true one where it is known. Definitions: [GraphLearner], [LatentAssignment], [FactorReadOuts].
///
/// Base inputs are held-out ones that obey the mechanisms of the data, different ones in an order
/// drawn by the seed; all inputs where the run held none out.
///
/// @param heldOut whether the base inputs were held out
/// @param active per latent, whether it carries anything: KL of at least 0.01 nats
/// @param g what each factor does to each latent when it is re-rendered alone; rows are latents
/// @param truth the graph of the generator; empty without one
/// @param scores of the learned graph; empty without a truth, or when nothing can be claimed
/// @param intervals of these scores
/// @param latentsShuffled these scores when other latents stand for each factor
/// @param namesShuffled these scores when the graph's factors change names
/// @param guard control rows at the latents, and the cells that were run
public record GraphStudy(
    GraphQuestion question,
    String data,
    long seed,
    String device,
    boolean heldOut,
    List<String> names,
    List<Boolean> active,
    FactorEffect g,
    LatentAssignment assignment,
    List<FactorRead> probes,
    LearnedGraph learned,
    Optional<CausalGraph> truth,
    Optional<GraphScores> scores,
    Optional<ScoreIntervals> intervals,
    Optional<ShuffledFactors> latentsShuffled,
    Optional<ShuffledFactors> namesShuffled,
    GuardRun guard) {
  private static final int CODES = 1000;
  private static final int DRAWS = 4999;
  private static final int CONTROLS = 4;

  // What takes about as long as so many shuffles.
  private static final int PROBES = 25;
  private static final int LATENTS = 15;
  private static final int EFFECTS = 10;

  /// Hears how far the work is.
  @FunctionalInterface
  public interface Listener {
    void at(String what, long done, long total);
  }

  /// @param scene the model, and the data of its training
  /// @throws BadInputException when the data's factors are unknown, or its inputs too few
  public static GraphStudy of(
      final Scene scene, final GraphQuestion question, final Listener listener) {
    final var scenes = FactorScenes.of(scene.data());
    final var rows = bases(scene, scenes, question.inputs());
    final long before = (long) PROBES + LATENTS + EFFECTS;
    final long total = before + (scenes.truth().isPresent() ? question.shuffles() : 0);
    final var bootstrap = Bootstrap.standard(scene.seed());
    listener.at("probes", 0, total);
    final FactorReadOuts readOuts;
    try (var reconstructions = Reconstructions.OfModel.open(scene.model())) {
      readOuts = FactorReadOuts.train(reconstructions, scenes, scene.seed());
    }
    listener.at("factors to latents", PROBES, total);
    final var codes = codes(scene);
    final int d = codes.d();
    final var mu = Matrix.of(codes.mu(), codes.n(), d);
    final var logvar = Matrix.of(codes.logvar(), codes.n(), d);
    final var active = GaussianKl.of(mu, logvar, bootstrap).active(GaussianKl.ACTIVE);
    final var g =
        FactorEffect.of(
            EncodingStudy.of(scene, rows, mu, scenes.counterfactuals()),
            bootstrap,
            new PermutationTest(DRAWS, scene.seed()));
    final var assignment = LatentAssignment.byLargest(g, active);
    listener.at("factors to factors", PROBES + LATENTS, total);
    final int factors = scenes.names().size();
    try (var interchanges = new LatentInterchanges(scene, scenes, readOuts, rows)) {
      final var learner =
          new GraphLearner(
              factors,
              readOuts.usable(),
              interchanges,
              question.threshold(),
              question.rate(),
              new SignFlipTest(DRAWS, scene.seed()),
              bootstrap);
      final var learned = learner.learn(assignment);
      final var truth = scenes.truth();
      final var known = truth.filter(_ -> learned.claimed().size() > 1);
      final var scores = known.map(learned::scores);
      listener.at("resampled inputs", before, total);
      final var intervals =
          scores.flatMap(observed ->
              known.map(graph ->
                  ScoreIntervals.of(learner, assignment, graph, observed, rows.length, bootstrap)));
      listener.at("shuffled factors", before, total);
      final var latents =
          known.map(graph ->
              ShuffledFactors.ofLatents(
                  learner,
                  assignment,
                  graph,
                  question.shuffles(),
                  scene.seed(),
                  done -> listener.at("shuffled factors", before + done, total)));
      final var renamed =
          known.map(
              graph -> ShuffledFactors.ofNames(learned, graph, question.shuffles(), scene.seed()));
      return new GraphStudy(
          question,
          scene.data().name(),
          scene.seed(),
          scene.model().backend().device(),
          scene.model().config().heldOut() > 0,
          scenes.names(),
          flags(active),
          g,
          assignment,
          readOuts.factors(),
          learned,
          truth,
          scores,
          intervals,
          latents,
          renamed,
          guard(scene, rows, interchanges.cells()));
    }
  }

  /// Different inputs that obey the mechanisms, held out where the run held some out.
  private static long[] bases(final Scene scene, final FactorScenes scenes, final int count) {
    final var rows = scene.model().config().heldOutRows(scene.data());
    final var order =
        new PhiloxRandom(scene.seed(), Streams.METRIC, 3, 0)
            .permutation(Math.toIntExact(rows.size()));
    final var found =
        Arrays.stream(order).mapToLong(rows::row).filter(scenes::natural).limit(count).toArray();
    if (found.length < count) {
      throw new BadInputException(
          "--inputs",
          "value",
          "" + count,
          "at most the " + found.length + " that " + scene.data().name() + " has for it");
    }
    return found;
  }

  private static Codes codes(final Scene scene) {
    try (var representation = new Representation(scene.model())) {
      return representation.encode(scene.data(), scene.rows(CODES));
    }
  }

  private static GuardRun guard(final Scene scene, final long[] rows, final long cells) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows")).graph();
    final var few = Arrays.copyOf(rows, CONTROLS);
    final var site = Sites.of(graph).named("latent.z");
    final var guard = Controls.of(scene.subject(), site, scene.images(few), CONTROLS, cells);
    Controls.require(guard);
    return guard;
  }

  private static List<Boolean> flags(final boolean[] active) {
    final var flags = new ArrayList<Boolean>();
    for (final boolean flag : active) {
      flags.add(flag);
    }
    return flags;
  }

  /// Everything, for a file.
  public Map<String, Object> numbers() {
    return GraphNumbers.of(this);
  }

  /// What a reader has to know beside the figures, a line each.
  public List<String> notes() {
    final var notes = new ArrayList<String>();
    for (int k = 0; k < names.size(); k++) {
      final var reason = probes.get(k).reason();
      if (!reason.isEmpty()) {
        notes.add(names.get(k) + " is left out of the graph: " + reason);
      }
      if (assignment.latentsOf(k).isEmpty()) {
        notes.add(names.get(k) + " has no latent: nothing of it can be interchanged");
      } else {
        final int factor = k;
        learned
            .effects()
            .get(k)
            .get(k)
            .filter(own -> !(own.size().estimate() > question.threshold()))
            .ifPresent(own -> notes.add(doubtful(factor, own.size().estimate())));
      }
    }
    if (learned.claimed().size() < 2) {
      notes.add("fewer than two factors can be read: no graph");
    }
    if (truth.isEmpty()) {
      notes.add(data + " has no known graph: no scores");
    }
    return notes;
  }

  private String doubtful(final int factor, final double own) {
    return String.format(
        Locale.ROOT,
        "the latents of %s move its own read-out by %.3f sd only",
        names.get(factor),
        own);
  }
}
