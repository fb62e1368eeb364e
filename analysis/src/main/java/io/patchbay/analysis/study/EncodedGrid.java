package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.FactorCodes;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.Representation;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongConsumer;

/// The mean codes of a data set's grid of factors; each input is encoded when it is first asked
/// for, and kept: 4 bytes per latent.
final class EncodedGrid implements FactorCodes {
  private static final int PAGE = 1 << 10;

  private final Representation representation;
  private final FactorDataset data;
  private final int latents;
  private final LongConsumer progress;
  private final float[][] pages;
  private final BitSet known;
  private long asked;

  /// @param progress hears how many codes have been asked for
  EncodedGrid(
      final Representation representation,
      final FactorDataset data,
      final int latents,
      final LongConsumer progress) {
    this.representation = representation;
    this.data = data;
    this.latents = latents;
    this.progress = progress;
    if (data.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("grid too large to keep its codes: inputs=" + data.size());
    }
    final int size = (int) data.size();
    pages = new float[size / PAGE + 1][0];
    known = new BitSet(size);
  }

  @Override
  public int[] sizes() {
    return data.factors().stream().mapToInt(Factor::size).toArray();
  }

  /// How many codes were asked for.
  long asked() {
    return asked;
  }

  /// How many images were encoded.
  int encoded() {
    return known.cardinality();
  }

  @Override
  public Matrix of(final int[][] factors) {
    final int[] rows = new int[factors.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (int) data.rowOf(factors[i]);
    }
    encode(Arrays.stream(rows).filter(row -> !known.get(row)).sorted().distinct().toArray());
    final float[] codes = new float[Math.multiplyExact(rows.length, latents)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(
          pages[rows[i] / PAGE], rows[i] % PAGE * latents, codes, i * latents, latents);
    }
    asked += rows.length;
    progress.accept(asked);
    return Matrix.of(codes, rows.length, latents);
  }

  private void encode(final int[] rows) {
    if (rows.length == 0) {
      return;
    }
    final var codes = representation.encode(data, Arrays.stream(rows).asLongStream().toArray());
    for (int i = 0; i < rows.length; i++) {
      final int page = rows[i] / PAGE;
      if (pages[page].length == 0) {
        pages[page] = new float[PAGE * latents];
      }
      System.arraycopy(codes.mu(), i * latents, pages[page], rows[i] % PAGE * latents, latents);
      known.set(rows[i]);
    }
  }
}
