package io.patchbay.analysis.intervention;

import io.patchbay.engine.Graph;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// The sites of a model, in the order of its computation.
public record Sites(List<Site> all) {
  private static final int SUGGESTIONS = 3;

  public Sites {
    all = List.copyOf(all);
  }

  public static Sites of(final Graph graph) {
    final var sites = new ArrayList<Site>();
    graph.sites().forEach((name, node) -> sites.add(new Site(name, node.shape())));
    return new Sites(sites);
  }

  /// @throws BadInputException when there is no such site; the message has the nearest names
  public Site named(final String name) {
    return named("--site", name);
  }

  /// @param option that names the site
  /// @throws BadInputException when there is no such site; the message has the nearest names
  public Site named(final String option, final String name) {
    return all.stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInputException(
                option, name, "no such site", "one of this model's, such as " + near(name)));
  }

  private String near(final String name) {
    final var names = all.stream().map(Site::name).toList();
    return String.join(", ", Nearest.of(name, names).subList(0, Math.min(SUGGESTIONS, all.size())));
  }
}
