package io.patchbay.analysis.cli;

import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.study.UnitStudy;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/// What `units` found, for a terminal: labels per site, and the strongest units.
record UnitTable(PrintWriter out, UnitStudy study) {
  private static final int STRONGEST = 20;

  void print() {
    final var sites = study.sites();
    final int width = sites.sites().stream().mapToInt(s -> s.name().length()).max().orElse(4);
    out.printf(
        "%-" + width + "s  %6s  %6s  %6s  %9s  %10s%n",
        "site",
        "units",
        "mono",
        "poly",
        "inactive",
        "undecided");
    for (int s = 0; s < sites.sites().size(); s++) {
      final var site = sites.sites().get(s);
      final int first = sites.first(s);
      row(width, site.name(), first, first + site.channels());
    }
    row(width, "all", 0, sites.units());
    out.println();
    strongest(width);
  }

  private void row(final int width, final String name, final int from, final int to) {
    final var measured = study.measured();
    out.printf(
        Locale.ROOT,
        "%-" + width + "s  %6d  %6d  %6d  %9d  %10d%n",
        name,
        to - from,
        measured.count(UnitLabel.MONOSEMANTIC, from, to),
        measured.count(UnitLabel.POLYSEMANTIC, from, to),
        measured.count(UnitLabel.INACTIVE, from, to),
        measured.count(UnitLabel.UNDECIDED, from, to));
  }

  private void strongest(final int width) {
    final var measured = study.measured();
    out.printf(
        "%-" + width + "s  %5s  %-12s  %-16s  %7s  %-18s  %7s  %7s%n",
        "strongest",
        "unit",
        "label",
        "factor",
        "effect",
        "95 % interval",
        "q",
        "image");
    IntStream.range(0, study.sites().units())
        .boxed()
        .sorted(Comparator.comparingDouble(u -> -size(u)))
        .limit(STRONGEST)
        .forEach(u -> {
          final int s = siteOf(u);
          final int factor = measured.effects().largest(u);
          final var cell = cell(u);
          out.printf(
              Locale.ROOT,
              "%-" + width + "s  %5d  %-12s  %-16s  %7.3f  %-18s  %7.4f  %7.3f%n",
              study.sites().sites().get(s).name(),
              u - study.sites().first(s),
              measured.labels().get(u).name().toLowerCase(Locale.ROOT),
              measured.factors().get(factor),
              cell.effect().estimate(),
              String.format(Locale.ROOT, "[%.3f, %.3f]", cell.effect().low(), cell.effect().high()),
              cell.adjusted(),
              study.imageEffects().get(u).estimate());
        });
  }

  private FactorEffect.Cell cell(final int unit) {
    final var effects = study.measured().effects();
    return effects.at(unit, effects.largest(unit));
  }

  private double size(final int unit) {
    return Math.abs(cell(unit).effect().estimate());
  }

  private int siteOf(final int unit) {
    int site = 0;
    while (site + 1 < study.sites().sites().size() && study.sites().first(site + 1) <= unit) {
      site++;
    }
    return site;
  }
}
