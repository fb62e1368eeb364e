package io.patchbay.vae.data;

import io.patchbay.engine.expression.Expression;
import io.patchbay.engine.expression.ExpressionException;
import io.patchbay.vae.data.ScmVariable.Cause;
import io.patchbay.vae.data.ScmVariable.Mechanism;
import io.patchbay.vae.data.ScmVariable.Range;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// The variables of a causal world, ready to compute: x = f(parents) + noise for those that have a
/// mechanism.
final class ScmGraph {
  private final ScmDescription description;
  private final List<ScmVariable> stated;
  // Places in the description, by which noise is drawn: new edges do not change them.
  private final int[] places;
  private final List<Node> nodes;
  private final List<Factor> factors;
  private final FactorGrid grid;
  private final List<Variable> variables;

  private sealed interface Node {
    /// @param factor place among the factors
    record Given(int factor) implements Node {}

    record Follows(Expression mechanism, int[] parents, Noise noise) implements Node {
      double at(double[] values) {
        final double[] read = new double[parents.length];
        for (int i = 0; i < read.length; i++) {
          read[i] = values[parents[i]];
        }
        return mechanism.at(read);
      }

      boolean moved(double[] from, double[] to) {
        for (int parent : parents) {
          if (from[parent] != to[parent]) {
            return true;
          }
        }
        return false;
      }
    }
  }

  /// @param source file or name, for messages
  /// @throws BadInputException naming the place of what is wrong
  ScmGraph(String source, ScmDescription description) {
    this.description = description;
    stated = ScmOrder.of(source, description.variables());
    places = stated.stream().mapToInt(description.variables()::indexOf).toArray();
    factors = new ScmFactors(source, description).factors();
    grid = new FactorGrid(factors);
    final List<String> order = stated.stream().map(ScmVariable::name).toList();
    final List<String> columns = factors.stream().map(Factor::name).toList();
    nodes = new ArrayList<>();
    for (ScmVariable variable : stated) {
      nodes.add(
          switch (variable) {
            case Cause cause -> new Node.Given(columns.indexOf(cause.name()));
            case Mechanism mechanism -> compile(source, mechanism, order);
          });
    }
    variables = new ScmRanges(source, this).variables(stated);
  }

  private static Node compile(String source, Mechanism mechanism, List<String> order) {
    final String at = ScmOrder.place(mechanism.name());
    if (mechanism.parents().isEmpty() && mechanism.noise() instanceof Noise.None) {
      throw new BadInputException(
          source, at, "neither parents nor noise", "either, or values in place of a mechanism");
    }
    if (mechanism.discrete() && !(mechanism.noise() instanceof Noise.None)) {
      throw new BadInputException(
          source, at + ".noise", "noise on whole numbers", "no noise where discrete is true");
    }
    final Range range = mechanism.range();
    if (range != null
        && (!(range.low() < range.high())
            || Double.isInfinite(range.low())
            || Double.isInfinite(range.high()))) {
      throw new BadInputException(
          source,
          at + ".range",
          range.low() + " to " + range.high(),
          "a finite low end below a high one");
    }
    final Expression expression =
        parse(source, at + ".mechanism", mechanism.expression(), mechanism.parents());
    final BitSet read = new BitSet();
    expression.reads(read);
    for (int i = 0; i < mechanism.parents().size(); i++) {
      if (!read.get(i)) {
        throw new BadInputException(
            source,
            at + ".parents",
            "'" + mechanism.parents().get(i) + "', which the mechanism does not read",
            "the names that it reads, and no others");
      }
    }
    return new Node.Follows(
        expression,
        mechanism.parents().stream().mapToInt(order::indexOf).toArray(),
        mechanism.noise());
  }

  /// Parses an expression of a description.
  static Expression parse(String source, String place, String text, List<String> names) {
    try {
      return Expression.parse(text, names);
    } catch (ExpressionException e) {
      throw new BadInputException(
          source, place + ", column " + e.column(), e.found(), e.expected(), e);
    }
  }

  List<Factor> factors() {
    return factors;
  }

  FactorGrid grid() {
    return grid;
  }

  List<Variable> variables() {
    return variables;
  }

  /// What noise adds to each variable at a row: 0 where a variable has none.
  double[] noiseOf(long row) {
    final int sample = (int) (row % description.samples());
    final double[] noise = new double[nodes.size()];
    for (int i = 0; i < noise.length; i++) {
      if (nodes.get(i) instanceof Node.Follows follows) {
        noise[i] =
            follows
                .noise()
                .draw(description.seed(), row / description.samples(), sample, places[i]);
      }
    }
    return noise;
  }

  /// Every variable at a row: with the row's noise, and some of them set.
  double[] solve(long row, Map<String, Double> set) {
    final int[] indices = grid.indicesOf(row);
    final double[] noise = noiseOf(row);
    final double[] values = new double[nodes.size()];
    for (int i = 0; i < values.length; i++) {
      final Double given = set.get(stated.get(i).name());
      if (given != null) {
        values[i] = given;
        continue;
      }
      values[i] =
          switch (nodes.get(i)) {
            case Node.Given cause -> factors.get(cause.factor()).value(indices[cause.factor()]);
            case Node.Follows follows -> follows.at(values) + noise[i];
          };
    }
    return values;
  }

  /// Lets the descendants of `set` follow. Where a variable has noise, the noise is what its value
  /// was beyond its mechanism, and is kept; where it has none, the mechanism alone decides.
  ///
  /// @param before values before they were set
  /// @param after the same with some of them set; changed in place
  void follow(double[] before, double[] after, Map<String, Double> set) {
    final BitSet touched = new BitSet();
    for (int i = 0; i < after.length; i++) {
      if (set.containsKey(stated.get(i).name())) {
        touched.set(i);
      } else if (nodes.get(i) instanceof Node.Follows follows && follows(follows, touched)) {
        touched.set(i);
        if (follows.noise() instanceof Noise.None) {
          after[i] = follows.at(after);
        } else if (follows.moved(before, after)) {
          after[i] = follows.at(after) + (before[i] - follows.at(before));
        }
      }
    }
  }

  private static boolean follows(Node.Follows node, BitSet touched) {
    for (int parent : node.parents()) {
      if (touched.get(parent)) {
        return true;
      }
    }
    return false;
  }

  /// Values by name, for messages.
  String shown(double[] values) {
    final StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ", ").append(stated.get(i).name()).append('=').append(values[i]);
    }
    return text.toString();
  }
}
