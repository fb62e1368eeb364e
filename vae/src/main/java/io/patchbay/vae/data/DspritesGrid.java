package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.Npz;
import io.patchbay.vae.io.NumericArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the factors of a file of dSprites' layout and checks that its rows are their full grid,
/// row-major with the last column fastest.
final class DspritesGrid {
  private static final long LIMIT = 1L << 28;
  private static final List<String> NAMES =
      List.of("color", "shape", "scale", "orientation", "posX", "posY");

  private DspritesGrid() {}

  static List<Factor> read(String file, Npz npz, long rows) {
    if (!npz.members().contains("latents_classes")) {
      throw new BadInputException(
          file, "members", npz.members() + "", "latents_classes beside imgs");
    }
    final NumericArray classes = npz.read("latents_classes", LIMIT);
    if (!classes.type().integral() || classes.shape().size() != 2) {
      throw new BadInputException(
          file,
          "member latents_classes",
          classes.shape() + " of " + classes.type(),
          "whole numbers of shape (images, factors)");
    }
    if (classes.shape().getFirst() != rows) {
      throw new BadInputException(
          file, "member latents_classes", classes.shape().getFirst() + " rows", rows + ", as imgs");
    }
    final int columns = Math.toIntExact(classes.shape().get(1));
    final long[] index = classes.longs();
    final int[] sizes = sizes(file, index, columns, rows);
    final double[][] values = values(file, npz, index, sizes);
    final List<String> names = names(file, npz, columns);
    final List<Factor> factors = new ArrayList<>();
    for (int k = 0; k < columns; k++) {
      // The one value of dSprites' colour tells nothing and does not move the rows.
      if (k > 0 || sizes[k] > 1 || !names.getFirst().equals("color")) {
        factors.add(new Factor(names.get(k), values[k], names.get(k).equals("orientation")));
      }
    }
    return factors;
  }

  private static int[] sizes(String file, long[] index, int columns, long rows) {
    final long[] largest = new long[columns];
    for (int i = 0; i < index.length; i++) {
      largest[i % columns] = Math.max(largest[i % columns], index[i]);
    }
    final int[] sizes = new int[columns];
    long product = 1;
    for (int k = 0; k < columns; k++) {
      if (largest[k] >= rows) {
        throw new BadInputException(
            file, "member latents_classes", "class " + largest[k], "classes below " + rows);
      }
      sizes[k] = (int) largest[k] + 1;
      product *= sizes[k];
      if (product > rows) {
        break;
      }
    }
    if (product != rows) {
      throw new BadInputException(
          file,
          "member latents_classes",
          rows + " rows",
          "a full grid of " + Arrays.toString(sizes));
    }
    final int[] expected = new int[columns];
    for (int i = 0; i < index.length; i += columns) {
      for (int k = 0; k < columns; k++) {
        if (index[i + k] != expected[k]) {
          throw new BadInputException(
              file,
              "member latents_classes row " + i / columns,
              "class " + index[i + k] + " in column " + k,
              "class " + expected[k] + ": the last column fastest");
        }
      }
      for (int k = columns - 1; k >= 0 && ++expected[k] == sizes[k]; k--) {
        expected[k] = 0;
      }
    }
    return sizes;
  }

  // Without latents_values the class is its own value.
  private static double[][] values(String file, Npz npz, long[] index, int[] sizes) {
    final int columns = sizes.length;
    final double[][] result = new double[columns][];
    for (int k = 0; k < columns; k++) {
      result[k] = new double[sizes[k]];
      Arrays.setAll(result[k], i -> i);
    }
    if (!npz.members().contains("latents_values")) {
      return result;
    }
    final NumericArray array = npz.read("latents_values", LIMIT);
    final List<Long> expected = List.of((long) index.length / columns, (long) columns);
    if (!array.shape().equals(expected)) {
      throw new BadInputException(
          file, "member latents_values", "shape " + array.shape(), "shape " + expected);
    }
    final double[] all = array.doubles();
    for (int i = 0; i < all.length; i++) {
      if (!Double.isFinite(all[i])) {
        throw new BadInputException(
            file, "member latents_values row " + i / columns, all[i] + "", "a finite number");
      }
      result[i % columns][(int) index[i]] = all[i];
    }
    return result;
  }

  private static List<String> names(String file, Npz npz, int columns) {
    if (npz.members().contains("latents_names")) {
      final NumericArray text = npz.read("latents_names", 1 << 16);
      final byte[] bytes = new byte[Math.toIntExact(text.elements())];
      final double[] values = text.doubles();
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) values[i];
      }
      final List<String> names = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      if (names.size() != columns) {
        throw new BadInputException(
            file, "member latents_names", names.size() + " names", columns + " names");
      }
      return names;
    }
    if (columns == NAMES.size()) {
      return NAMES;
    }
    final List<String> names = new ArrayList<>();
    for (int k = 0; k < columns; k++) {
      names.add("factor" + k);
    }
    return names;
  }
}
