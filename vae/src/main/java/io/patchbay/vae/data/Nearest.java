package io.patchbay.vae.data;

import java.util.Comparator;
import java.util.List;

/// Names in the order of their likeness to a mistyped one.
public final class Nearest {
  private Nearest() {}

  /// All of `known`, the most alike first.
  public static List<String> of(String typed, List<String> known) {
    return known.stream()
        .sorted(
            Comparator.comparingInt((String name) -> distance(typed, name))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  // Levenshtein's edit distance.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      final int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        final int swap = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(swap, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
