package io.patchbay.analysis.study;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.analysis.sweep.FactorProbe;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What the parts of a trained model mean: the factors that its latents carry, the circuit of one
/// factor in its encoder, and the graph of factors that its latents carry.
///
/// @param units at the latents, by read-out; empty where no probe reads any factor
/// @param circuit of the factor that is read best; empty where it was not asked for too
/// @param graph with its scores; empty where the data have no mechanisms too
/// @param missing why something of these is empty, by the name of its part
public record ModelMeaning(
    Optional<UnitStudy> units,
    Optional<CircuitStudy> circuit,
    Optional<GraphStudy> graph,
    Map<String, String> missing) {
  public static final String UNITS = "units";
  public static final String CIRCUIT = "circuit";
  public static final String GRAPH = "factor graph";

  /// What [#of] does, in this order.
  static final List<String> PARTS = List.of(UNITS, CIRCUIT, GRAPH);

  private static final String COLLAPSED = "no latent carries " + VariantStudy.USED + " nats";
  private static final String UNREAD = "no factor that a probe reads well enough";

  public ModelMeaning {
    missing = Map.copyOf(missing);
  }

  /// Of a model whose inputs have one output: an interchange of its latents shows nothing.
  static ModelMeaning ofBlind() {
    return without(Map.of());
  }

  /// Of a model whose latents carry next to nothing: probes then read the rounding of its images.
  static ModelMeaning ofCollapsed(final FactorDataset data) {
    final var missing = new LinkedHashMap<String, String>();
    missing.put(UNITS, COLLAPSED);
    missing.put(CIRCUIT, COLLAPSED);
    if (hasMechanisms(data)) {
      missing.put(GRAPH, COLLAPSED);
    }
    return without(missing);
  }

  private static ModelMeaning without(final Map<String, String> missing) {
    return new ModelMeaning(Optional.empty(), Optional.empty(), Optional.empty(), missing);
  }

  /// @param circuit whether to look for one
  /// @param progress hears of each part before it is done; what it throws ends the study
  static ModelMeaning of(
      final Scene scene,
      final MeaningSize size,
      final boolean circuit,
      final Consumer<String> progress) {
    final var missing = new LinkedHashMap<String, String>();
    progress.accept(UNITS);
    final var units =
        tried(UNITS, missing, () -> UnitStudy.of(scene, size.unitQuestion(), new Unheard()));
    final var read = units.filter(u -> u.readOut().isPresent());
    if (units.isPresent() && read.isEmpty()) {
      missing.put(UNITS, UNREAD);
    }
    Optional<CircuitStudy> found = Optional.empty();
    if (circuit) {
      progress.accept(CIRCUIT);
      final var best = units.flatMap(u -> best(u.factors().used()));
      if (best.isEmpty()) {
        missing.put(CIRCUIT, missing.getOrDefault(UNITS, UNREAD));
      }
      found =
          best.flatMap(factor ->
              tried(
                  CIRCUIT,
                  missing,
                  () -> CircuitStudy.of(scene, size.circuitQuestion(factor), (_, _, _) -> {})));
    }
    return new ModelMeaning(read, found, graph(scene, size, missing, progress), missing);
  }

  private static Optional<GraphStudy> graph(
      final Scene scene,
      final MeaningSize size,
      final Map<String, String> missing,
      final Consumer<String> progress) {
    if (!hasMechanisms(scene.data())) {
      return Optional.empty();
    }
    progress.accept(GRAPH);
    final var study =
        tried(GRAPH, missing, () -> GraphStudy.of(scene, size.graphQuestion(), (_, _, _) -> {}));
    final var judged = study.filter(g -> g.scores().isPresent());
    if (judged.isEmpty()) {
      study.ifPresent(g -> missing.put(GRAPH, String.join("; ", g.notes())));
    }
    return judged;
  }

  /// Whether some factor of the data is known to follow from another.
  public static boolean hasMechanisms(final FactorDataset data) {
    return data instanceof final GenerativeDataset generator
        && !CausalGraph.of(generator.variables()).arrows().isEmpty();
  }

  private static Optional<String> best(final List<FactorProbe> probes) {
    return probes.stream()
        .max(Comparator.comparingDouble(p -> p.heldOut().estimate()))
        .map(FactorProbe::factor);
  }

  /// A study, or why the model or the data do not allow it.
  private static <T> Optional<T> tried(
      final String part, final Map<String, String> missing, final Supplier<T> study) {
    try {
      return Optional.of(study.get());
    } catch (final BadInputException e) {
      if (e.getCause() instanceof IOException) {
        throw e;
      }
      missing.put(part, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static final class Unheard implements UnitStudy.Listener {
    @Override
    public void doing(final String what) {}

    @Override
    public void cells(final long done, final long all) {}
  }
}
