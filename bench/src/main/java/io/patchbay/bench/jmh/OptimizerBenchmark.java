package io.patchbay.bench.jmh;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.Layer;
import io.patchbay.engine.Node;
import io.patchbay.engine.Optimizer;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/// One update of parameters by gradients that are given: kernel `expression`, one call for each
/// state, written in place. `CONV4` are all parameters of the reference net with 10 latents,
/// 764,245 in 26 states with the bias of each layer its own; `LARGEST` is its largest layer alone.
///
/// Operations of a call for each parameter: Adam 13 (3 of the first moment, 4 of the second, 6 of
/// the step), gradient descent 2. Bytes: 28 with both moments read and written, and 12.
///
/// Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main OptimizerBenchmark -rf
/// json -rff optimizers.json`; one: add `-p optimizer=ADAM -p parameters=CONV4`.
public class OptimizerBenchmark extends KernelBenchmark {
  private static final double TOLERANCE = 2e-5;

  /// How parameters are updated.
  @Param public Rule optimizer = Rule.ADAM;

  /// Which parameters.
  @Param public Net parameters = Net.CONV4;

  /// Rules.
  public enum Rule {
    ADAM(13, 7),
    DESCENT(2, 3);

    private final int operations;
    private final int floats;

    Rule(final int operations, final int floats) {
      this.operations = operations;
      this.floats = floats;
    }

    private Optimizer optimizer() {
      return switch (this) {
        case ADAM -> new Optimizer.Adam("all", 0.9, 0.999, 1e-8);
        case DESCENT -> new Optimizer.Sgd();
      };
    }
  }

  /// Parameters.
  public enum Net {
    LARGEST,
    CONV4;

    private List<Shape> shapes() {
      final int flat = Conv4Weights.FLAT;
      if (this == LARGEST) {
        return List.of(Shape.of(Conv4Weights.HIDDEN, flat));
      }
      final var shapes = new ArrayList<Shape>();
      for (final var layer : Layer.values()) {
        shapes.add(Shape.of(layer.smallChannels(), layer.largeChannels(), 4, 4));
        shapes.add(Shape.of(layer.outputChannels()));
      }
      for (final var dense : Dense.values()) {
        // Means and log-variances have a layer each.
        for (int i = 0; i < (dense == Dense.HEAD ? 2 : 1); i++) {
          shapes.add(Shape.of(dense.outputs(), dense.inputs()));
          shapes.add(Shape.of(dense.outputs()));
        }
      }
      return shapes;
    }
  }

  @Override
  Piece piece() {
    final var draft = Drawn.rows(1);
    final var states = new ArrayList<Node>();
    final var gradients = new ArrayList<Node>();
    double count = 0;
    for (final var shape : parameters.shapes()) {
      states.add(draft.state("p" + states.size(), shape, -1, 1));
      gradients.add(draft.input(shape));
      count += shape.rowSize();
    }
    final var rate = draft.input(Shape.of(), 0.0001, 0.001);
    draft.output(optimizer.optimizer().update(states, gradients, rate).toArray(Node[]::new));
    return Piece.of(
        draft.trial(),
        Set.of("expression"),
        TOLERANCE,
        optimizer.operations * count,
        optimizer.floats * count);
  }
}
