package io.patchbay.analysis.report;

import java.util.ArrayList;
import java.util.List;

/// Fewer points for a long curve, with every peak kept: of each bucket of steps, the smallest and
/// the largest value stay, so that a spike in the log is a spike on the page.
final class Thinning {

  static final int MOST_POINTS = 1000;

  private Thinning() {}

  static List<Training.Point> of(List<Training.Point> points) {
    if (points.size() <= MOST_POINTS) {
      return points;
    }
    int buckets = MOST_POINTS / 2 - 1;
    List<Training.Point> kept = new ArrayList<>();
    kept.add(points.getFirst());
    int inner = points.size() - 2;
    for (int bucket = 0; bucket < buckets; bucket++) {
      int from = 1 + (int) ((long) inner * bucket / buckets);
      int to = 1 + (int) ((long) inner * (bucket + 1) / buckets);
      addExtremes(points, from, to, kept);
    }
    kept.add(points.getLast());
    return kept;
  }

  private static void addExtremes(
      List<Training.Point> points, int from, int to, List<Training.Point> kept) {
    int least = from;
    int most = from;
    for (int i = from; i < to; i++) {
      double value = points.get(i).value();
      if (Double.isNaN(value)) { // a gap must stay a gap
        kept.add(points.get(i));
        return;
      }
      least = value < points.get(least).value() ? i : least;
      most = value > points.get(most).value() ? i : most;
    }
    kept.add(points.get(Math.min(least, most)));
    if (least != most) {
      kept.add(points.get(Math.max(least, most)));
    }
  }
}
