package io.patchbay.analysis.report;

import java.util.List;

/// How a variant was trained.
///
/// @param curves one per logged quantity; curves of the same name are drawn together over variants
public record Training(List<Curve> curves) {

  public Training {
    curves = List.copyOf(curves);
  }

  /// One logged quantity.
  ///
  /// @param name `elbo`, `reconstruction`, `kl`, `total correlation`, `images per second`, ...
  /// @param unit `nats per image`, `images/s`, ...
  /// @param points in the order of their steps
  public record Curve(String name, String unit, List<Point> points) {

    public Curve {
      points = List.copyOf(points);
      for (int i = 1; i < points.size(); i++) {
        if (points.get(i).step() < points.get(i - 1).step()) {
          throw new IllegalArgumentException(
              "training curve: name=" + name + ", steps not in order at point=" + i);
        }
      }
    }
  }

  /// @param step the training step
  /// @param value NaN where the run had no number
  public record Point(long step, double value) {}
}
