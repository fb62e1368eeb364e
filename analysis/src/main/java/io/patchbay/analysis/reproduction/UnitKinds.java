package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Whether interventions tell monosemantic from polysemantic latents, by the read-out, over the
/// models of the table together. Labels are tested against permuted factors, so that a latent
/// without one is not a failure by itself: most must have one. Where one kind alone is found,
/// nothing says that the other would be told from it.
final class UnitKinds {
  private static final Claim CLAIM =
      new Claim(
          "unit_kinds",
          Claim.V1,
          "interventions tell monosemantic from polysemantic units (latents here)",
          "held where most active latents are one or the other, the share being above one half with"
              + " its whole 95 % t interval over seeds, and every seed has both kinds; not held"
              + " where the share is below one half with its whole interval; a seed holds where it"
              + " has both kinds and most latents are one or the other");

  private static final double MOST = 0.5;

  private UnitKinds() {}

  static Finding of(final Evidence evidence, final ReproductionPlan plan) {
    final var mono = new TreeMap<Long, Double>();
    final var poly = new TreeMap<Long, Double>();
    final var none = new TreeMap<Long, Double>();
    final var stable = new ArrayList<Double>();
    for (final var variant : evidence.variants(plan.latent())) {
      add(mono, evidence.values(variant, plan.latent(), Measure.MONOSEMANTIC));
      add(poly, evidence.values(variant, plan.latent(), Measure.POLYSEMANTIC));
      add(none, evidence.values(variant, plan.latent(), Measure.UNDECIDED));
      stable.addAll(evidence.values(variant, plan.latent(), Measure.STABLE).values());
    }
    final var shares = new ArrayList<Double>();
    int held = 0;
    int both = 0;
    for (final long seed : mono.keySet()) {
      final double labelled = Evidence.at(mono, seed) + Evidence.at(poly, seed);
      final double active = labelled + Evidence.at(none, seed);
      if (active > 0) {
        shares.add(labelled / active);
        final boolean kinds = Evidence.at(mono, seed) > 0 && Evidence.at(poly, seed) > 0;
        both += kinds ? 1 : 0;
        held += kinds && labelled > MOST * active ? 1 : 0;
      }
    }
    final var why = evidence.notes(plan.latent(), Step.UNITS.id());
    if (shares.isEmpty()) {
      return Finding.notTested(
          CLAIM,
          why.isEmpty()
              ? "no run has active latents and factors to label them by"
              : String.join("; ", why));
    }
    final var share = Evidence.mean(shares).orElseThrow();
    final var numbers = new LinkedHashMap<String, Object>();
    numbers.put("monosemantic", sum(mono));
    numbers.put("polysemantic", sum(poly));
    numbers.put("undecided", sum(none));
    numbers.put("share_labelled", Json.interval(share));
    numbers.put("seeds_with_both", both);
    numbers.put("without", why);
    final var same = stable.stream().mapToDouble(Double::doubleValue).average();
    same.ifPresent(mean -> numbers.put("share_stable", mean));
    return new Finding(
        CLAIM,
        status(share, both, shares.size()),
        sum(mono)
            + " monosemantic, "
            + sum(poly)
            + " polysemantic, "
            + sum(none)
            + " active but undecided latents over all runs, share labelled "
            + ReproducedTable.text(share)
            + (same.isPresent() ? stays(same.getAsDouble()) : "")
            + (why.isEmpty() ? "" : "; " + String.join("; ", why)),
        held,
        shares.size(),
        numbers);
  }

  private static String stays(final double share) {
    return String.format(Locale.ROOT, ", %.0f %% of labels stay at twice the inputs", 100 * share);
  }

  private static Status status(final Interval share, final int both, final int seeds) {
    if (share.high() < MOST) {
      return Status.NOT_HELD;
    }
    return share.low() > MOST && both == seeds ? Status.HELD : Status.UNDECIDED;
  }

  private static void add(final Map<Long, Double> sums, final Map<Long, Double> more) {
    more.forEach((seed, value) -> sums.merge(seed, value, Double::sum));
  }

  private static long sum(final Map<Long, Double> counts) {
    return Math.round(counts.values().stream().mapToDouble(x -> x).sum());
  }
}
