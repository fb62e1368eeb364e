package io.patchbay.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A random sample of a sweep's cells, in the batches of a naive form: one unit and one variation
/// of as many bases as fit, because such a loop runs over units and batches over inputs. Where
/// there are fewer bases than rows, several units of one site share a batch.
public final class NaiveBatches {
  /// Rows of a batch that no larger one beat.
  static final int STRONGEST = 64;

  private static final int LEAST = 64;
  private static final int CELLS = 1024;

  private final SweepTask task;
  private final int rows;
  private final int together;
  private final List<Batch> batches = new ArrayList<>();

  /// A sample that is large enough for a rate: at least 64 batches and 1,024 cells.
  public static NaiveBatches of(final SweepTask task, final int rows, final long seed) {
    return new NaiveBatches(task, rows, Math.max(LEAST, CELLS / rows), seed);
  }

  /// Cells `firstBase`, `firstBase + 1`, ... of one unit and variation.
  ///
  /// @param unit its number among the task's units
  public record Group(int unit, int variation, int firstBase) {}

  /// Groups at one site that fill a batch.
  public record Batch(NetSite site, List<Group> groups) {
    public Batch {
      groups = List.copyOf(groups);
    }
  }

  /// Draws `count` batches of `rows` cells; every unit, variation and block of bases is as likely.
  ///
  /// @throws IllegalArgumentException when neither of rows and bases divides the other
  NaiveBatches(final SweepTask task, final int rows, final int count, final long seed) {
    this.task = task;
    this.rows = rows;
    this.together = Math.min(rows, task.bases());
    if (rows < 1 || rows % together != 0 || task.bases() % together != 0) {
      throw new IllegalArgumentException("batch: rows=" + rows + ", bases=" + task.bases());
    }
    final Map<NetSite, List<Integer>> bySite = new HashMap<>();
    for (int u = 0; u < task.units().size(); u++) {
      bySite.computeIfAbsent(task.units().get(u).site(), _ -> new ArrayList<>()).add(u);
    }
    final var random = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      final int first = random.nextInt(task.units().size());
      final var site = task.units().get(first).site();
      final var neighbours = bySite.getOrDefault(site, List.of());
      final var groups = new ArrayList<Group>();
      for (int g = 0; g < rows / together; g++) {
        groups.add(
            new Group(
                g == 0 ? first : neighbours.get(random.nextInt(neighbours.size())),
                random.nextInt(task.variations()),
                together * random.nextInt(task.bases() / together)));
      }
      batches.add(new Batch(site, groups));
    }
  }

  /// How many batches there are.
  public int count() {
    return batches.size();
  }

  /// Cells of one group.
  public int together() {
    return together;
  }

  /// The `turn`-th batch, modulo those there are.
  public Batch batch(final int turn) {
    return batches.get(Math.floorMod(turn, batches.size()));
  }

  /// The cells of a batch, group by group.
  public int[] cells(final Batch batch) {
    final int[] cells = new int[rows];
    for (int i = 0; i < rows; i++) {
      final var group = batch.groups().get(i / together);
      cells[i] = task.cell(group.firstBase() + i % together, group.unit(), group.variation());
    }
    return cells;
  }

  /// The base of each cell of a batch.
  public int[] bases(final Batch batch) {
    final int[] bases = cells(batch);
    for (int i = 0; i < rows; i++) {
      bases[i] = task.base(bases[i]);
    }
    return bases;
  }

  /// The row of the site's table that each cell of a batch takes.
  public int[] tableRows(final Batch batch) {
    final int[] taken = cells(batch);
    for (int i = 0; i < rows; i++) {
      taken[i] = task.tableRow(task.base(taken[i]), task.variation(taken[i]));
    }
    return taken;
  }
}
