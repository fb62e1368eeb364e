package io.patchbay.analysis.estimate;

import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What each method says, in numbers and in words.
///
/// @param units their names
/// @param variations cells of a unit and an input
record Answers(List<String> units, int variations, EstimateQuestion question, long seed) {
  static final double LEVEL = 0.95;

  private Rounds rounds(final UnitEffects effects) {
    return Rounds.of(effects.inputs(), Bounds.Asymptotic.FEWEST, seed);
  }

  /// @param attributions `[unit][input]`
  Estimated controlVariate(final UnitEffects effects, final double[][] attributions) {
    final int n = Math.min(question.sample(), effects.inputs());
    final var part = rounds(effects).between(0, n);
    final var exact = effects.of(part, Rounds.all(units.size()));
    final var rows = new ArrayList<Estimated.Row>();
    double saved = 0;
    double best = 0;
    for (int u = 0; u < units.size(); u++) {
      final var values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] = exact[i * units.size() + u];
      }
      final var found = CrossFitted.of(attributions[u], part, values);
      final var more = new LinkedHashMap<String, Object>();
      more.put("rho2", found.correlation());
      more.put("equivalent_inputs", found.equivalent());
      more.put("saved_inputs", found.equivalent() - n);
      rows.add(new Estimated.Row(units.get(u), found.mean(), more));
      saved += found.equivalent() - n;
      best = Math.max(best, found.correlation());
    }
    final double equivalent = n + saved / units.size();
    final var figures = new LinkedHashMap<String, Object>();
    figures.put("sample", n);
    figures.put("mean_equivalent_inputs", equivalent);
    figures.put("saved_cells", saved * variations);
    final var sentence =
        String.format(
            Locale.ROOT,
            "each unit exactly on %d of %d inputs, with attributions of all as good as on %.0f"
                + " (mean over units; largest rho² %.3f)",
            n,
            effects.inputs(),
            equivalent,
            best);
    return new Estimated(
        "Student's, of leave-one-out residuals, asymptotic; per unit",
        rows,
        figures,
        List.of(sentence));
  }

  /// @param attributions `[unit][input]`
  Estimated screen(final UnitEffects effects, final double[][] attributions) {
    final var scores = new double[units.size()];
    for (int u = 0; u < scores.length; u++) {
      for (final double one : attributions[u]) {
        scores[u] += one / attributions[u].length;
      }
      scores[u] = Math.abs(scores[u]);
    }
    final var found =
        ScreenedUnits.of(
            effects, scores, question.top(), question.audit(), seed, question.threshold());
    final var rows = new ArrayList<Estimated.Row>();
    for (int i = 0; i < found.means().size(); i++) {
      final boolean kept = i < found.kept().size();
      final int unit = kept ? found.kept().get(i) : found.audited().get(i - found.kept().size());
      final double mean = found.means().get(i);
      final var more = new LinkedHashMap<String, Object>();
      more.put("attribution", scores[unit]);
      more.put("kept", kept);
      rows.add(
          new Estimated.Row(
              units.get(unit), new Interval(mean, mean, mean, effects.inputs()), more));
    }
    final var above = found.above();
    final int rest = units.size() - found.kept().size();
    final var over = new LinkedHashMap<String, Object>();
    over.put("threshold", above.threshold());
    over.put("kept", above.kept());
    over.put("audited", above.audited());
    over.put("missed_at_most", above.missedAtMost());
    final var figures = new LinkedHashMap<String, Object>();
    figures.put("units_screened", units.size());
    figures.put("kept", found.kept().size());
    figures.put("audited", found.audited().size());
    figures.put("missed_mass", Estimated.numbers(found.missed()));
    figures.put("audit_rho2", Double.isFinite(found.correlation()) ? found.correlation() : null);
    figures.put("above_threshold", over);
    return new Estimated(
        "the means are exact; missed mass: Student's, of leave-one-out residuals, asymptotic; units"
            + " missed: exact, one-sided",
        rows,
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "missed by the screen: %.3f [%.3f, %.3f] of the effect of all %d units, n=%d",
                found.missed().estimate(),
                found.missed().low(),
                found.missed().high(),
                units.size(),
                found.missed().n()),
            String.format(
                Locale.ROOT,
                "units over %s: %d kept; of the %d others %d in the audit, at most %d in all",
                above.threshold(),
                above.kept(),
                rest,
                above.audited(),
                above.missedAtMost())));
  }

  Estimated stop(final UnitEffects effects, final Bounds bounds) {
    final var found =
        SequentialStopping.of(effects, rounds(effects), bounds, LEVEL, question.target());
    final var rows = new ArrayList<Estimated.Row>();
    int early = 0;
    for (int u = 0; u < units.size(); u++) {
      final var mean = found.units().get(u);
      final boolean exact = mean.n() == effects.inputs();
      early += exact ? 0 : 1;
      rows.add(new Estimated.Row(units.get(u), mean, Map.of("exact", exact)));
    }
    final var figures = new LinkedHashMap<String, Object>();
    figures.put("precision_target", question.target());
    figures.put("rounds", found.rounds());
    figures.put("stopped_early", early);
    return new Estimated(
        bounds.label() + "; per unit, at any time",
        rows,
        figures,
        List.of(
            String.format(
                Locale.ROOT,
                "%d of %d units stopped within %s of their mean, the others ran on all %d inputs",
                early,
                units.size(),
                question.target(),
                effects.inputs())));
  }

  Estimated race(final UnitEffects effects, final Bounds bounds) {
    final int k = question.top();
    final var found = TopRace.of(effects, rounds(effects), bounds, LEVEL, k);
    final var rows = new ArrayList<Estimated.Row>();
    for (int u = 0; u < units.size(); u++) {
      final int place = found.top().indexOf(u);
      final var more = new LinkedHashMap<String, Object>();
      more.put("top", place >= 0);
      rows.add(new Estimated.Row(units.get(u), found.units().get(u), more));
    }
    final boolean limit = bounds instanceof Bounds.Asymptotic;
    final var statement =
        String.format(
            Locale.ROOT,
            "with a probability of at least %s%s these are the %d units of the largest means over"
                + " the %d inputs%s",
            LEVEL,
            limit ? ", asymptotically," : "",
            k,
            effects.inputs(),
            found.separated() ? "" : "; some were compared on all inputs, exactly");
    final var figures = new LinkedHashMap<String, Object>();
    figures.put("top", found.top().stream().map(units::get).toList());
    figures.put("rounds", found.rounds());
    figures.put("separated_before_the_end", found.separated());
    figures.put("statement", statement);
    return new Estimated(
        bounds.label() + "; the race: of all pairs' differences at once, the units': each alone",
        rows,
        figures,
        List.of(
            "top: " + String.join(", ", found.top().stream().map(units::get).toList()), statement));
  }
}
