package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.analysis.sweep.route.Routes;
import io.patchbay.analysis.sweep.route.Way;
import io.patchbay.engine.Graph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a sweep would do, for people: its ways with what they are predicted to take and what a
/// sample of them took, the chosen one with a star, and what that one runs.
///
/// @param chosen the name of the way that is gone
/// @param ladder under the chosen way
/// @param program the steps of the chosen way, and the memory that it takes
record SweepExplanation(
    SweepPlan plan,
    List<Site> sites,
    SweepWays ways,
    MachineRates rates,
    String chosen,
    Optional<Ladder> ladder,
    Graph graph,
    String program) {
  /// A way is sampled where it is predicted to take at most so many times what the best does.
  private static final double HOPELESS = 8;

  private static final int MOST_SAMPLES = 4;

  /// Samples are taken in turns, and the quickest of each counts: the first warms the code, and
  /// what else runs on the machine only ever adds.
  private static final int FEWEST_ROUNDS = 4;

  private static final int MOST_ROUNDS = 24;

  /// Short samples are taken again until those of a way took so long in all: code is compiled
  /// meanwhile.
  private static final double NANOS = 150e6;

  /// Measures a way; nothing where it cannot be.
  interface Sampler {
    Optional<WaySample.Took> of(Way way);
  }

  String text(final Sampler sampler) {
    final var sorted = new ArrayList<>(ways.ways());
    sorted.sort(Comparator.comparingDouble(this::predicted));
    final double forward = Routes.forward(graph, plan.measured());
    final var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-12s %-16s %19s  %8s  %9s  %10s  %5s%n",
            "way",
            "as far as",
            "a cell, predicted",
            "measured",
            "the sweep",
            "operations",
            "saved"));
    final var sampled = sampled(sampler, tried(sorted));
    for (final var way : sorted) {
      text.append(line(way, Optional.ofNullable(sampled.get(way)), forward));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "a cell: with its share of its input and its source; measured: on a sample, scaled;%n"
                + "saved: of the multiply-adds of one whole run a cell (%s)%n",
            count(forward)));
    for (final var way : sorted) {
      final var took = sampled.get(way);
      if (isChosen(way) && took != null && took.provedZero() > 0) {
        final double share = 100 * took.provedZero() / took.extent().cells();
        text.append(
            String.format(
                Locale.ROOT, "proved to change nothing: %.0f %% of the sample's cells%n", share));
      }
    }
    ladder.ifPresent(of -> text.append(climbed(of)));
    return text + "\n" + program;
  }

  /// The chosen way, and others that are worth it.
  private List<Way> tried(final List<Way> sorted) {
    final double best = predicted(sorted.getFirst());
    final var tried = new ArrayList<Way>();
    for (final var way : sorted) {
      if (isChosen(way) || (tried.size() < MOST_SAMPLES && predicted(way) <= HOPELESS * best)) {
        tried.add(way);
      }
    }
    return tried;
  }

  private static Map<Way, WaySample.Took> sampled(final Sampler sampler, final List<Way> ways) {
    final var sampled = new HashMap<Way, WaySample.Took>();
    final var spent = new HashMap<Way, Double>();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      for (final var way : ways) {
        if (round < FEWEST_ROUNDS || spent.getOrDefault(way, NANOS) < NANOS) {
          final var took = sampler.of(way);
          took.ifPresent(some -> {
            spent.merge(way, some.nanos(), Double::sum);
            sampled.merge(way, some, WaySample.Took::quicker);
          });
        }
      }
    }
    return sampled;
  }

  private String climbed(final Ladder of) {
    final double nanos = ways.exact().map(way -> rates.nanos(way.cell())).orElse(0.0);
    return String.format(
        Locale.ROOT,
        "ladder: noise floor %.2g; effects under %.2g are computed again in fp32 by %s, %.1f %% of"
            + " a sample%nof %d cells, predicted %s a cell of the sweep more%n",
        of.floor(),
        of.threshold(),
        of.again(),
        100 * of.share(),
        of.sampled(),
        time(of.share() * nanos));
  }

  private boolean isChosen(final Way way) {
    return way.name().equals(chosen);
  }

  private double predicted(final Way way) {
    return way.nanos(rates, ways.extent());
  }

  private String line(final Way way, final Optional<WaySample.Took> took, final double forward) {
    final double cells = ways.extent().cells();
    final double whole = predicted(way);
    // What the sample took, beside what it was to take, is what the whole sweep will.
    final var measured = took.map(t -> whole * t.nanos() / way.nanos(rates, t.extent()));
    final double operations = way.operations(ways.extent()) / cells;
    return String.format(
        Locale.ROOT,
        "%s %-10s %-16s %19s  %8s  %9s  %10s  %3.0f %%%n",
        isChosen(way) ? "*" : " ",
        way.name(),
        way.route().map(this::end).orElse(plan.measured()),
        time(whole / cells),
        measured.map(nanos -> time(nanos / cells)).orElse("-"),
        time(measured.orElse(whole)),
        count(operations),
        Math.max(0, 100 * (1 - operations / forward)));
  }

  private String end(final Route route) {
    return Routes.mixed(graph, sites.getFirst(), plan.measured()).end(route);
  }

  /// Nanoseconds, to three digits.
  static String time(final double nanos) {
    if (nanos < 1e3) {
      return digits(nanos) + " ns";
    }
    if (nanos < 1e6) {
      return digits(nanos / 1e3) + " us";
    }
    return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
  }

  private static String count(final double operations) {
    if (operations < 1e3) {
      return digits(operations);
    }
    return operations < 1e6 ? digits(operations / 1e3) + " K" : digits(operations / 1e6) + " M";
  }

  private static String digits(final double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  }
}
