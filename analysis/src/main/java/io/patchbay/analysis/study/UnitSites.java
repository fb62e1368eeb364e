package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.engine.Graph;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The sites whose units are asked: channels of an image-shaped site, elements of a flat one.
///
/// @param leftOut the sites that are not asked, where all are
public record UnitSites(List<Site> sites, List<LeftOut> leftOut) {
  private static final String IMAGE = "output";
  private static final String CODES = "latent.z";

  /// Something left out, and why.
  public record LeftOut(String name, String reason) {}

  public UnitSites {
    sites = List.copyOf(sites);
    leftOut = List.copyOf(leftOut);
  }

  /// @param names of sites; empty for all, each value once
  /// @throws BadInputException when there is no such site, or none that the image depends on
  static UnitSites of(final Graph graph, final List<String> names) {
    final var all = Sites.of(graph);
    final var sites = new ArrayList<Site>();
    final var leftOut = new ArrayList<LeftOut>();
    if (names.isEmpty()) {
      for (final var site : all.all()) {
        reason(graph, site.name())
            .ifPresentOrElse(
                why -> leftOut.add(new LeftOut(site.name(), why)), () -> sites.add(site));
      }
    } else {
      for (final var name : names.stream().distinct().toList()) {
        final var site = all.named(name);
        if (!Reach.leads(graph, name, IMAGE)) {
          throw new BadInputException("--site", name, "no path to the image", "one that has");
        }
        sites.add(site);
      }
    }
    return new UnitSites(sites, leftOut);
  }

  private static Optional<String> reason(final Graph graph, final String name) {
    if (!Reach.leads(graph, name, IMAGE)) {
      return Optional.of("the image of the mean codes does not depend on it");
    }
    if (name.equals("input") || name.startsWith(IMAGE)) {
      return Optional.of("an image: its channels are no units");
    }
    if (name.endsWith(".pre")) {
      return Optional.of("an interchange before the activation is the same as after it");
    }
    if (!name.equals(CODES) && graph.sites().get(name) == graph.sites().get(CODES)) {
      return Optional.of("the same value as " + CODES);
    }
    return Optional.empty();
  }

  /// Units of all sites together.
  public int units() {
    return sites.stream().mapToInt(Site::channels).sum();
  }

  /// The number of a site's first unit among all.
  public int first(final int site) {
    return sites.subList(0, site).stream().mapToInt(Site::channels).sum();
  }
}
