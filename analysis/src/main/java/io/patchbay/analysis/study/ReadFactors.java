package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import io.patchbay.analysis.study.UnitSites.LeftOut;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The factors that a question is about, and what can read them.
///
/// @param names of all factors that were asked for, in the order of the data
/// @param used probes that read their factor well enough
/// @param weak probes that do not, and are not used
/// @param leftOut factors without a read-out
public record ReadFactors(
    List<String> names, List<FactorProbe> used, List<FactorProbe> weak, List<LeftOut> leftOut) {
  private static final String OPTION = "--factor";

  public ReadFactors {
    names = List.copyOf(names);
    used = List.copyOf(used);
    weak = List.copyOf(weak);
    leftOut = List.copyOf(leftOut);
  }

  /// The names of the factors that a question is about, in the order of the data.
  ///
  /// @throws BadInputException when there is no such factor, or it can only be asked of the oracle
  static List<String> names(
      final FactorDataset data,
      final Counterfactuals counterfactuals,
      final UnitQuestion question) {
    final var known = counterfactuals.names();
    for (final var name : question.factors()) {
      if (!known.contains(name)) {
        throw new BadInputException(
            OPTION,
            name,
            "no such factor of " + data.name(),
            "one of " + String.join(", ", Nearest.of(name, known)));
      }
      final var reason = unread(data, name);
      if (reason.isPresent() && question.estimator() == Estimator.READOUT) {
        throw new BadInputException(OPTION, name, reason.get(), "--estimator oracle for it");
      }
    }
    return known.stream()
        .filter(n -> question.factors().isEmpty() || question.factors().contains(n))
        .toList();
  }

  /// Trains the probes of these factors.
  ///
  /// @throws BadInputException when no factor can be read, and there is no other estimator
  static ReadFactors of(final Scene scene, final List<String> names, final Estimator estimator) {
    final var used = new ArrayList<FactorProbe>();
    final var weak = new ArrayList<FactorProbe>();
    final var leftOut = new ArrayList<LeftOut>();
    for (final var name : estimator == Estimator.ORACLE ? List.<String>of() : names) {
      final var reason = unread(scene.data(), name);
      if (reason.isPresent()) {
        leftOut.add(new LeftOut(name, reason.get()));
      } else {
        final var probe =
            FactorProbe.train(scene.subject(), scene.data(), OPTION, name, scene.seed());
        (probe.weak() ? weak : used).add(probe);
      }
    }
    if (estimator == Estimator.READOUT && used.isEmpty()) {
      throw new BadInputException(
          "--estimator",
          "readout",
          "no factor that a probe reads well enough: " + String.join(", ", names),
          "oracle, or a model whose images show a factor");
    }
    return new ReadFactors(names, used, weak, leftOut);
  }

  /// Why a factor has no read-out, if it has none.
  static Optional<String> unread(final FactorDataset data, final String name) {
    return data.factors().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .flatMap(ReadFactors::unread);
  }

  private static Optional<String> unread(final Factor factor) {
    if (factor.circular()) {
      return Optional.of("an angle: its values lie on no line");
    }
    return factor.size() < 2 ? Optional.of("one value only") : Optional.empty();
  }

  /// The numbers of all factors in `counterfactuals`.
  int[] indices(final Counterfactuals counterfactuals) {
    final var known = counterfactuals.names();
    return IntStream.range(0, known.size()).filter(k -> names.contains(known.get(k))).toArray();
  }
}
