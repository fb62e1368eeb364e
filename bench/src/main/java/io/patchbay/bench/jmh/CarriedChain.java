package io.patchbay.bench.jmh;

import static io.patchbay.tests.cases.Draft.RANGES;
import static io.patchbay.tests.cases.Draft.ROWS;
import static io.patchbay.tests.cases.Draft.TABLE;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.Layer;
import io.patchbay.bench.NetSite;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shape;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.tests.cases.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What of `conv4` comes after a site, as the layers that a patch's change is carried through: to
/// the image from the decoder, to the means from the encoder.
///
/// @param links the layers
record CarriedChain(NetSite site, List<Link> links) {
  private static final int SQUARE = 8;
  private static final double FAR = 1e3;

  /// A layer.
  ///
  /// @param weights as a convolution has them, or as (O, D)
  /// @param out sizes of its value
  /// @param fan numbers that one of its results is the sum of, about
  private record Link(Kind kind, Activation activation, Shape weights, int[] out, int fan) {
    /// Multiply-adds of all of it.
    double macs() {
      final int side = kind == Kind.UP ? out[1] / 2 : out[1 % out.length];
      return kind == Kind.LINEAR
          ? weights.rowSize()
          : (4.0 * side - 2) * (4.0 * side - 2) * weights.dim(0) * weights.dim(1);
    }
  }

  /// After a site.
  static CarriedChain of(final NetSite site) {
    final var links = new ArrayList<Link>();
    final int hidden = Conv4Weights.HIDDEN;
    final int flat = Conv4Weights.FLAT;
    if (site.encoder()) {
      for (final var layer : Layer.half(true).subList(site.depth(), Layer.half(true).size())) {
        links.add(convolution(layer, Activation.RELU));
      }
      links.add(dense(Activation.RELU, flat, hidden));
      links.add(dense(Activation.NONE, hidden, Conv4Weights.LATENTS));
    } else {
      if (site == NetSite.Z) {
        links.add(dense(Activation.RELU, Conv4Weights.LATENTS, hidden));
        links.add(dense(Activation.RELU, hidden, 64, 4, 4));
      }
      final int from = Math.max(0, site.depth() - 2);
      for (final var layer : Layer.half(false).subList(from, Layer.half(false).size())) {
        links.add(convolution(layer, layer == Layer.D4 ? Activation.SIGMOID : Activation.RELU));
      }
    }
    return new CarriedChain(site, List.copyOf(links));
  }

  private static Link convolution(final Layer layer, final Activation activation) {
    return new Link(
        layer.down() ? Kind.DOWN : Kind.UP,
        activation,
        Shape.of(layer.smallChannels(), layer.largeChannels(), 4, 4),
        new int[] {layer.outputChannels(), layer.outputSide(), layer.outputSide()},
        layer.inputChannels() * (layer.down() ? 16 : 4));
  }

  private static Link dense(final Activation activation, final int inputs, final int... out) {
    final int outputs = Shape.of(out).rowSize();
    return new Link(Kind.LINEAR, activation, Shape.of(outputs, inputs), out, inputs);
  }

  /// Sizes of the site.
  Shape shape() {
    return site == NetSite.Z
        ? Shape.of(site.channels())
        : Shape.of(site.channels(), site.side(), site.side());
  }

  /// Ranges of one patch: a channel or a latent is one, a square of the image as many as it has
  /// lines.
  int rangesOfPatch() {
    return site == NetSite.INPUT ? SQUARE : 1;
  }

  /// Weights of all layers.
  double weights() {
    return links.stream().mapToDouble(link -> link.weights().rowSize()).sum();
  }

  /// Units that a patch changes.
  double units() {
    return site == NetSite.INPUT ? SQUARE * SQUARE : site.side() * site.side();
  }

  /// Multiply-adds of one cell: of a channel those of one channel in the first layer, of whole
  /// values from there on; of a square those of the taps that read what has changed, borders not
  /// left out.
  double macs() {
    if (site != NetSite.INPUT) {
      final double first = links.getFirst().macs() / site.channels();
      return first + links.stream().skip(1).mapToDouble(Link::macs).sum();
    }
    double macs = 0;
    double side = SQUARE;
    double changed = units();
    for (final var link : links) {
      if (link.kind() == Kind.LINEAR) {
        macs += changed * link.weights().dim(0);
        changed = link.weights().dim(0);
      } else {
        // Four outputs of each channel read a pixel.
        macs += 4 * side * side * link.weights().dim(0) * link.weights().dim(1);
        side = Math.min(link.out()[1], side / 2 + 2);
        changed = side * side * link.out()[0];
      }
    }
    return macs;
  }

  /// Numbers of the clean values that one cell reads beside its source, whole ones.
  double clean() {
    return links.stream().mapToDouble(link -> Shape.of(link.out()).rowSize()).sum();
  }

  /// The op, each row of the batch an interchange of one channel, latent or square with a row of
  /// the table.
  ///
  /// @param given whether the weights are given values, or states
  Node draw(
      final Draft draft, final Propagate.End end, final Precision precision, final boolean given) {
    final double[] five = {0, 0, 1, -FAR, FAR};
    final var numbers = draft.floats(Shape.batched(ROWS, five.length), i -> five[i % five.length]);
    return draw(draft, numbers, end, precision, given, Optional.empty());
  }

  /// The same with other numbers, or an op of one's own.
  ///
  /// @param numbers of each row keep, shift, take, low and high
  Node draw(
      final Draft draft,
      final Node numbers,
      final Propagate.End end,
      final Precision precision,
      final boolean given,
      final Optional<PatchOp> own) {
    final int size = shape().rowSize();
    final var table = Shape.batched(TABLE, size);
    final int rows = draft.sizes().of(TABLE);
    final var inputs = new ArrayList<Node>();
    inputs.add(draft.input(table));
    inputs.add(draft.input(table));
    inputs.add(Drawn.index(draft, rows));
    inputs.add(Drawn.index(draft, rows));
    inputs.add(numbers);
    inputs.add(
        site == NetSite.INPUT
            ? squares(draft)
            : Drawn.ranges(draft, size, site.side() * site.side()));
    final var layers = new ArrayList<Propagate.Layer>();
    for (final var link : links) {
      layers.add(new Propagate.Layer(link.kind(), link.activation()));
      final double half = 1.5 / Math.sqrt(link.fan());
      inputs.add(
          given
              ? draft.input(link.weights(), -half, half)
              : draft.state("w" + layers.size(), link.weights(), -half, half));
      inputs.add(draft.input(Shape.batched(TABLE, link.out())));
    }
    if (end == Propagate.End.PRODUCTS) {
      inputs.add(draft.input(inputs.getLast().shape()));
      inputs.add(Drawn.index(draft, rows));
    }
    own.ifPresent(op -> {
      if (op.reads(PatchValue.RANDOM)) {
        inputs.add(Drawn.seed(draft));
        inputs.add(Drawn.ids(draft));
      }
    });
    final boolean rectifies = site != NetSite.Z && site != NetSite.INPUT;
    final var op =
        new Propagate(
            rectifies, layers, end, false, precision, own.map(o -> Propagate.Own.at(o, shape())));
    return draft.graph().append(op, inputs.toArray(Node[]::new));
  }

  private Node squares(final Draft draft) {
    final int along = site.side() / SQUARE;
    return draft.integers(
        Shape.batched(RANGES, 3),
        i -> {
          final int range = i / 3;
          final int row = range / SQUARE;
          final int square = row % (along * along);
          final int line = square / along * SQUARE + range % SQUARE;
          final int first = line * site.side() + square % along * SQUARE;
          return switch (i % 3) {
            case 0 -> row;
            case 1 -> first;
            default -> first + SQUARE;
          };
        });
  }
}
