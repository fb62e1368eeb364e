package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.circuit.CircuitNode;
import io.patchbay.analysis.circuit.FactorCircuit;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The circuits found in a part of a run: `RUN/circuits/*/circuit.json` for its decoder,
/// `RUN/circuits/*/encoder/circuit.json` for its encoder.
///
/// @param circuits in the order of their folders' names
/// @param units how many units each site has that the circuits could have taken, where a file says
///   so
public record RunCircuits(List<FactorCircuit> circuits, SortedMap<String, Integer> units) {
  private static final String FOLDER = "circuits";
  private static final String DECODER = CircuitJson.FILE;
  private static final String ENCODER = "encoder/" + CircuitJson.FILE;

  public RunCircuits {
    circuits = List.copyOf(circuits);
    units = Collections.unmodifiableSortedMap(units);
  }

  /// Where a run keeps its circuits.
  public static Path folder(final Path run) {
    return run.resolve(FOLDER);
  }

  /// @throws BadInputException when there is none, one is not a circuit, or two contradict each
  ///   other
  public static RunCircuits read(final Path run, final boolean encoder) {
    final var circuits = new ArrayList<FactorCircuit>();
    final var factors = new HashMap<String, Path>();
    final var agreement = new Agreement();
    for (final var file : files(run, encoder)) {
      final var circuit = CircuitJson.read(file);
      final var other = factors.put(circuit.factor(), file);
      if (other != null) {
        throw new BadInputException(
            file, "factor", circuit.factor(), "another factor than that of " + other);
      }
      agreement.add(file, circuit);
      circuits.add(circuit);
    }
    return new RunCircuits(circuits, agreement.units);
  }

  private static List<Path> files(final Path run, final boolean encoder) {
    final var folder = folder(run);
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(
          run, "run folder", "no folder " + FOLDER, "one, from `circuits RUN`");
    }
    final var files = named(folder, encoder ? ENCODER : DECODER);
    if (files.isEmpty()) {
      final boolean others = !named(folder, encoder ? DECODER : ENCODER).isEmpty();
      throw new BadInputException(
          folder,
          "circuits",
          "no */" + (encoder ? ENCODER : DECODER),
          "at least one, from `circuits RUN`"
              + (!others
                  ? ""
                  : encoder
                      ? "; the decoder has some: without --encoder"
                      : "; the encoder has some: --encoder"));
    }
    return files;
  }

  private static List<Path> named(final Path folder, final String name) {
    try (var all = Files.list(folder)) {
      return all.map(sub -> sub.resolve(name)).filter(Files::isRegularFile).sorted().toList();
    } catch (final IOException e) {
      throw BadInputException.unreadable(folder.toString(), "circuits", e);
    }
  }

  /// What all circuits of a run must say alike.
  private static final class Agreement {
    private final Map<String, Integer> layers = new HashMap<>();
    private final SortedMap<String, Integer> units = new TreeMap<>();
    private final Map<String, Set<String>> seen = new HashMap<>();

    void add(final Path file, final FactorCircuit circuit) {
      circuit
          .units()
          .forEach(
              (site, count) -> same(file, "units." + site, count, units.putIfAbsent(site, count)));
      for (final CircuitNode node : circuit.graph().nodes()) {
        same(
            file,
            "layer of " + node.site(),
            node.layer(),
            layers.putIfAbsent(node.site(), node.layer()));
        seen.computeIfAbsent(node.site(), _ -> new HashSet<>()).add(node.unit());
      }
      units.forEach((site, count) -> {
        final int found = seen.getOrDefault(site, Set.of()).size();
        if (found > count) {
          throw new BadInputException(
              file,
              "units of " + site,
              found + " in the circuits together",
              "at most the " + count + " that the site has");
        }
      });
    }

    private static void same(
        final Path file, final String place, final int found, final @Nullable Integer before) {
      if (before != null && before != found) {
        throw new BadInputException(
            file, place, "" + found, before + ", as in the circuits before it");
      }
    }
  }
}
