package io.patchbay.analysis.sweep.folder;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyFloats;
import java.nio.file.Path;
import java.util.List;

/// The effects of a sweep on disk, `[input][unit][variation][draw]`, read in pieces: what is in
/// memory does not grow with the sweep.
public final class SweepEffects implements AutoCloseable {
  /// Elements of a piece, at most.
  static final int PIECE = 1 << 18;

  private final NpyFloats file;
  private final long inputs;
  private final long units;
  private final long inner;

  private SweepEffects(
      final NpyFloats file, final long inputs, final long units, final long inner) {
    this.file = file;
    this.inputs = inputs;
    this.units = units;
    this.inner = inner;
  }

  /// Takes effects in their order.
  public interface Piece {
    /// @param from the place of the first of them among all effects
    /// @param values valid during the call only
    void take(long from, float[] values, int count);
  }

  /// @throws BadInputException when the file does not have this shape
  static SweepEffects open(final Path path, final List<Long> shape) {
    final var file = NpyFloats.open(path);
    if (!file.header().shape().equals(shape)) {
      file.close();
      throw new BadInputException(
          path, "shape", file.header().shape().toString(), shape + " as axes.json says");
    }
    return new SweepEffects(file, shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
  }

  public long inputs() {
    return inputs;
  }

  /// Effects of one input.
  public long each() {
    return units * inner;
  }

  /// Effects of one unit on one input.
  public long inner() {
    return inner;
  }

  public long count() {
    return inputs * each();
  }

  /// All effects from place `from` up to, and without, place `to`.
  public void read(final long from, final long to, final Piece piece) {
    final var values = new float[(int) Math.min(PIECE, to - from)];
    for (long at = from; at < to; at += values.length) {
      final int count = (int) Math.min(values.length, to - at);
      file.read(at, values, 0, count);
      piece.take(at, values, count);
    }
  }

  /// The effect at one place.
  public float at(final long place) {
    final var one = new float[1];
    file.read(place, one, 0, 1);
    return one[0];
  }

  @Override
  public void close() {
    file.close();
  }
}
