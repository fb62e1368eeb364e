package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Every unit of one site in every variation, on several bases at a time: the effects of a sweep,
/// in memory. How they are computed is given: all that the site can change computed whole, or only
/// the change carried through the layers that follow.
///
/// Cells are in the order base, unit, variation. A cell's effect depends on its own base and source
/// alone.
public final class SiteSweep implements AutoCloseable {
  private final Site site;
  private final SiteArrays cells;
  private final boolean alike;
  private final List<Variation> variations;
  private final int perBase;
  private final Room room;
  private final ClimbingRunner runner;
  private int[] again = {};
  private final Map<Integer, SiteArrays> repeated = new HashMap<>();
  private int[] skipped = {};

  /// What happens to each unit.
  ///
  /// @param source the row of the sources that it takes from, unless a run says otherwise
  public record Variation(Coefficients coefficients, int source) {}

  /// How much fits.
  ///
  /// @param bases whose clean values are held
  /// @param sources rows to take from; [Capacity#AMONG_BASES] when cells take from the bases
  /// @param together bases whose cells are computed together, at most
  /// @param inputs that one call of [#bases] or [#sources] takes, at most
  /// @param whole whether the cells of all bases that are computed together have to fit at once
  public record Room(int bases, int sources, int together, int inputs, boolean whole) {
    public Room {
      if (bases < 1 || sources < 0 || together < 1 || together > bases || inputs < 1) {
        throw new IllegalArgumentException(
            "bases=" + bases + ", sources=" + sources + ", together=" + together);
      }
    }

    /// Cells are computed a part at a time where memory is short.
    public Room(final int bases, final int sources, final int together, final int inputs) {
      this(bases, sources, together, inputs, false);
    }

    /// All that are held are computed together.
    public Room(final int bases, final int sources) {
      this(bases, sources, bases, Math.max(bases, sources));
    }

    private Capacity capacity(final int cells, final int ranges) {
      final int most = together * cells;
      return new Capacity(bases, sources, most, ranges, inputs, whole ? most : 1);
    }
  }

  /// With all values that the site can change computed whole.
  public static SiteSweep whole(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room) {
    return new SiteSweep(subject, model, site, units, variations, effect, room, Optional.empty());
  }

  /// By five numbers.
  public SiteSweep(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final Optional<Route> route) {
    this(
        subject,
        model,
        site,
        new SitePatch.Mixed(),
        units,
        variations,
        effect,
        room,
        Climb.by(route));
  }

  /// @param patch what its op reads beside the source has to be given before the first run, see
  ///   [#mean] and [#keys]
  /// @param climb how cells are computed
  public SiteSweep(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final SitePatch patch,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final Room room,
      final Climb climb) {
    this.site = site;
    this.variations = List.copyOf(variations);
    this.perBase = units.size() * variations.size();
    this.room = room;
    final var list = new ArrayList<Cell>();
    for (final var unit : units) {
      for (final var each : variations) {
        list.add(Cell.of(0, new Change(site.name(), unit, each.coefficients(), each.source())));
      }
    }
    this.cells = SiteArrays.of(site.name(), list);
    this.alike = cells.alike();
    final int ranges = Math.max(1, Math.ceilDiv(cells.ranges().length / 3, perBase));
    this.runner =
        new ClimbingRunner(
            way ->
                new PatchRunner(
                    subject,
                    model,
                    Map.of(site.name(), patch),
                    List.of(effect),
                    List.of(),
                    0,
                    false,
                    room.capacity(perBase, ranges),
                    way),
            site.name(),
            effect,
            climb);
  }

  /// Computes what the cells of these bases share. `images` holds whole inputs, (C, H, W) each.
  public void bases(final float[] images) {
    runner.bases(images);
  }

  /// As above; the inputs become bases `at`.., the last of them then.
  public void bases(final float[] images, final int at) {
    runner.bases(images, at);
  }

  /// As above, of `count` of the inputs from `first` on.
  public void bases(final float[] images, final int first, final int count, final int at) {
    runner.bases(images, first, count, at);
  }

  /// Computes the activations of inputs that cells take from.
  public void sources(final float[] images) {
    runner.sources(images);
  }

  /// As above; the inputs become sources `at`.., the last of them then.
  public void sources(final float[] images, final int at) {
    runner.sources(images, at);
  }

  /// The mean of the site over inputs, for an op that reads it.
  public void mean(final float[] values) {
    runner.mean(values);
  }

  /// Keys the random numbers that an op reads: those of a unit in a cell by the seed, the input of
  /// the cell's base and the source of its variation.
  ///
  /// @param ids of the inputs that are held as bases, in their order
  public void keys(final long seed, final long[] ids) {
    runner.keys(seed, ids);
  }

  /// Writes rows that cells may take from, such as means.
  public void sourceValues(final float[] rows) {
    runner.sourceValues(rows);
  }

  /// The activations of the inputs that were computed last, (C, H, W) each.
  public float[] activations() {
    return runner.activations();
  }

  /// The effects of bases `from` to `to - 1`, each cell with the source of its variation, those of
  /// a base `apart` rows behind those of the base before it.
  public float[] run(final int from, final int to, final int apart) {
    return kept(start(from, to, apart));
  }

  /// The effects of bases `from` to `to - 1`; `sources` holds the row of each base's variations.
  public float[] run(final int from, final int to, final int[] sources) {
    return kept(start(from, to, sources));
  }

  private float[] kept(final Started run) {
    final var effects = run.effects();
    skipped = run.skipped();
    again = run.again();
    return effects;
  }

  /// Cells of some bases that run, or have run. Those that were started first are to be asked
  /// first.
  public final class Started {
    private final ClimbingRunner.Started run;

    private Started(final CellBatch batch) {
      run = runner.start(batch);
    }

    /// Waits for them.
    ///
    /// @throws IllegalStateException when a patch did not fire exactly as planned
    public float[] effects() {
      return run.effects();
    }

    /// As [SiteSweep#skipped], of these.
    public int[] skipped() {
      return run.skipped();
    }

    /// As [SiteSweep#again], of these.
    public int[] again() {
      return run.again();
    }
  }

  /// As [#run], without waiting: the next bases can be computed and started meanwhile.
  public Started start(final int from, final int to, final int apart) {
    final var arrays = arrays(from, to);
    if (apart == 0) {
      return new Started(batch(from, to, arrays));
    }
    final var rows = new int[(to - from) * variations.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = variations.get(i % variations.size()).source() + i / variations.size() * apart;
    }
    return new Started(batch(from, to, arrays.from(index(rows))));
  }

  /// As [#run], without waiting.
  public Started start(final int from, final int to, final int[] sources) {
    return new Started(batch(from, to, sources));
  }

  /// As above, of some cells alone.
  ///
  /// @param which their numbers among all of these bases, ascending
  public Started start(final int from, final int to, final int[] sources, final int[] which) {
    final var all = batch(from, to, sources);
    // What stays where it is must have room.
    final boolean stays = alike && all.rows() <= runner.atOnce();
    return new Started(stays ? all.someAlike(which) : all.some(which));
  }

  /// @param rows of each base's variations
  private CellIndex index(final int[] rows) {
    final int each = variations.size();
    return new CellIndex(rows, perBase, each, rows.length / each * perBase);
  }

  private CellBatch batch(final int from, final int to, final int[] sources) {
    final int needed = (to - from) * variations.size();
    if (sources.length < needed) {
      throw new IllegalArgumentException("sources: given=" + sources.length + ", needed=" + needed);
    }
    final var arrays = arrays(from, to);
    return batch(from, to, arrays.from(index(Arrays.copyOf(sources, needed))));
  }

  private CellBatch batch(final int from, final int to, final SiteArrays arrays) {
    final var rows = IntStream.range(from, to).toArray();
    final var bases = new CellIndex(rows, perBase, 1, rows.length * perBase);
    return new CellBatch(bases, new int[0], Map.of(site.name(), arrays));
  }

  private SiteArrays arrays(final int from, final int to) {
    if (from < 0 || to <= from || to > room.bases() || to - from > room.together()) {
      throw new IllegalArgumentException("bases: from=" + from + ", to=" + to + ", " + room);
    }
    return repeated.computeIfAbsent(to - from, cells::repeated);
  }

  /// Per cell of the last run, 1 where it was proved to change nothing and left out; empty where
  /// nothing is left out.
  public int[] skipped() {
    return skipped;
  }

  /// Cells that are computed at a time, at most.
  public int atOnce() {
    return runner.atOnce();
  }

  /// Per cell of the last run, 1 where it was computed again by a more exact way; empty where there
  /// is none.
  public int[] again() {
    return again;
  }

  /// The steps of both programs and the memory they hold.
  public String explain() {
    return runner.explain();
  }

  @Override
  public void close() {
    runner.close();
  }
}
