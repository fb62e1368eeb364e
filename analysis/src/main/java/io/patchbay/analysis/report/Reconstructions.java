package io.patchbay.analysis.report;

import java.util.List;

/// Images beside what the model makes of them.
///
/// @param note how the images were chosen and the code was taken, such as `held-out images 0 to 7,
///   z = mu(x)`
/// @param pairs all pictures of one size
public record Reconstructions(String note, List<Pair> pairs) {

  public Reconstructions {
    pairs = List.copyOf(pairs);
  }

  /// One image and its reconstruction.
  public record Pair(Picture original, Picture reconstruction) {

    public Pair {
      original.requireSameSize(reconstruction);
    }
  }
}
