package io.patchbay.analysis.statistics;

/// A figure with a bias of the order 1/n, such as an entropy or an information from counts. With t
/// the figure, m the mean of its bootstrap draws, which have that bias twice, and q their
/// percentiles:
///
/// @param asComputed t, bias and all, to be compared with others computed in the same way from as
///   many inputs; its interval, `t + m` less q, is for the mean of such figures
/// @param unbiased `2 t - m`, what the figure comes to with more inputs; its interval is the basic
///   one, `2 t` less q (Efron and Tibshirani 1993, section 10.6; Davison and Hinkley 1997, section
///   5.2)
public record BiasedFigure(Interval asComputed, Interval unbiased) {
  /// All bounds, and the unbiased figure, are held inside the values that the figure can have.
  /// Where the draws tell no bounds they tell no bias either, and both are t without bounds.
  ///
  /// @param spread t, with percentiles of the draws
  /// @param mean of the draws
  static BiasedFigure of(Interval spread, double mean, double least, double most) {
    if (!spread.bounded()) {
      return new BiasedFigure(spread, spread);
    }
    double twice = 2 * spread.estimate();
    double both = spread.estimate() + mean;
    return new BiasedFigure(
        new Interval(
            spread.estimate(),
            Math.clamp(both - spread.high(), least, most),
            Math.clamp(both - spread.low(), least, most),
            spread.n()),
        new Interval(
            Math.clamp(twice - mean, least, most),
            Math.clamp(twice - spread.high(), least, most),
            Math.clamp(twice - spread.low(), least, most),
            spread.n()));
  }
}
