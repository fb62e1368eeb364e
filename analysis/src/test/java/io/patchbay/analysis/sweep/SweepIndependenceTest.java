package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.HostBackend;
import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.intervention.UnitSelection;
import io.patchbay.analysis.patch.Climb;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.BatchRoom.Held;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.analysis.sweep.route.Routes;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With one way of computing cells, the effects of a sweep are the same bits however it is cut up:
/// into shards, batches and threads, and in whichever order its cells come.
class SweepIndependenceTest {
  private static final int INPUTS = 16;
  private static final String UNITS = "3,17,30,8";
  private static final String OTHER_ORDER = "8,30,3,17";

  /// The places of the units of the second order in the first.
  private static final int[] PLACES = {3, 2, 0, 1};

  private final Sprites data = new Sprites(false);

  @TempDir private Path folder;

  private static SweepPlan plan(
      final String site, final String units, final String op, final Pool pool) {
    final List<Double> values = op.equals("set") ? List.of(0.5, -1.25) : List.of();
    final var place = List.of(new Place(site, units, op));
    return new SweepPlan(place, values, 2, 0, INPUTS, "l2", 7, pool);
  }

  private static <T> T on(final int threads, final long memory, final Function<Subject, T> asked) {
    return on(Backends.open("auto", new Settings(threads, memory)).backend(), asked);
  }

  private static <T> T on(final Backend opened, final Function<Subject, T> asked) {
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var backend = opened;
        var model = TrainedVae.untrained(config, new Sprites(false).shape(), backend)) {
      return asked.apply(new Subject(backend, model.vae(), model.weights()));
    }
  }

  /// The effects of a whole sweep, which has this many inputs in a shard.
  private float[] swept(
      final String name,
      final SweepPlan plan,
      final Optional<String> way,
      final int perShard,
      final int threads,
      final long memory) {
    final var to = folder.resolve(name);
    return on(
        threads,
        memory,
        subject -> {
          new Sweep(subject, data, "sprites", plan, to, way, Optional.empty())
              .run(false, (_, _) -> {}, () -> true);
          final var file = to.resolve("plan.json");
          try {
            final var text = Files.readString(file);
            assertEquals(way.isPresent(), text.contains("\"route\" : \"" + way.orElse("") + '"'));
            final var cut = text.replace("shard\" : 16", "shard\" : " + perShard);
            assertTrue(cut.contains("inputs_per_shard\" : " + perShard), text);
            Files.writeString(file, cut);
            // Batches begin elsewhere after a stop.
            final var polls = new AtomicInteger();
            new Sweep(subject, data, plan, to)
                .run(true, (_, _) -> {}, () -> polls.incrementAndGet() > 7);
            new Sweep(subject, data, plan, to).run(true, (_, _) -> {}, () -> false);
            try (var shards = Files.list(to.resolve("shards"))) {
              assertEquals(2L * Math.ceilDiv(INPUTS, perShard), shards.count());
            }
          } catch (final IOException e) {
            throw new AssertionError(e);
          }
          try (var reader = NpyReader.open(to.resolve("effects.npy"))) {
            return reader.read(1 << 20).floats();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "decoder.convt1,interchange,INPUTS,whole",
    "decoder.convt1,interchange,INPUTS,carried:1",
    "decoder.convt1,interchange,INPUTS,measured:3",
    "decoder.convt2,interchange,DATA,carried:1",
    "decoder.convt2,set,DATA,measured:2",
    "decoder.convt2,mean,DATA,whole",
    "decoder.convt2,expr:random < 0.5 ? source : mean,INPUTS,measured:2",
    "decoder.convt2,expr:random < 0.5 ? source : mean,DATA,measured:2",
  })
  void effectsAreTheSameHoweverASweepIsCutUp(
      final String site, final String op, final Pool pool, final String route) {
    final var plan = plan(site, UNITS, op, pool);
    final var way = Optional.of(route);
    final long much = 2L << 30;
    final long little = 40L << 20;
    final var effects = swept("one", plan, way, 16, 2, much);
    assertTrue(Arrays.equals(effects, swept("four", plan, way, 4, 2, little)), "four shards");
    assertTrue(Arrays.equals(effects, swept("sixteen", plan, way, 1, 1, much)), "one thread");
    final var other = swept("other", plan(site, OTHER_ORDER, op, pool), way, 4, 2, much);
    final int inner = effects.length / INPUTS / PLACES.length;
    boolean moves = false;
    for (int i = 0; i < other.length; i++) {
      final int input = i / (PLACES.length * inner);
      final int unit = PLACES[i / inner % PLACES.length];
      assertEquals(effects[(input * PLACES.length + unit) * inner + i % inner], other[i], 0);
      moves |= other[i] > 0;
    }
    assertTrue(moves);
  }

  /// What keys the random numbers of a cell's source is its own input.
  @ParameterizedTest
  @CsvSource({
    "decoder.convt1,interchange",
    "decoder.convt2,set",
    "decoder.convt3,expr:random < 0.5 ? source : clean"
  })
  void effectsAreTheSameInWhicheverOrderInputsCome(final String site, final String op) {
    final var plan = plan(site, UNITS, op, Pool.DATA);
    final long[] rows = {31_415, 270_000, 500_123, 8, 99_999};
    final long[] others = {8, 500_123, 99_999, 31_415, 270_000};
    on(
        2,
        2L << 30,
        subject -> {
          final var graph = ShardRunner.graph(subject, false).graph();
          final var of = Sites.of(graph).named(site);
          final var units = JointUnit.of(List.of(of), List.of(UnitSelection.of(of, UNITS)));
          final var patch =
              plan.places().getFirst().operation() instanceof Operation.Custom(var own)
                  ? new SitePatch.Custom(own)
                  : new SitePatch.Mixed();
          final var parts = units.stream().map(u -> u.parts().getFirst()).toList();
          for (final var choice : new Routes(graph, of, "output", patch).ways(parts, true)) {
            final float[][] effects = new float[rows.length][];
            try (var cells =
                new BatchedCells(
                    subject,
                    data,
                    plan,
                    of,
                    patch,
                    units,
                    rows,
                    1,
                    Optional.empty(),
                    Climb.by(choice.route()))) {
              for (int i = 0; i < rows.length; i++) {
                effects[i] = cells.run(rows[i]).effects();
              }
            }
            assertFalse(Arrays.equals(effects[0], effects[1]));
            try (var cells =
                new BatchedCells(
                    subject,
                    data,
                    plan,
                    of,
                    patch,
                    units,
                    others,
                    1,
                    Optional.empty(),
                    Climb.by(choice.route()))) {
              for (final long row : others) {
                int place = 0;
                while (rows[place] != row) {
                  place++;
                }
                assertArrayEquals(effects[place], cells.run(row).effects());
              }
            }
          }
          return subject;
        });
  }

  private static BatchRoom room(final long memory, final Pool pool, final int inputs) {
    final var plan = plan("decoder.convt2", UNITS, "interchange", pool);
    return on(
        HostBackend.open(new Settings(1, memory)),
        subject -> {
          final var of =
              Sites.of(ShardRunner.graph(subject, false).graph()).named("decoder.convt2");
          final var units = JointUnit.of(List.of(of), List.of(UnitSelection.of(of, UNITS)));
          return BatchRoom.of(
              subject, plan, of, new SitePatch.Mixed(), units, inputs, Climb.by(Optional.empty()));
        });
  }

  @Test
  void aBatchIsAsLargeAsTheMemoryHasRoomFor() {
    assertEquals(32, room(2L << 30, Pool.DATA, 1000).together());
    final int fewer = room(8L << 20, Pool.DATA, 1000).together();
    assertTrue(fewer > 1 && fewer < 16, "together=" + fewer);
    assertEquals(Held.BASES, room(2L << 30, Pool.INPUTS, 1000).held());
    final var some = room(99L << 20, Pool.INPUTS, 1000);
    assertEquals(Held.SOURCES, some.held());
    assertTrue(some.together() > 1, some::toString);
    final var refused =
        assertThrows(BadInputException.class, () -> room(3500L << 10, Pool.DATA, 1000));
    final var none = String.valueOf(refused.getMessage());
    assertTrue(none.startsWith("--host-memory: free for a batch: found "), none);
    final var many =
        assertThrows(BadInputException.class, () -> room(256L << 20, Pool.INPUTS, 100_000));
    final var text = String.valueOf(many.getMessage());
    assertTrue(text.contains("inputs with this --host-memory, or --sources-from data"), text);
  }
}
