package io.patchbay.engine;

import java.util.ArrayList;
import java.util.List;

/// Parameter updates as graph: compositions over states and assigns.
public sealed interface Optimizer {
  /// Appends the update of every parameter by its gradient.
  ///
  /// @return the assigns, to be planned as outputs
  List<Node> update(List<Node> parameters, List<Node> gradients, Node rate);

  /// Stochastic gradient descent.
  record Sgd() implements Optimizer {
    @Override
    public List<Node> update(
        final List<Node> parameters, final List<Node> gradients, final Node rate) {
      final var assigns = new ArrayList<Node>();
      for (int i = 0; i < parameters.size(); i++) {
        final var p = parameters.get(i);
        assigns.add(Ops.assign(p, Ops.sub(p, Ops.mul(gradients.get(i), rate))));
      }
      return assigns;
    }
  }

  /// Adam (Kingma and Ba 2015, algorithm 1). The moments are the states `adam.m.NAME` and
  /// `adam.v.NAME`; the powers of the betas are `adam.SCOPE.beta1` and `adam.SCOPE.beta2`.
  record Adam(String scope, double beta1, double beta2, double epsilon) implements Optimizer {
    @Override
    public List<Node> update(
        final List<Node> parameters, final List<Node> gradients, final Node rate) {
      final var graph = rate.graph();
      // 1 - beta^t is kept instead of beta^t, so that zeroed states start the count.
      final var bias1 = bias(graph, "beta1", beta1);
      final var bias2 = bias(graph, "beta2", beta2);
      final var assigns = new ArrayList<>(List.of(bias1, bias2));
      final var correction1 = bias1.input(1);
      final var correction2 = Ops.sqrt(bias2.input(1));
      final var step = Ops.div(rate, correction1);
      for (int i = 0; i < parameters.size(); i++) {
        final var p = parameters.get(i);
        final var g = gradients.get(i);
        final var name = ((Op.State) p.op()).name();
        final var m = graph.state("adam.m." + name, p.shape());
        final var v = graph.state("adam.v." + name, p.shape());
        final var nextM = Ops.add(Ops.mul(m, beta1), Ops.mul(g, 1 - beta1));
        final var nextV = Ops.add(Ops.mul(v, beta2), Ops.mul(Ops.square(g), 1 - beta2));
        final var root = Ops.add(Ops.div(Ops.sqrt(nextV), correction2), epsilon);
        assigns.add(Ops.assign(m, nextM));
        assigns.add(Ops.assign(v, nextV));
        assigns.add(Ops.assign(p, Ops.sub(p, Ops.mul(step, Ops.div(nextM, root)))));
      }
      return assigns;
    }

    private Node bias(final Graph graph, final String name, final double beta) {
      final var state = graph.state("adam." + scope + "." + name, Shape.of());
      return Ops.assign(state, Ops.add(Ops.mul(state, beta), 1 - beta));
    }
  }
}
