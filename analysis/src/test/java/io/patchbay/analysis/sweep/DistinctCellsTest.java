package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.Account;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.analysis.sweep.route.Routes;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Equal cells are computed once and counted, and have the bits that they have when each is
/// computed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistinctCellsTest {
  private static final String SITE = "decoder.convt2";
  private static final int INPUTS = 20;
  private static final int SHARD = 16;

  /// The controls want two different inputs first, which so few images may not give.
  private static final long SEED = 11;

  private final FactorDataset data = new Few(new Sprites(false), 5);
  private Backend backend;
  private TrainedVae model;

  @TempDir private Path folder;

  /// So few images that inputs and sources are drawn several times.
  private record Few(FactorDataset all, long size) implements FactorDataset {
    @Override
    public String name() {
      return "few";
    }

    @Override
    public ImageShape shape() {
      return all.shape();
    }

    @Override
    public List<Factor> factors() {
      return List.of();
    }

    @Override
    public void image(final long row, final float[] target, final int offset) {
      all.image(31_415 + 100_003 * row, target, offset);
    }

    @Override
    public int[] factorsOf(final long row) {
      return new int[0];
    }

    @Override
    public long rowOf(final int[] factorIndices) {
      throw new IllegalArgumentException("no factors");
    }

    @Override
    public void close() {
      all.close();
    }
  }

  @BeforeAll
  void open() {
    backend = Backends.open("auto", new Settings(2, 2L << 30)).backend();
    model =
        TrainedVae.untrained(TrainConfig.defaults(Variant.VAE, "seed=5"), data.shape(), backend);
  }

  @AfterAll
  void close() {
    model.close();
    backend.close();
  }

  private Subject subject() {
    return new Subject(backend, model.vae(), model.weights());
  }

  private record Swept(Account account, long[] rows, float[] effects) {}

  private Swept swept(final String name, final SweepPlan plan, final Optional<String> route)
      throws IOException {
    final var to = folder.resolve(name);
    final var result =
        new Sweep(subject(), data, "few", plan, to, route, Optional.empty())
            .run(false, (_, _) -> {}, () -> false);
    final var axes = JsonMapper.shared().readTree(Files.readString(to.resolve("axes.json")));
    final var rows = axes.path("input").valueStream().mapToLong(JsonNode::longValue).toArray();
    try (var reader = NpyReader.open(to.resolve("effects.npy"))) {
      return new Swept(result.account(), rows, reader.read(1 << 20).floats());
    }
  }

  /// Cells by what they are made of, counted by other means.
  private static long distinct(final SweepPlan plan, final long[] rows, final int units) {
    final var sources = new SweepSources(plan, 5, rows);
    long count = 0;
    for (int from = 0; from < rows.length; from += SHARD) {
      final var seen = new HashSet<String>();
      for (int i = from; i < Math.min(rows.length, from + SHARD); i++) {
        for (final long source : sources.of(rows[i], plan.sources())) {
          for (int unit = 0; unit < units; unit++) {
            seen.add(rows[i] + " " + unit + " " + source);
          }
        }
      }
      count += seen.size();
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({
    "DATA,whole",
    "DATA,carried:1",
    "DATA,measured:2",
    "INPUTS,whole",
    "INPUTS,carried:1",
    "INPUTS,measured:2"
  })
  void equalInputsAndSourcesAreComputedOnce(final Pool pool, final String route)
      throws IOException {
    final var place = List.of(new Place(SITE, "3,17,30", "interchange"));
    final var plan = new SweepPlan(place, List.of(), 4, 0, INPUTS, "l2", SEED, pool);
    final var swept = swept("taken", plan, Optional.of(route));
    final long distinct = distinct(plan, swept.rows(), 3);
    final var account = swept.account();
    assertEquals(INPUTS * 3 * 4, account.cells());
    assertTrue(distinct < account.cells() / 2, "few are distinct: " + distinct);
    assertEquals(account.cells() - distinct, account.deduplicated());
    assertEquals(distinct, account.computed() + account.provedZero());
    assertArrayEquals(each(plan, swept.rows(), route), swept.effects());
  }

  /// Every cell by itself, among all others, on the same way.
  private float[] each(final SweepPlan plan, final long[] rows, final String name) {
    final var subject = subject();
    final var graph = ShardRunner.graph(subject, false);
    final var site = Sites.of(graph.graph()).named(SITE);
    final var units = UnitSelection.of(site, "3,17,30");
    final var take = new Variation(Coefficients.of(0, 0, 1), 0);
    final var route =
        Routes.mixed(graph.graph(), site, "output").ways(units, true).stream()
            .filter(w -> w.name().equals(name))
            .findFirst();
    try (var sweep =
        new SiteSweep(
            subject,
            graph,
            site,
            new SitePatch.Mixed(),
            units,
            List.of(take, take, take, take),
            Effect.IMAGE,
            new Room(rows.length, 5),
            Climb.by(route.orElseThrow().route()))) {
      sweep.sources(images(new long[] {0, 1, 2, 3, 4}));
      sweep.bases(images(rows));
      final var sources = new SweepSources(plan, 5, rows);
      final var taken =
          Arrays.stream(rows)
              .flatMap(row -> Arrays.stream(sources.of(row, 4)))
              .mapToInt(Math::toIntExact)
              .toArray();
      return sweep.run(0, rows.length, taken);
    }
  }

  private float[] images(final long[] rows) {
    final int size = data.shape().elements();
    final var images = new float[rows.length * size];
    for (int i = 0; i < rows.length; i++) {
      data.image(rows[i], images, i * size);
    }
    return images;
  }

  /// With noise every cell goes another way through the code.
  @ParameterizedTest
  @CsvSource({"0,decoder.convt2", "2,decoder.convt2", "0,latent.z"})
  void equalValuesAreComputedOnceAndTheIdentityNotAtAll(final int draws, final String site)
      throws IOException {
    final var many =
        new SweepPlan(site, "3,7", "scale", List.of(1.0, 0.5, -2.0, 0.5), 1, draws, 4, "l2", SEED);
    final var few =
        new SweepPlan(site, "3,7", "scale", List.of(0.5, -2.0), 1, draws, 4, "l2", SEED);
    final var way = draws > 0 ? Optional.<String>empty() : Optional.of("whole");
    final var swept = swept("many", many, way);
    final var alone = swept("few", few, way);
    final int columns = Math.max(1, draws);
    final long inputs = Arrays.stream(swept.rows()).distinct().count();
    assertTrue(inputs < 4, "inputs are drawn twice");
    assertEquals(inputs * 2 * 2 * columns, swept.account().computed());
    assertEquals(inputs * 2 * columns, swept.account().provedZero());
    assertEquals(4L * 2 * 4 * columns, swept.account().cells());
    for (int i = 0; i < swept.effects().length; i++) {
      final int value = i / columns % 4;
      final int cell = i / columns / 4 * 2;
      final int draw = i % columns;
      final float expected =
          switch (value) {
            case 0 -> 0;
            case 2 -> alone.effects()[(cell + 1) * columns + draw];
            default -> alone.effects()[cell * columns + draw];
          };
      assertEquals(expected, swept.effects()[i], 0);
    }
  }

  /// A clamp to -v is a clamp to v; a scale by 1 of one site beside a change of another is a cell.
  @Test
  void whatAnOperationMakesOfAValueCounts() throws IOException {
    final var clamp = new SweepPlan(SITE, "3", "clamp", List.of(-0.01, 0.01), 1, 0, 1, "l2", SEED);
    assertEquals(new Account(2, 1, 1, 0), swept("clamp", clamp, Optional.of("whole")).account());
    final var places = List.of(new Place("latent.z", "0", "scale"), new Place(SITE, "3", "zero"));
    final var joint = new SweepPlan(places, List.of(1.0, 1.0, 2.0), 1, 0, 1, "l2", SEED);
    assertEquals(new Account(3, 2, 1, 0), swept("joint", joint, Optional.empty()).account());
  }

  /// An op that draws random numbers gives another cell for each draw, also from one source.
  @Test
  void randomNumbersAreNotEqual() throws IOException {
    final var plan =
        new SweepPlan(
            SITE, "3", "expr:random < 0.5 ? source : clean", List.of(), 9, 0, 1, "l2", SEED);
    assertEquals(new Account(9, 9, 0, 0), swept("random", plan, Optional.empty()).account());
  }

  /// Samples of ways meet inputs that were drawn twice.
  @Test
  void aSweepWithEqualInputsIsExplained() {
    final var plan =
        new SweepPlan(SITE, "3,17", "interchange", List.of(), 2, 0, INPUTS, "l2", SEED);
    final var text = new Sweep(subject(), data, plan, folder.resolve("explained")).explain();
    assertTrue(text.contains("measured:2"), text);
  }
}
