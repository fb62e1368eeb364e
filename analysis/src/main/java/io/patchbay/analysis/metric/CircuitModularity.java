package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Circuit modularity: M = 1 - mean over pairs i < j of active latents of |rho(da_i, da_j)|,
/// Pearson over the units of a site, da divided by each unit's standard deviation over the base
/// inputs. Units without any are left out; so are latents that are inactive or move nothing. A pair
/// whose correlation does not exist (an effect that is the same on all units) is left out and
/// counted.
///
/// The intervals resample blocks of inputs; the standard deviations stay those of all inputs. Noise
/// in the mean effects lowers every |rho|, so estimates and intervals are less the bias that
/// resampling shows ([Bootstrap#unbiased]).
///
/// @param model mean over the sites that have a value, with equal weight
/// @param sites in the order given
/// @param inactive latents left out of every site because they are inactive
public record CircuitModularity(Optional<Interval> model, List<Site> sites, int inactive) {
  /// @param value empty with fewer than two active latents: undefined, never a number
  /// @param latents that are active and move the site
  /// @param withoutEffect active latents that do not move the site
  /// @param units with variation over the base inputs
  /// @param unitsLeftOut units without
  /// @param undefinedPairs pairs of latents without a correlation
  public record Site(
      String site,
      Optional<Interval> value,
      int latents,
      int withoutEffect,
      int units,
      int unitsLeftOut,
      int undefinedPairs) {}

  public CircuitModularity {
    sites = List.copyOf(sites);
  }

  /// @param sites all with the same latents, inputs and blocks
  /// @param active one flag per latent, false where KL < 0.01
  public static CircuitModularity of(
      List<OrientedEffects> sites, boolean[] active, Bootstrap bootstrap) {
    if (sites.isEmpty()) {
      throw new IllegalArgumentException("circuit modularity without sites: sites=0");
    }
    InputBlocks blocks = sites.getFirst().blocks();
    List<EffectCorrelations> all = new ArrayList<>();
    List<Integer> defined = new ArrayList<>();
    int[] once = new int[blocks.blocks()];
    Arrays.fill(once, 1);
    for (OrientedEffects effects : sites) {
      if (effects.latents() != active.length || !effects.blocks().equals(blocks)) {
        throw new IllegalArgumentException(
            "sites of one analysis differ: site="
                + effects.site()
                + ", latents="
                + effects.latents()
                + ", flags="
                + active.length
                + ", blocks="
                + effects.blocks());
      }
      EffectCorrelations correlations = EffectCorrelations.of(effects, active);
      if (!Double.isNaN(correlations.modularity(once))) {
        defined.add(all.size());
      }
      all.add(correlations);
    }
    List<Interval> figures =
        defined.isEmpty()
            ? List.of()
            : bootstrap.unbiased(
                blocks.blocks(),
                defined.size() + 1,
                0,
                1,
                (counts, out) -> figures(all, defined, counts, out));
    List<Site> perSite = new ArrayList<>();
    for (int s = 0; s < all.size(); s++) {
      int place = defined.indexOf(s);
      perSite.add(
          all.get(s)
              .describe(
                  sites.get(s).site(),
                  place < 0
                      ? Optional.empty()
                      : Optional.of(figures.get(place).withN(blocks.inputs()))));
    }
    int inactive = 0;
    for (boolean flag : active) {
      inactive += flag ? 0 : 1;
    }
    return new CircuitModularity(
        defined.isEmpty()
            ? Optional.empty()
            : Optional.of(figures.getLast().withN(blocks.inputs())),
        perSite,
        inactive);
  }

  /// One site's figure from means and standard deviations known elsewhere; empty where undefined.
  ///
  /// @param effects da, `[latent][unit]`
  /// @param deviations of each unit over the base inputs
  /// @param active one flag per latent
  public static OptionalDouble of(double[][] effects, double[] deviations, boolean[] active) {
    double value = EffectCorrelations.of(effects, 1, deviations, active).modularity(new int[] {1});
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static void figures(
      List<EffectCorrelations> all, List<Integer> defined, int[] counts, double[] out) {
    double sum = 0;
    int present = 0;
    for (int i = 0; i < defined.size(); i++) {
      out[i] = all.get(defined.get(i)).modularity(counts);
      if (!Double.isNaN(out[i])) {
        sum += out[i];
        present++;
      }
    }
    out[defined.size()] = present == 0 ? Double.NaN : sum / present;
  }
}
