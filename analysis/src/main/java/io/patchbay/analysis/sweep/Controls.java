package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.report.GuardRun.Control;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The control rows that run beside every sweep of a site: interventions whose outcome is known. A
/// patch that never arrives cannot pass all of them.
public final class Controls implements AutoCloseable {
  /// Relative difference that the dense plan's effects may have: its kernels sum in another order.
  private static final double DENSE = 1e-5;

  private final Subject subject;
  private final VaeGraph graph;
  private final Site site;
  private final PatchRunner runner;
  private final int inputs;
  private final float[] images;
  private final float[] clean;
  private final float[] activations;
  private final List<Control> results = new ArrayList<>();

  private Controls(final Subject subject, final Site site, final float[] images, final int inputs) {
    this.subject = subject;
    this.site = site;
    this.images = images;
    this.inputs = inputs;
    this.graph = VaeGraph.analysis(subject.vae(), new Axis("rows"));
    final int rangesPerCell = 1;
    final int cells = Math.max(2 * inputs, site.channels());
    this.runner =
        new PatchRunner(
            subject,
            graph,
            List.of(site.name()),
            List.of(Effect.IMAGE),
            List.of("output", site.name()),
            new Capacity(inputs, inputs, cells, rangesPerCell));
    runner.bases(images);
    runner.sources(images);
    this.activations = runner.prefixValue(site.name());
    final var untouched = new ArrayList<Cell>();
    for (int i = 0; i < inputs; i++) {
      untouched.add(new Cell(i, List.of()));
    }
    runner.run(untouched);
    this.clean = runner.value("output");
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
    try (var controls = new Controls(subject, site, images, inputs)) {
      controls.identity();
      controls.full();
      controls.positive();
      controls.recomputed();
      return new GuardRun(site.name(), cells, cells, 0, 0, controls.results);
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
    final int equal = equalRows(runner.value("output"), clean, 0);
    add("identity", inputs, equal == inputs, equal + " of " + inputs + " bit-equal to the base");
  }

  private void full() {
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < inputs; i++) {
      cells.add(Cell.of(i, Change.interchange(site.name(), site.whole(), (i + 1) % inputs)));
    }
    runner.run(cells);
    final int equal = equalRows(runner.value("output"), clean, 1);
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
    for (final float effect : runner.effect(Effect.IMAGE)) {
      moved += effect > 0 ? 1 : 0;
    }
    add(
        "positive",
        units.size(),
        !units.isEmpty() && right == units.size() && moved > 0,
        right
            + " of "
            + units.size()
            + " units read back as planned, "
            + moved
            + " of them move the image");
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

  /// The cells of the positive control again, by the whole graph with a patch and no tables.
  private void recomputed() {
    final var units = site.channelUnits();
    final int count = Math.min(units.size(), Math.max(32, units.size() / 100));
    final var cells = new ArrayList<Cell>();
    for (int c = 0; c < count; c++) {
      cells.add(Cell.of(0, Change.interchange(site.name(), units.get(c), 1)));
    }
    runner.run(cells);
    final var planned = runner.effect(Effect.IMAGE);
    final var dense = dense(units.subList(0, count));
    final int imageSize = clean.length / inputs;
    int close = 0;
    double worst = 0;
    for (int c = 0; c < count; c++) {
      double sum = 0;
      for (int p = 0; p < imageSize; p++) {
        final double change = (double) dense[c * imageSize + p] - clean[p];
        sum += change * change;
      }
      final double effect = Math.sqrt(sum);
      final double error = Math.abs(planned[c] - effect);
      worst = Math.max(worst, error);
      close += error <= DENSE * effect + 1e-6 ? 1 : 0;
    }
    add(
        "recomputed cells",
        count,
        close == count,
        close + " of " + count + " agree with the dense plan, largest difference " + worst);
  }

  private float[] dense(final List<Unit> units) {
    final var rows = graph.axis();
    final var ranges = new Axis("ranges");
    final var inputsOf = new ArrayList<Node>();
    final var patched =
        graph
            .graph()
            .patched(
                Map.of(
                    site.name(),
                    x -> {
                      final var source = x.graph().input("source", x.shape());
                      final var list =
                          x.graph().input("ranges", Shape.batched(ranges, 3).integers());
                      inputsOf.add(source);
                      inputsOf.add(list);
                      return Ops.patch(x, source, list);
                    }));
    final int count = units.size();
    final var output = patched.sites().get("output");
    final var image = patched.nodes().get(graph.image().id());
    if (output == null) {
      throw new IllegalStateException("every model has an output");
    }
    final var triples = new ArrayList<Integer>();
    for (int c = 0; c < count; c++) {
      for (final var range : units.get(c).ranges()) {
        triples.addAll(List.of(c, range.begin(), range.end()));
      }
    }
    final var sizes = Sizes.of(rows, count).and(ranges, triples.size() / 3);
    try (var program =
        subject.backend().load(Plan.of(patched, List.of(output), sizes), subject.weights())) {
      program.write(image, repeat(images, images.length / inputs, count));
      final var source = Arrays.copyOfRange(activations, site.size(), 2 * site.size());
      program.write(inputsOf.get(0), repeat(source, site.size(), count));
      program.write(inputsOf.get(1), triples.stream().mapToInt(Integer::intValue).toArray());
      program.run(sizes);
      return program.read(output);
    }
  }

  private static float[] repeat(final float[] values, final int length, final int count) {
    final var all = new float[count * length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, 0, all, i * length, length);
    }
    return all;
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
          case "positive" -> "every element as planned, and the image moves";
          default -> "within " + DENSE + " of the effect";
        };
    results.add(new Control(name, rows, passed, measured, expected));
  }

  @Override
  public void close() {
    runner.close();
  }
}
