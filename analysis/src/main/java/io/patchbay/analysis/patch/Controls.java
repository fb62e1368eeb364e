package io.patchbay.analysis.patch;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.GuardRun.Control;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The control rows that run beside every sweep of a site: interventions whose outcome is known. A
/// patch that never arrives cannot pass all of them.
public final class Controls implements AutoCloseable {
  /// Relative difference that the dense plan's effects may have: its kernels sum in another order.
  private static final double DENSE = 1e-5;

  /// Where controls stand.
  ///
  /// @param graph the model, with noise or without
  /// @param site the site that is patched
  /// @param target the site whose value shows what a patch did
  /// @param seed keys the noise, where there is any
  public record Setting(VaeGraph graph, Site site, String target, long seed) {
    /// A model without noise, seen by its image.
    static Setting of(final Subject subject, final Site site) {
      return new Setting(VaeGraph.analysis(subject.vae(), new Axis("rows")), site, "output", 0);
    }
  }

  private final Subject subject;
  private final Setting setting;
  private final Site site;
  private final Effect effect;
  private final Optional<String> next;
  private final PatchRunner runner;
  private final int inputs;
  private final float[] images;
  private final float[] clean;
  private final float[] cleanNext;
  private final float[] activations;
  private final List<Control> results = new ArrayList<>();

  private Controls(
      final Subject subject, final Setting setting, final float[] images, final int inputs) {
    this.subject = subject;
    this.setting = setting;
    this.site = setting.site();
    this.effect = new Effect(Effect.Kind.L2, setting.target());
    this.images = images;
    this.inputs = inputs;
    final var graph = setting.graph().graph();
    this.next = next(graph, site.name());
    final var values = new ArrayList<>(List.of(setting.target(), site.name()));
    next.ifPresent(values::add);
    final int rangesPerCell = 1;
    final int cells = Math.max(2 * inputs, site.channels());
    this.runner =
        new PatchRunner(
            subject,
            setting.graph(),
            List.of(site.name()),
            List.of(effect),
            values,
            new Capacity(inputs, inputs, cells, rangesPerCell));
    noise();
    runner.bases(images);
    noise();
    runner.sources(images);
    this.activations = runner.prefixValue(site.name());
    final var untouched = new ArrayList<Cell>();
    for (int i = 0; i < inputs; i++) {
      untouched.add(new Cell(i, List.of()));
    }
    runner.run(untouched);
    this.clean = runner.value(setting.target());
    this.cleanNext = next.map(runner::value).orElse(new float[0]);
  }

  /// All rows share the noise of one input, so that a site behind it shows the images alone; where
  /// the site is the noise itself, each row has its own.
  private void noise() {
    if (setting.graph().noise().isPresent()) {
      final boolean own = !Reach.leads(setting.graph().graph(), "input", site.name());
      final var ids = new long[inputs];
      Arrays.setAll(ids, i -> own ? i : 0);
      runner.noise(setting.seed(), ids, 0);
    }
  }

  /// The site after `site` in the order of the computation, of those that read it.
  private static Optional<String> next(final Graph graph, final String site) {
    final var names = List.copyOf(graph.sites().keySet());
    return names.subList(names.indexOf(site) + 1, names.size()).stream()
        .filter(other -> !Suffix.site(graph, other).equals(Suffix.site(graph, site)))
        .filter(other -> Reach.leads(graph, site, other))
        .findFirst();
  }

  /// Runs the controls of one site on at least two inputs.
  ///
  /// @param images whole inputs, (C, H, W) each; they have to differ at the site
  /// @param cells cells of the sweep that the controls stand beside, all of them computed
  public static GuardRun of(
      final Subject subject,
      final Site site,
      final float[] images,
      final int inputs,
      final long cells) {
    return of(subject, Setting.of(subject, site), images, inputs, cells);
  }

  /// As above, where the model may have noise.
  public static GuardRun of(
      final Subject subject,
      final Setting setting,
      final float[] images,
      final int inputs,
      final long cells) {
    try (var controls = new Controls(subject, setting, images, inputs)) {
      controls.identity();
      final var name = setting.site().name();
      // Elsewhere a part of the source arrives by another way.
      if (Reach.cuts(setting.graph().graph(), "input", name, setting.target())) {
        controls.full();
      }
      controls.positive();
      controls.recomputed();
      return new GuardRun(name, cells, cells, 0, 0, controls.results);
    }
  }

  /// @throws IllegalStateException naming the first control that did not pass
  public static void require(final GuardRun run) {
    for (final var control : run.controls()) {
      if (!control.passed()) {
        throw new IllegalStateException(
            "control row failed: site="
                + run.name()
                + ", control="
                + control.name()
                + ", measured="
                + control.measured()
                + ", expected="
                + control.expected());
      }
    }
  }

  private void identity() {
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < inputs; i++) {
      cells.add(Cell.of(i, Change.interchange(site.name(), site.whole(), i)));
    }
    runner.run(cells);
    final int equal = equalRows(runner.value(setting.target()), clean, 0);
    add("identity", inputs, equal == inputs, equal + " of " + inputs + " bit-equal to the base");
  }

  private void full() {
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < inputs; i++) {
      cells.add(Cell.of(i, Change.interchange(site.name(), site.whole(), (i + 1) % inputs)));
    }
    runner.run(cells);
    final int equal = equalRows(runner.value(setting.target()), clean, 1);
    final boolean changes = equalRows(clean, clean, 1) < inputs;
    add(
        "full",
        inputs,
        equal == inputs && changes,
        equal
            + " of "
            + inputs
            + " bit-equal to the source's own run"
            + (changes ? "" : ", but all inputs have one output"));
  }

  /// Every channel that differs between two inputs is patched and read back.
  private void positive() {
    final int size = site.size();
    final var units = new ArrayList<Unit>();
    for (final var unit : site.channelUnits()) {
      if (differs(unit)) {
        units.add(unit);
      }
    }
    final var cells =
        units.stream().map(u -> Cell.of(0, Change.interchange(site.name(), u, 1))).toList();
    runner.run(cells);
    final var patched = runner.value(site.name());
    int right = 0;
    for (int c = 0; c < units.size(); c++) {
      final var expected = Arrays.copyOf(activations, size);
      for (final var range : units.get(c).ranges()) {
        System.arraycopy(
            activations, size + range.begin(), expected, range.begin(), range.length());
      }
      right += Arrays.equals(expected, 0, size, patched, c * size, (c + 1) * size) ? 1 : 0;
    }
    int moved = 0;
    for (final float change : runner.effect(effect)) {
      moved += change > 0 ? 1 : 0;
    }
    final int nextMoved = next.map(name -> movedAt(runner.value(name))).orElse(0);
    add(
        "positive",
        units.size(),
        !units.isEmpty() && right == units.size() && moved > 0 && (next.isEmpty() || nextMoved > 0),
        right
            + " of "
            + units.size()
            + " units read back as planned, "
            + next.map(name -> nextMoved + " of them move " + name + ", ").orElse("")
            + moved
            + " move "
            + setting.target());
  }

  /// Rows of the next site that are not as in the base.
  private int movedAt(final float[] values) {
    final int size = cleanNext.length / inputs;
    int moved = 0;
    for (int at = 0; at < values.length; at += size) {
      moved += Arrays.equals(values, at, at + size, cleanNext, 0, size) ? 0 : 1;
    }
    return moved;
  }

  private boolean differs(final Unit unit) {
    for (final var range : unit.ranges()) {
      for (int e = range.begin(); e < range.end(); e++) {
        if (activations[e] != activations[site.size() + e]) {
          return true;
        }
      }
    }
    return false;
  }

  /// The cells of the positive control again, by the whole graph without the patch op.
  private void recomputed() {
    final var units = site.channelUnits();
    final int count = Math.min(units.size(), Math.max(32, units.size() / 100));
    final var cells = new ArrayList<Cell>();
    for (int c = 0; c < count; c++) {
      cells.add(Cell.of(0, Change.interchange(site.name(), units.get(c), 1)));
    }
    runner.run(cells);
    final var planned = runner.effect(effect);
    final int size = clean.length / inputs;
    final var dense = dense(cells);
    int close = 0;
    double worst = 0;
    for (int c = 0; c < count; c++) {
      double sum = 0;
      for (int p = 0; p < size; p++) {
        final double change = (double) dense[c * size + p] - clean[p];
        sum += change * change;
      }
      final double exact = Math.sqrt(sum);
      final double error = Math.abs(planned[c] - exact);
      worst = Math.max(worst, error);
      close += error <= DENSE * exact + 1e-6 ? 1 : 0;
    }
    add(
        "recomputed cells",
        count,
        close == count,
        close + " of " + count + " agree with the dense plan, largest difference " + worst);
  }

  private float[] dense(final List<Cell> cells) {
    final var image = Arrays.copyOf(images, images.length / inputs);
    final var noise = new DenseCells.Noise(setting.seed(), 0, 0);
    try (var dense =
        new DenseCells(
            subject,
            setting.graph(),
            Map.of(site.name(), new SitePatch.Mixed()),
            setting.target(),
            cells.size())) {
      final var given = new DenseCells.Given(Map.of(site.name(), activations), Map.of(), 0);
      return dense.run(image, noise, cells, given);
    }
  }

  /// Rows of `images` that equal the clean image of the input `shift` further on.
  private int equalRows(final float[] images, final float[] expected, final int shift) {
    final int size = expected.length / inputs;
    int equal = 0;
    for (int i = 0; i < inputs; i++) {
      final int other = (i + shift) % inputs * size;
      equal +=
          Arrays.equals(images, i * size, (i + 1) * size, expected, other, other + size) ? 1 : 0;
    }
    return equal;
  }

  private void add(final String name, final int rows, final boolean passed, final String measured) {
    final var expected =
        switch (name) {
          case "identity" -> "the base, bit for bit";
          case "full" -> "the source's run, bit for bit";
          case "positive" -> "every element as planned, and what follows moves";
          default -> "within " + DENSE + " of the effect";
        };
    results.add(new Control(name, rows, passed, measured, expected));
  }

  @Override
  public void close() {
    runner.close();
  }
}
