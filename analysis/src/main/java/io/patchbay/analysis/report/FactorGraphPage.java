package io.patchbay.analysis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The causal graph of factors that was learned from interventions, beside the true one.
///
/// @param moved factors x latents, G: change of a latent's mean when one factor alone is set
/// @param truth null when the data's graph is not known
/// @param notes what a reader must know, one sentence each
/// @param n base inputs
public record FactorGraphPage(
    List<String> factors,
    Grid moved,
    List<Edge> edges,
    @Nullable List<Link> truth,
    List<Score> scores,
    List<String> notes,
    long n) {
  public FactorGraphPage {
    factors = List.copyOf(factors);
    edges = List.copyOf(edges);
    truth = truth == null ? null : List.copyOf(truth);
    scores = List.copyOf(scores);
    notes = List.copyOf(notes);
    moved.requireShape("factor graph", factors.size(), moved.columns());
  }

  /// An edge between two factors, by their places.
  public record Link(int from, int to) {}

  /// A significant effect of one factor on another.
  ///
  /// @param effect in standard deviations of the read-out
  /// @param direct whether it stays when what could mediate it is held, which makes it an edge
  public record Edge(int from, int to, Estimate effect, double q, boolean direct) {}

  /// A score against the truth.
  ///
  /// @param latents under latents dealt to factors by chance
  /// @param names under names of factors dealt by chance
  public record Score(String name, double value, Chance latents, Chance names) {}

  /// What chance gives.
  ///
  /// @param mean of the score; NaN where it has none
  /// @param p share of draws that score as well; NaN where there are none
  public record Chance(double mean, double p) {
    public static final Chance NONE = new Chance(Double.NaN, Double.NaN);
  }
}
