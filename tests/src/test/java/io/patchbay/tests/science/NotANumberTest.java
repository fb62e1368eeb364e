package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A value that is not a number at a patched element stays that, whatever limits the patch has: the
/// cell has no effect, and is named with the site.
class NotANumberTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final int INPUTS = 6;

  /// The pixel that is not a number, and the unit that it is.
  private static final int PIXEL = 5;

  private static final String UNIT = "rect:1:1:1x1";

  @TempDir private Path folder = Path.of("");

  private final LinearModel linear = LinearModel.random(16);
  private final PlaneImages plane = new PlaneImages(LinearModel.IMAGE, 9);

  /// Images of which some have a pixel that is not a number.
  ///
  /// @param read the rows that were asked for
  private record Holed(PlaneImages plane, LongPredicate holed, Set<Long> read)
      implements FactorDataset {
    @Override
    public String name() {
      return plane.name();
    }

    @Override
    public ImageShape shape() {
      return plane.shape();
    }

    @Override
    public List<Factor> factors() {
      return plane.factors();
    }

    @Override
    public long size() {
      return plane.size();
    }

    @Override
    public void image(final long row, final float[] target, final int offset) {
      plane.image(row, target, offset);
      read.add(row);
      if (holed.test(row)) {
        target[offset + PIXEL] = Float.NaN;
      }
    }

    @Override
    public int[] factorsOf(final long row) {
      return plane.factorsOf(row);
    }

    @Override
    public long rowOf(final int[] factorIndices) {
      return plane.rowOf(factorIndices);
    }

    @Override
    public void close() {}
  }

  private Holed holed(final LongPredicate rows) {
    return new Holed(plane, rows, ConcurrentHashMap.newKeySet());
  }

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  private static SweepPlan plan(final List<Place> places, final Double... values) {
    return new SweepPlan(places, List.of(values), 1, 0, INPUTS, "l2", 5);
  }

  /// A sweep, and the effect of each of its inputs as it was written.
  private record Swept(Sweep.Result result, List<Long> rows, List<String> effects) {}

  private Swept sweep(final String backend, final FactorDataset data, final SweepPlan plan)
      throws IOException {
    final var to = Files.createTempDirectory(folder, "sweep").resolve("out");
    try (var opened = Backends.open(backend, SETTINGS).backend();
        var model = linear.on(opened)) {
      final var subject = new Scene(model, data, 3).subject();
      final var result = new Sweep(subject, data, plan, to).run(false, (_, _) -> {}, () -> false);
      final var lines = Files.readAllLines(to.resolve("index.csv"));
      final var cells = lines.stream().skip(1).map(line -> List.of(line.split(",", -1))).toList();
      return new Swept(
          result,
          cells.stream().map(cell -> Long.valueOf(cell.getFirst())).toList(),
          cells.stream().map(List::getLast).toList());
    }
  }

  private static Place input(final String op) {
    return new Place("input", UNIT, op);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ofTheBase(final String backend) throws IOException {
    final var clamped = plan(List.of(input("clamp")), 0.5);
    final var clean = sweep(backend, plane, clamped);
    assertEquals(0, clean.result().failed().count());
    final long row = clean.rows().get(1);
    final var later = List.of(input("add"), new Place("latent.z", "all", "clamp"));
    for (final var plan :
        List.of(
            clamped,
            plan(later, 0.5),
            plan(List.of(input("brightness")), 0.5),
            plan(List.of(input("set")), 0.5),
            plan(List.of(input("noise")), 0.5),
            plan(List.of(input("zero"))),
            plan(List.of(input("sign-flip"))))) {
      final var swept = sweep(backend, holed(r -> r == row), plan);
      final var failed = swept.result().failed();
      assertEquals(1, failed.count(), plan::toString);
      assertEquals(row, failed.first().getFirst().input(), plan::toString);
      assertEquals("input", failed.first().getFirst().site(), plan::toString);
      assertEquals("NaN", swept.effects().get(1), plan::toString);
    }
  }

  /// All inputs but those of the sweep and of its controls have it.
  @ParameterizedTest
  @MethodSource("backends")
  void ofTheSource(final String backend) throws IOException {
    final var own = holed(_ -> false);
    sweep(backend, own, plan(List.of(input("zero"))));
    final var known = own.read().stream().collect(Collectors.toUnmodifiableSet());
    assertFalse(known.isEmpty());
    final var later = List.of(input("interchange"), new Place("latent.z", "all", "clamp"));
    for (final var plan : List.of(plan(List.of(input("interchange"))), plan(later, 0.5))) {
      final var swept = sweep(backend, holed(row -> !known.contains(row)), plan);
      final var failed = swept.result().failed();
      assertEquals(INPUTS, failed.count(), plan::toString);
      assertEquals("input", failed.first().getFirst().site(), plan::toString);
      assertEquals(Set.of("NaN"), Set.copyOf(swept.effects()), plan::toString);
    }
  }
}
