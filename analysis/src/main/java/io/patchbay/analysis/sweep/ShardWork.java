package io.patchbay.analysis.sweep;

import io.patchbay.analysis.sweep.folder.Account;
import io.patchbay.analysis.sweep.folder.ShardWriter;
import io.patchbay.analysis.sweep.folder.SweepFolder;
import io.patchbay.engine.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The shards that a folder does not have yet, computed by one worker or several, each with cells
/// of its own: a worker takes some shards that follow each other, and more when it has written
/// them. Which worker computed a shard shows in no byte of it.
final class ShardWork {
  private final SweepFolder folder;
  private final long[] rows;
  private final int perShard;
  private final int each;
  private final Sweep.Listener listener;
  private final BooleanSupplier stop;
  private final int workers;
  private final List<Integer> missing;
  private final Map<Integer, Integer> atOnce = new TreeMap<>();
  private int next;
  private long done;
  private long added;
  private boolean stopped;
  private @Nullable Throwable failure;

  /// Shards that follow each other.
  ///
  /// @param end the first that does not belong to them
  private record Piece(int begin, int end) {}

  /// @param perShard inputs of a shard
  /// @param each cells of an input
  /// @param workers how many there will be
  ShardWork(
      final SweepFolder folder,
      final long[] rows,
      final int perShard,
      final int each,
      final int workers,
      final Sweep.Listener listener,
      final BooleanSupplier stop) {
    this.folder = folder;
    this.rows = rows;
    this.perShard = perShard;
    this.each = each;
    this.workers = workers;
    this.listener = listener;
    this.stop = stop;
    this.missing =
        IntStream.range(0, Math.ceilDiv(rows.length, perShard))
            .filter(shard -> !folder.has(shard, (long) inputs(shard) * each))
            .boxed()
            .toList();
    this.done = (long) rows.length * each;
    missing.forEach(shard -> done -= (long) inputs(shard) * each);
  }

  private int inputs(final int shard) {
    return Math.min(rows.length, (shard + 1) * perShard) - shard * perShard;
  }

  /// Computes them all, or until somebody asks to stop.
  ///
  /// @param cells makes those of each worker, on the thread that it works on; the first works on
  ///   this one
  /// @return whether all are there
  /// @throws RuntimeException what ended one worker, when the others have ended too
  boolean run(final List<Supplier<InputCells>> cells) {
    tell(0);
    final var threads = new ArrayList<Thread>();
    for (int w = 1; w < cells.size(); w++) {
      final int worker = w;
      threads.add(
          Thread.ofPlatform()
              .name("patchbay-sweep-" + worker)
              .start(() -> work(worker, cells.get(worker))));
    }
    work(0, cells.getFirst());
    threads.forEach(ShardWork::join);
    return finished();
  }

  private static void join(final Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (final InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean finished() {
    switch (failure) {
      case null -> {}
      case final RuntimeException e -> throw e;
      case final Error e -> throw e;
      case final Throwable e -> throw new IllegalStateException(e);
    }
    return !stopped;
  }

  private void work(final int worker, final Supplier<InputCells> cells) {
    try (var writer = new ShardWriter(folder);
        var runner = new TwinInputs(cells.get(), perShard)) {
      note(worker, runner.rows());
      for (var piece = take(runner.together()); piece != null; piece = take(runner.together())) {
        runner.next(piece.begin() * perShard, Math.min(rows.length, piece.end() * perShard));
        for (int shard = piece.begin(); shard < piece.end(); shard++) {
          if (!compute(runner, writer, shard)) {
            return;
          }
        }
        note(worker, runner.rows());
      }
    } catch (final RuntimeException | Error e) {
      fail(worker, e);
    }
  }

  /// @return whether it was not asked to stop
  private boolean compute(final InputCells runner, final ShardWriter writer, final int shard) {
    final int count = inputs(shard);
    final var effects = new float[count * each];
    Account account = Account.none();
    for (int i = 0; i < count; i++) {
      if (asked()) {
        tell(-(long) i * each);
        return false;
      }
      final var of = runner.run(rows[shard * perShard + i]);
      System.arraycopy(of.effects(), 0, effects, i * each, each);
      account = account.plus(of.account(each));
      tell(each);
    }
    writer.write(shard, effects, account.require("shard=" + shard));
    written(effects.length);
    return true;
  }

  private synchronized void written(final long cells) {
    added += cells;
  }

  private synchronized void note(final int worker, final int cells) {
    atOnce.put(worker, cells);
  }

  private synchronized boolean asked() {
    stopped |= failure != null || stop.getAsBoolean();
    return stopped;
  }

  private synchronized void tell(final long cells) {
    done += cells;
    if (cells >= 0) {
      listener.cells(done, (long) rows.length * each);
    }
  }

  /// The next shards for a worker: for one that is alone all that follow each other, else about as
  /// many as it computes at a time, fewer near the end so that all end together.
  ///
  /// @param inputs that the worker computes at a time
  private synchronized @Nullable Piece take(final int inputs) {
    if (next == missing.size() || failure != null || stopped) {
      return null;
    }
    final int left = missing.size() - next;
    final int most =
        workers == 1 ? left : Math.clamp(left / (2 * workers), 1, Math.ceilDiv(inputs, perShard));
    final int begin = missing.get(next);
    int end = begin;
    while (end - begin < most && next < missing.size() && missing.get(next) == end) {
      next++;
      end++;
    }
    return new Piece(begin, end);
  }

  /// The first failure counts: the others may follow from it.
  private synchronized void fail(final int worker, final Throwable e) {
    if (failure == null) {
      failure = workers == 1 ? e : named(worker, e);
    }
  }

  /// What names its device itself stays as it is.
  private Throwable named(final int worker, final Throwable e) {
    return switch (e) {
      case final DeviceMemoryException known -> known;
      case final RuntimeException known ->
          new IllegalStateException(
              "device "
                  + (worker + 1)
                  + " of "
                  + workers
                  + ": "
                  + (known.getMessage() == null ? known.toString() : known.getMessage()),
              known);
      default -> e;
    };
  }

  /// Cells that were added to the folder.
  synchronized long added() {
    return added;
  }

  /// Cells that each worker computes at a time, in the order of the workers.
  synchronized List<Integer> atOnce() {
    return List.copyOf(atOnce.values());
  }
}
