package io.patchbay.analysis.reproduction;

import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Whether some variant is the best on every data set, by DCI disentanglement. One reproduction is
/// of one data set; others stand beside it.
final class Winners {
  private static final Claim CLAIM =
      new Claim(
          "no_winner",
          Claim.V3,
          "no variant wins on all data sets, by DCI disentanglement here",
          "a variant is beaten where, on some data set, another's DCI disentanglement is above its"
              + " own, taken seed by seed, with its whole 95 % t interval over seeds; held where"
              + " every variant is beaten, not held where one is above all others so on every data"
              + " set; a seed holds where no variant is the first on every data set");

  private Winners() {}

  static Finding of(
      final Evidence evidence, final ReproductionPlan plan, final List<OtherData> beside) {
    if (beside.isEmpty()) {
      return Finding.notTested(
          CLAIM,
          "one data set, "
              + plan.data()
              + ", was looked at; --beside takes reproductions on others");
    }
    final var all = new ArrayList<OtherData>();
    all.add(new OtherData(plan.data(), plan.latent(), evidence));
    all.addAll(beside);
    final var variants = variants(all);
    if (variants.size() < 2) {
      return Finding.notTested(CLAIM, "fewer than two models have DCI on each of " + names(all));
    }
    final var beaten = new LinkedHashSet<Variant>();
    final var winners = new ArrayList<>(variants);
    for (final var data : all) {
      for (final var v : variants) {
        for (final var w : variants) {
          if (v != w) {
            if (above(data, w, v)) {
              beaten.add(v);
            }
            if (!above(data, v, w)) {
              winners.remove(v);
            }
          }
        }
      }
    }
    final var seeds = seeds(all, variants);
    final long held = seeds.stream().filter(seed -> firsts(all, variants, seed).size() > 1).count();
    final var numbers = new LinkedHashMap<String, Object>();
    final var texts = new ArrayList<String>();
    for (final var data : all) {
      final Map<String, Object> means = new LinkedHashMap<>();
      for (final var variant : variants) {
        data.evidence()
            .mean(variant, data.latent(), Measure.DISENTANGLEMENT)
            .ifPresent(i -> {
              means.put(variant.id(), Json.interval(i));
              texts.add(data.data() + ", " + variant.id() + " " + ReproducedTable.text(i));
            });
      }
      numbers.put(data.data(), means);
    }
    numbers.put("beaten", beaten.stream().map(Variant::id).toList());
    return new Finding(
        CLAIM,
        beaten.containsAll(variants)
            ? Status.HELD
            : winners.isEmpty() ? Status.UNDECIDED : Status.NOT_HELD,
        (beaten.isEmpty()
                ? "no model is clearly beaten"
                : "beaten: " + String.join(", ", beaten.stream().map(Variant::id).toList()))
            + "; "
            + String.join("; ", texts),
        (int) held,
        seeds.size(),
        numbers);
  }

  private static String names(final List<OtherData> all) {
    return String.join(", ", all.stream().map(OtherData::data).toList());
  }

  /// Those that have the figure on every data set.
  private static List<Variant> variants(final List<OtherData> all) {
    return all.getFirst().evidence().variants(all.getFirst().latent()).stream()
        .filter(variant -> all.stream().noneMatch(data -> values(data, variant).isEmpty()))
        .toList();
  }

  private static Map<Long, Double> values(final OtherData data, final Variant variant) {
    return data.evidence().values(variant, data.latent(), Measure.DISENTANGLEMENT);
  }

  private static boolean above(final OtherData data, final Variant v, final Variant w) {
    final var evidence = data.evidence();
    final var difference =
        Evidence.difference(
            evidence.values(v, data.latent(), Measure.DISENTANGLEMENT),
            evidence.values(w, data.latent(), Measure.DISENTANGLEMENT));
    return Evidence.mean(difference.values()).filter(i -> i.low() > 0).isPresent();
  }

  /// Seeds of every model on every data set.
  private static Set<Long> seeds(final List<OtherData> all, final List<Variant> variants) {
    final var seeds = new TreeSet<>(values(all.getFirst(), variants.getFirst()).keySet());
    all.forEach(
        data -> variants.forEach(variant -> seeds.retainAll(values(data, variant).keySet())));
    return seeds;
  }

  /// The first of each data set.
  private static Set<Variant> firsts(
      final List<OtherData> all, final List<Variant> variants, final long seed) {
    final var firsts = new LinkedHashSet<Variant>();
    for (final var data : all) {
      firsts.add(
          variants.stream()
              .max(Comparator.comparingDouble(v -> Evidence.at(values(data, v), seed)))
              .orElseThrow());
    }
    return firsts;
  }
}
