package io.patchbay.engine;

/// A batch axis: rows that are computed independently of one another. Its length is chosen at each
/// run, up to the capacity of the plan. A graph may have several (inputs, sources, rows of a
/// sweep).
public record Axis(String name) {
  public Axis {
    if (name.isBlank()) {
      throw new IllegalArgumentException("an axis needs a name");
    }
  }
}
