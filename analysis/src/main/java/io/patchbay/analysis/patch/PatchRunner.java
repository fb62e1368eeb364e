package io.patchbay.analysis.patch;

import io.patchbay.engine.Node;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Interventions at fixed sites of one model: a program for what comes before them, run once per
/// input, and a program for what comes after, run once per cell with many cells at a time: as many
/// as the device has memory for, which no number depends on.
///
/// An intervention that does not fire on exactly the elements that were planned is an error.
public final class PatchRunner implements AutoCloseable {
  private static final String IMAGE = "output";

  private final Suffix suffix;
  private final List<String> sites;
  private final boolean among;
  private final Map<Effect, Node> effects = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Prefix prefix;
  private final CellProgram cells;
  private final Optional<ImageProjection> projection;
  private final Optional<CleanDirections> between;
  private final boolean carries;
  private int bases;
  private int sources;
  private int directions;

  /// How much fits at once.
  ///
  /// @param sources rows that cells may take from; [#AMONG_BASES] when they take from the bases
  /// @param ranges per cell, on average
  /// @param inputs that are run together
  /// @param fewest cells that it may do with at a time where memory is short
  public record Capacity(int bases, int sources, int cells, int ranges, int inputs, int fewest) {
    /// Instead of a number of sources: a source row is the row of a base.
    public static final int AMONG_BASES = 0;

    /// As few cells at a time as there is memory for.
    public Capacity(
        final int bases, final int sources, final int cells, final int ranges, final int inputs) {
      this(bases, sources, cells, ranges, inputs, 1);
    }

    /// All bases, or all sources, are run together.
    public Capacity(final int bases, final int sources, final int cells, final int ranges) {
      this(bases, sources, cells, ranges, Math.max(bases, sources));
    }

    private boolean among() {
      return sources == AMONG_BASES;
    }
  }

  /// Without directions.
  ///
  /// @param model the graph that is intervened on; noise, where it has any, is keyed per input
  /// @param sites the patched sites
  /// @param effects the numbers to compute per cell
  /// @param values the sites whose whole values can be read per cell
  public PatchRunner(
      final Subject subject,
      final VaeGraph model,
      final List<String> sites,
      final List<Effect> effects,
      final List<String> values,
      final Capacity capacity) {
    this(subject, model, sites, effects, values, 0, capacity);
  }

  /// @param directions how many directions of the image its change can be projected on, see
  ///   [#directions]
  public PatchRunner(
      final Subject subject,
      final VaeGraph model,
      final List<String> sites,
      final List<Effect> effects,
      final List<String> values,
      final int directions,
      final Capacity capacity) {
    this(
        subject,
        model,
        SitePatch.mixed(sites),
        effects,
        values,
        directions,
        false,
        capacity,
        Optional.empty());
  }

  /// Without directions.
  ///
  /// @param sites how each patched site is changed; what their ops read beside the source has to be
  ///   given before the first run, see [#mean] and [#keys]
  public PatchRunner(
      final Subject subject,
      final VaeGraph model,
      final Map<String, SitePatch> sites,
      final List<Effect> effects,
      final List<String> values,
      final Capacity capacity) {
    this(subject, model, sites, effects, values, 0, false, capacity, Optional.empty());
  }

  /// @param own whether each cell has a direction of its own
  /// @param route how the change at the only site goes on, where it is carried
  public PatchRunner(
      final Subject subject,
      final VaeGraph model,
      final Map<String, SitePatch> sites,
      final List<Effect> effects,
      final List<String> values,
      final int directions,
      final boolean own,
      final Capacity capacity,
      final Optional<Route> route) {
    this.sites = List.copyOf(sites.keySet());
    this.among = capacity.among();
    this.suffix = new Suffix(model.graph(), sites, route, among);
    this.carries = route.isPresent();
    for (final var effect : effects) {
      this.effects.put(effect, suffix.effect(effect));
    }
    for (final var site : values) {
      this.values.put(site, suffix.value(site));
    }
    this.projection =
        directions == 0
            ? Optional.empty()
            : Optional.of(
                own
                    ? ImageProjection.own(suffix, Suffix.site(model.graph(), IMAGE).shape())
                    : ImageProjection.all(suffix, directions));
    final var outputs = new ArrayList<>(this.effects.values());
    outputs.addAll(this.values.values());
    projection.ifPresent(p -> outputs.add(p.products()));
    final var needed = new LinkedHashSet<>(suffix.tables().keySet());
    suffix.points().values().forEach(point -> needed.add(point.site()));
    values.forEach(site -> needed.add(Suffix.site(model.graph(), site)));
    if (own) {
      needed.add(Suffix.site(model.graph(), IMAGE));
    }
    this.between =
        own && among
            ? Optional.of(
                new CleanDirections(
                    subject, Suffix.site(model.graph(), IMAGE), capacity.bases(), directions))
            : Optional.empty();
    try {
      this.prefix = new Prefix(subject, model, List.copyOf(needed), capacity.inputs());
    } catch (final RuntimeException e) {
      between.ifPresent(CleanDirections::close);
      throw e;
    }
    final var row = projection.flatMap(ImageProjection::own);
    try {
      this.cells =
          new CellProgram(subject, suffix, sites, outputs, capacity, directions, row, carries);
    } catch (final RuntimeException e) {
      prefix.close();
      between.ifPresent(CleanDirections::close);
      throw e;
    }
    if (!among) {
      // Without sources every cell takes zeros, times nothing.
      sources = 1;
      suffix
          .points()
          .values()
          .forEach(p -> cells.write(p.sources(), new float[p.sources().shape().rowSize()]));
    }
  }

  /// Computes what the cells of these bases share. `images` holds whole inputs, (C, H, W) each.
  public void bases(final float[] images) {
    bases(images, 0);
  }

  /// As above; the inputs become rows `at`.. of the bases, the last of them then.
  public void bases(final float[] images, final int at) {
    bases(images, 0, prefix.count(images), at);
  }

  /// As above, of `count` of the inputs from `first` on.
  public void bases(final float[] images, final int first, final int count, final int at) {
    prefix.run(
        images,
        first,
        count,
        from -> {
          suffix.tables().forEach((value, table) -> cells.take(prefix, value, table, at + from));
          between.ifPresent(of -> of.take(prefix, at + from));
        });
    bases = at + count;
  }

  /// Computes the activations of these inputs at the patched sites.
  public void sources(final float[] images) {
    sources(images, 0);
  }

  /// As above; the inputs become rows `at`.. of the sources, the last of them then.
  public void sources(final float[] images, final int at) {
    requireSources();
    final int count = prefix.count(images);
    final var taken =
        suffix.points().values().stream().filter(p -> cells.reads(p.sources())).toList();
    prefix.run(
        images,
        0,
        count,
        from -> taken.forEach(p -> cells.take(prefix, p.site(), p.sources(), at + from)));
    sources = at + count;
  }

  /// Writes rows that cells may take from at one site, such as means or noise.
  public void sourceValues(final String site, final float[] rowsOfSite) {
    requireSources();
    final var point = suffix.point(site);
    sources = rowsOfSite.length / point.sources().shape().rowSize();
    cells.write(point.sources(), rowsOfSite);
  }

  private void requireSources() {
    if (among) {
      throw new IllegalStateException("cells take from the bases: sites=" + sites);
    }
  }

  /// The mean of a site over inputs, for an op that reads it.
  public void mean(final String site, final float[] values) {
    cells.custom().mean(site, values);
  }

  /// Keys the random numbers that ops of the user's own read in the next runs: those of a unit in a
  /// cell by the seed, the cell's base input, and `draw` plus the cell's source row. Sites do not
  /// share them.
  ///
  /// @param ids of the base inputs, in their order
  public void keys(final long seed, final long[] ids, final int draw) {
    cells.custom().keys(seed, ids, draw);
  }

  /// Keys the noise of the next call of [#bases] or [#sources]; only for a model with noise.
  public void noise(final long seed, final long[] ids, final int draw) {
    prefix.noise(seed, ids, draw);
  }

  /// The base value of a patched site or of one of the planned values: rows as [#bases] had them,
  /// or as [#sources] had them if that was called last.
  public float[] prefixValue(final String site) {
    return prefix.value(site);
  }

  /// Runs cells; read the results with [#effect] and [#value].
  ///
  /// @throws IllegalStateException when a patch did not fire exactly as planned
  public void run(final List<Cell> batch) {
    batch.forEach(cell -> checkBase(cell.base()));
    run(CellBatch.of(sites, batch));
  }

  /// As above. What a batch shares with the one before is not written again.
  void run(final CellBatch batch) {
    cells.run(batch, bases, sources, directions);
  }

  /// As above, without waiting for the end: what is asked for afterwards is prepared meanwhile.
  ///
  /// @param output that is read of it
  RunningCells start(final CellBatch batch, final Node output) {
    return cells.start(batch, bases, sources, directions, List.of(output));
  }

  /// Per cell, 1 where it was proved to change nothing and left out; empty where nothing is left
  /// out.
  int[] skipped(final RunningCells run) {
    return carries ? run.skipped(suffix.point(sites.getFirst()).patch()) : new int[0];
  }

  void checkBase(final int base) {
    if (base < 0 || base >= bases) {
      throw new IllegalArgumentException("no such base: base=" + base + ", bases=" + bases);
    }
  }

  /// One number per cell of the last run.
  public float[] effect(final Effect effect) {
    return cells.read(planned(effect));
  }

  Node planned(final Effect effect) {
    final var node = effects.get(effect);
    if (node == null) {
      throw new IllegalArgumentException("effect was not planned: " + effect);
    }
    return node;
  }

  /// The value of a site in every cell of the last run, (C, H, W) each.
  public float[] value(final String site) {
    return cells.read(planned(site));
  }

  Node planned(final String site) {
    final var node = values.get(site);
    if (node == null) {
      throw new IllegalArgumentException("value was not planned: site=" + site);
    }
    return node;
  }

  /// The directions that the next runs multiply the change of the image with.
  ///
  /// @param values each of the image's elements, one after the other: as many as were planned, or,
  ///   where each cell has its own, at most as many
  public void directions(final float[] values) {
    final var node = planned().directions();
    directions = values.length / node.shape().rowSize();
    cells.write(node, values);
  }

  /// Makes the changes from the clean image of one base to that of another the directions. Only
  /// where each cell has its own, and takes from the bases.
  ///
  /// @param of the base of each direction
  /// @param towards the base whose image it leads to
  /// @return when it is asked, the square of the length of each: runs can be started before
  public Supplier<float[]> directions(final int[] of, final int[] towards) {
    final var computing =
        between.orElseThrow(
            () -> new IllegalStateException("cells do not take from the bases: sites=" + sites));
    directions = of.length;
    final var node = planned().directions();
    return computing.of(of, towards, (from, rows, at) -> cells.take(from, rows, node, at));
  }

  /// The products of each cell's change of the image with the directions, `[cell][direction]`, or
  /// with its own, `[cell]`.
  public float[] products() {
    return cells.read(planned().products());
  }

  ImageProjection planned() {
    return projection.orElseThrow(() -> new IllegalStateException("no directions were planned"));
  }

  /// The patched sites.
  List<String> sites() {
    return sites;
  }

  /// Cells that are computed at a time, at most.
  public int atOnce() {
    return cells.atOnce();
  }

  /// Bytes of native memory held.
  public long bytes() {
    return prefix.bytes() + cells.bytes() + between.map(CleanDirections::bytes).orElse(0L);
  }

  /// What runs once per input and what runs once per cell, for people.
  public String explain() {
    return "once per input:\n" + prefix + "\nonce per cell:\n" + cells;
  }

  @Override
  public void close() {
    prefix.close();
    cells.close();
    between.ifPresent(CleanDirections::close);
  }
}
