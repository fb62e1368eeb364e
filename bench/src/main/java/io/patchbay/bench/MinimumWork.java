package io.patchbay.bench;

import io.patchbay.bench.SweepWorkload.Outcome;
import java.util.List;

/// The multiply-adds that a sweep cannot do without, by the exact rewrites that are known: nothing
/// is computed twice, a change is followed as a change, and only where it arrives. Taps outside the
/// image are not counted, nor are ReLU, sigmoid and norms.
///
/// - A latent: the decoder, all of it.
/// - A channel: it enters the next layer alone (a change of rank one), so that layer costs its
///   share of one input channel; the layers after it change everywhere and cost all.
/// - A rectangle or an element: of every convolution the taps that read a changed element; the
///   changed rectangle grows from layer to layer.
/// - Beside the cells, each input is encoded once, and decoded once where images are compared.
///   Sources are inputs of the sweep, so their activations come with it.
/// - Only the means are computed of the encoder's last layer.
final class MinimumWork {
  private static final int LAYERS = 4;
  private static final long HEAD = (long) Conv4Weights.HIDDEN * Conv4Weights.LATENTS;

  private MinimumWork() {}

  /// Multiply-adds of a whole sweep, for one of its cells.
  static double perCell(final SweepTask task) {
    final var workload = task.workload();
    final double cells = task.cells();
    double changes = 0;
    for (final var unit : task.units()) {
      changes += change(workload, unit);
    }
    final double each = changes / task.units().size();
    return each * (workload.outcome() == Outcome.PAIR ? 2 : 1)
        + task.inputs() * input(workload.outcome()) / cells;
  }

  /// What each input costs, however many cells it has.
  static double input(final Outcome outcome) {
    final long encode = macs(Layer.half(true)) + dense();
    return switch (outcome) {
      case IMAGE, PAIR -> encode + decode();
      case MU -> encode;
    };
  }

  /// What one intervened run costs beyond what its input has cost.
  static double change(final SweepWorkload workload, final UnitBox unit) {
    final var site = unit.site();
    if (site == NetSite.Z) {
      return decode();
    }
    if (site.encoder() != (workload.outcome() == Outcome.MU)) {
      throw new IllegalArgumentException("no path counted: workload=" + workload + ", at=" + site);
    }
    return site.encoder() ? throughEncoder(unit) : throughDecoder(unit);
  }

  private static double throughDecoder(final UnitBox unit) {
    Span rows = new Span(unit.top(), unit.top() + unit.height());
    Span columns = new Span(unit.left(), unit.left() + unit.width());
    final var layers = Layer.half(false);
    double macs = 0;
    for (int i = unit.site().depth() - 2; i < LAYERS; i++) {
      final var layer = layers.get(i);
      final boolean first = i == unit.site().depth() - 2;
      final long channels = first ? 1 : layer.inputChannels();
      macs +=
          (double) rows.tapsUp(layer.side())
              * columns.tapsUp(layer.side())
              * channels
              * layer.outputChannels();
      rows = rows.up(layer.side());
      columns = columns.up(layer.side());
    }
    return macs;
  }

  private static double throughEncoder(final UnitBox unit) {
    Span rows = new Span(unit.top(), unit.top() + unit.height());
    Span columns = new Span(unit.left(), unit.left() + unit.width());
    final var layers = Layer.half(true);
    double macs = 0;
    long channels = 1;
    for (int i = unit.site().depth(); i < LAYERS; i++) {
      final var layer = layers.get(i);
      macs +=
          (double) rows.tapsDown(layer.side())
              * columns.tapsDown(layer.side())
              * channels
              * layer.outputChannels();
      rows = rows.down(layer.side());
      columns = columns.down(layer.side());
      channels = layer.outputChannels();
    }
    return macs + (double) rows.length() * columns.length() * channels * Conv4Weights.HIDDEN + HEAD;
  }

  private static long decode() {
    return macs(Layer.half(false))
        + (long) Conv4Weights.LATENTS * Conv4Weights.HIDDEN
        + (long) Conv4Weights.HIDDEN * Conv4Weights.FLAT;
  }

  /// The dense layers of the encoder.
  private static long dense() {
    return (long) Conv4Weights.FLAT * Conv4Weights.HIDDEN + HEAD;
  }

  private static long macs(final List<Layer> layers) {
    return layers.stream().mapToLong(Layer::effectiveMacs).sum();
  }

  /// Changed rows or columns, `begin` (inclusive) to `end` (exclusive). Small pixel `s` and large
  /// pixel `l` of a layer meet in tap `k` where `l = 2 s + k - 1`, 0 <= k < 4.
  private record Span(int begin, int end) {
    int length() {
      return end - begin;
    }

    /// Taps of these small pixels that fall into the large image.
    long tapsUp(final int side) {
      long taps = 0;
      for (int s = begin; s < end; s++) {
        taps += Math.min(2 * side, 2 * s + 3) - Math.max(0, 2 * s - 1);
      }
      return taps;
    }

    /// The large pixels that these small ones reach.
    Span up(final int side) {
      return new Span(Math.max(0, 2 * begin - 1), Math.min(2 * side, 2 * end + 1));
    }

    /// Taps that small pixels have on these large ones.
    long tapsDown(final int side) {
      long taps = 0;
      for (int l = begin; l < end; l++) {
        final var reached = new Span(l, l + 1).down(side);
        taps += reached.length();
      }
      return taps;
    }

    /// The small pixels that read these large ones.
    Span down(final int side) {
      return new Span(Math.max(0, (begin - 1) / 2), Math.min(side, end / 2 + 1));
    }
  }
}
