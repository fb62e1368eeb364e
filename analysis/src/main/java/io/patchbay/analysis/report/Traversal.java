package io.patchbay.analysis.report;

import java.util.List;

/// Decoded images when one latent is set to each of a row of values, others at their base.
///
/// @param note the base input and how its code was taken
/// @param values what the latent was set to, one per column
/// @param rows one per latent
public record Traversal(String note, List<Double> values, List<Row> rows) {

  public Traversal {
    values = List.copyOf(values);
    rows = List.copyOf(rows);
    for (Row row : rows) {
      if (row.pictures().size() != values.size()) {
        throw new IllegalArgumentException(
            "traversal: latent="
                + row.latent()
                + ", pictures="
                + row.pictures().size()
                + ", values="
                + values.size());
      }
    }
  }

  /// One latent.
  ///
  /// @param kl KL(q(z_i|x) || p(z_i)) in nats, mean over inputs
  public record Row(String latent, double kl, List<Picture> pictures) {

    public Row {
      pictures = List.copyOf(pictures);
    }
  }
}
