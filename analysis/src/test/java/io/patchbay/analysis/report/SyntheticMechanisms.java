package io.patchbay.analysis.report;

import io.patchbay.analysis.circuit.CircuitEdge;
import io.patchbay.analysis.circuit.CircuitGraph;
import io.patchbay.analysis.circuit.CircuitNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Made-up mechanisms with the shape of real ones.
final class SyntheticMechanisms {
  static final List<String> FACTORS = List.of("shape", "scale", "orientation", "x", "y");
  private static final List<String> SITES =
      List.of("encoder.conv1", "encoder.conv2", "encoder.mu", "decoder.fc1", "decoder.convt1");
  private static final List<String> LABELS =
      List.of("monosemantic", "polysemantic", "undecided", "inactive");

  private final Random random;

  SyntheticMechanisms(long seed) {
    random = new Random(seed);
  }

  Mechanisms all(int units, int latents) {
    return new Mechanisms(
        scores(), units(units), profile(), attributions(), circuits(), motifs(), graph(latents));
  }

  private Estimate around(double value, double half) {
    return new Estimate(value, value - half, value + half * 1.1, 200);
  }

  private ScoreTable scores() {
    return new ScoreTable(
        "corrected",
        List.of(
            new ScoreTable.Score("MIG", around(0.1 + 0.1 * random.nextDouble(), 0.02), ""),
            new ScoreTable.Score("DCI disentanglement", around(0.3, 0.05), ""),
            new ScoreTable.Score("SAP", Estimate.exact(0.04, 10_000), "no interval is defined"),
            new ScoreTable.Score(
                "Gaussian total correlation", Estimate.exact(2.3, 10_000), "nats")));
  }

  UnitTable units(int count) {
    List<UnitTable.Unit> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<UnitTable.@Nullable Effect> effects = new ArrayList<>();
      for (int k = 0; k < FACTORS.size(); k++) {
        double effect = Math.pow(random.nextDouble(), 4) - 0.1;
        effects.add(
            k == 4 && i % 7 == 0
                ? null
                : new UnitTable.Effect(effect, effect - 0.02, effect + 0.03, random.nextDouble()));
      }
      units.add(
          new UnitTable.Unit(
              SITES.get(i * SITES.size() / count),
              Integer.toString(i),
              LABELS.get(random.nextInt(4)),
              i % 11 == 0 ? 0 : 3 * random.nextDouble(),
              effects));
    }
    return new UnitTable(FACTORS, "tau = 0.1 sd, FDR = 0.05", 0.93, 0.71, 200, units);
  }

  private LayerProfile profile() {
    List<LayerProfile.Factor> factors = new ArrayList<>();
    for (String factor : FACTORS) {
      List<Estimate> readable = new ArrayList<>();
      List<Estimate> effective = new ArrayList<>();
      for (int s = 0; s < SITES.size(); s++) {
        readable.add(around(0.2 + 0.15 * s * random.nextDouble(), 0.03));
        effective.add(
            s == 2 ? Estimate.undefined(0) : around(0.8 - 0.1 * s * random.nextDouble(), 0.05));
      }
      boolean classes = factor.equals("shape");
      factors.add(
          new LayerProfile.Factor(
              factor,
              classes ? LayerProfile.ACCURACY : LayerProfile.R2,
              classes ? 0.34 : 0,
              readable,
              effective));
    }
    return new LayerProfile(SITES, "whole-site interchange, in sd of the factor", factors);
  }

  private List<AttributionPage> attributions() {
    List<AttributionPage.Unit> units = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      double exact = Math.pow(random.nextDouble(), 2);
      units.add(
          new AttributionPage.Unit(
              SITES.get(i % SITES.size()),
              Integer.toString(i),
              i < 25,
              exact * (0.7 + 0.6 * random.nextDouble()),
              around(exact, 0.05)));
    }
    return List.of(new AttributionPage("shape", around(0.9, 0.01), around(0.3, 0.1), 3724, units));
  }

  private List<CircuitPage> circuits() {
    List<CircuitPage> circuits = new ArrayList<>();
    for (String factor : FACTORS.subList(0, 2)) {
      List<CircuitNode> nodes = new ArrayList<>();
      for (int layer = 0; layer < 4; layer++) {
        for (int unit = 0; unit < 3 + 3 * layer; unit++) {
          nodes.add(new CircuitNode(SITES.get(layer + 1), Integer.toString(unit), layer));
        }
      }
      List<CircuitEdge> edges = new ArrayList<>();
      for (int from = 0; from < nodes.size(); from++) {
        for (int to = from + 1; to < nodes.size(); to++) {
          boolean next = nodes.get(to).layer() == nodes.get(from).layer() + 1;
          if (next && random.nextInt(3) == 0) {
            edges.add(new CircuitEdge(from, to, random.nextGaussian()));
          }
        }
      }
      circuits.add(
          new CircuitPage(
              factor,
              "read-out of " + factor,
              around(0.92, 0.04),
              around(0.1, 0.05),
              around(0.02, 0.01),
              new CircuitPage.Search(
                  around(0.97, 0.01), 26_208, around(0.2, 0.1), around(0.4, 0.1), 0.95, 64, 1),
              new CircuitGraph(nodes, edges)));
    }
    return circuits;
  }

  private static MotifTable motifs() {
    return new MotifTable(
        "1,000 graphs, 10 swaps an edge, seed 1",
        List.of(
            new MotifTable.Row(
                "shape",
                "chain",
                41,
                new MotifTable.Beside(41, Double.NaN, 1, Double.NaN),
                new MotifTable.Beside(30.2, 2.4, 0.02, 0.04),
                "by degrees"),
            new MotifTable.Row(
                "shape",
                "parallel",
                12,
                new MotifTable.Beside(10.1, 0.8, 0.2, 0.3),
                new MotifTable.Beside(8, 1.9, 0.03, 0.05),
                ""),
            new MotifTable.Row(
                "scale", "chain", 3, MotifTable.Beside.NONE, MotifTable.Beside.NONE, "too small")),
        List.of(
            new MotifTable.Communities(
                "shape",
                0.41,
                List.of(List.of("encoder.conv2/0", "encoder.mu/1"), List.of("encoder.mu/2")),
                new MotifTable.Chance(0.44, -4.9, 1, 0.001)),
            new MotifTable.Communities(
                "scale", 0.2, List.of(List.of("encoder.mu/3")), MotifTable.Chance.NONE)),
        List.of(
            new MotifTable.Overlap(
                "encoder",
                "shape",
                "scale",
                new MotifTable.Shared(10, 20, 0.5, new MotifTable.Chance(0.3, 2.2, 0.01, 1)),
                new MotifTable.Shared(0, 0, Double.NaN, MotifTable.Chance.NONE))),
        List.of(
            new MotifTable.Hubs(
                "encoder",
                List.of("encoder.conv2/0"),
                12,
                new MotifTable.Chance(0.2, 1.9, 0.04, 0.9))));
  }

  private FactorGraphPage graph(int latents) {
    double[][] moved = new double[4][latents];
    for (int k = 0; k < 4; k++) {
      for (int z = 0; z < latents; z++) {
        moved[k][z] = k == z ? 1.1 : 0.1 * random.nextDouble();
      }
    }
    return new FactorGraphPage(
        List.of("angle", "light", "length", "position"),
        Grid.of(moved),
        List.of(
            new FactorGraphPage.Edge(0, 2, around(0.5, 0.05), 0.001, true),
            new FactorGraphPage.Edge(1, 3, around(0.8, 0.05), 0.001, true),
            new FactorGraphPage.Edge(0, 3, around(0.2, 0.05), 0.01, false)),
        List.of(
            new FactorGraphPage.Link(0, 2),
            new FactorGraphPage.Link(0, 3),
            new FactorGraphPage.Link(1, 2),
            new FactorGraphPage.Link(1, 3)),
        List.of(
            new FactorGraphPage.Score(
                "SHD",
                2,
                new FactorGraphPage.Chance(4.5, 0.02),
                new FactorGraphPage.Chance(3.5, 0.3)),
            new FactorGraphPage.Score(
                "precision", 0.9, FactorGraphPage.Chance.NONE, FactorGraphPage.Chance.NONE)),
        List.of("the probe of length is weak"),
        400);
  }
}
