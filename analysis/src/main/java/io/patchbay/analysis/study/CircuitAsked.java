package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.CircuitFigures;
import io.patchbay.analysis.circuit.CircuitNetwork;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.CircuitSearch.Found;
import io.patchbay.analysis.circuit.LinearReadOut;
import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.vae.io.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A question about the circuit of a factor, with the probe that reads it: all that the answer
/// depends on.
public record CircuitAsked(Scene scene, CircuitQuestion question, FactorProbe probe) {

  /// Trains the probe.
  ///
  /// @throws BadInputException when the data have no such factor
  public static CircuitAsked of(final Scene scene, final CircuitQuestion question) {
    final var probe =
        FactorProbe.train(
            scene.subject(), scene.data(), "--factor", question.factor(), scene.seed());
    return new CircuitAsked(scene, question, probe);
  }

  /// The factor's name.
  public String factor() {
    return probe.factor();
  }

  /// For a file; the probe's digest tells one model from another.
  public Map<String, Object> numbers() {
    final var all = new LinkedHashMap<String, Object>();
    all.put("factor", factor());
    all.put("part", question.part().name().toLowerCase(Locale.ROOT));
    all.put("pairs", question.pairs());
    all.put("threshold", question.threshold());
    all.put("top", question.top());
    all.put("audit", question.audit());
    all.put("steps", question.steps());
    all.put("data", scene.data().name());
    all.put("seed", scene.seed());
    all.put("probe", probe.numbers());
    all.put("device", scene.model().backend().device());
    all.put("java", Runtime.version().toString());
    return all;
  }

  /// Whether a file is the answer to a question.
  ///
  /// @param file a `circuit.json`, or none
  /// @param asked the question, see [#numbers]; it stands in the file under this name
  /// @throws BadInputException when the file is there and cannot be read
  public static boolean answered(final Path file, final Map<String, Object> asked) {
    if (!Files.exists(file)) {
      return false;
    }
    final var json = JsonMapper.shared();
    // As a reader has it: a number may have another type in memory.
    final var question = json.readTree(json.writeValueAsString(asked));
    return JsonFile.read(file).node().path("asked").equals(question);
  }

  /// Looks for the circuit on some pairs, and measures it on others.
  ///
  /// @param runs takes the runs of the search and of the measuring, in their order
  /// @throws BadInputException when the model's reconstructions say nothing of the factor, or there
  ///   are too few inputs
  public CircuitStudy answer(final CircuitSearch.Listener listener, final RunLog runs) {
    final var pairs = CircuitPairs.of(scene, factor(), question.pairs());
    final var y =
        new LinearReadOut("factor:" + factor(), "output", probe.direction(), probe.intercept());
    final var subject = scene.subject();
    final Found found;
    final CircuitStudy.Discovery discovery;
    try (var network = CircuitNetwork.of(subject, question.part(), y, pairs.discovery(), runs)) {
      found = question.search(scene.seed()).on(network, listener);
      discovery = new CircuitStudy.Discovery(network.pairs(), network.dropped());
    }
    try (var network = CircuitNetwork.of(subject, question.part(), y, pairs.heldOut(), runs)) {
      final var figures =
          CircuitFigures.of(network, found.circuit(), Bootstrap.standard(scene.seed()), listener);
      return CircuitStudy.of(this, network, found, discovery, figures);
    }
  }
}
