package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.Account;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.PlanFile;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
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
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Small effects are computed again by the exact way; which ones, each cell says for itself.
class LadderTest {
  private static final Route EXACT = new Route("output", 3, true, true);

  @TempDir Path folder;
  private final Sprites data = new Sprites(false);

  /// Of whole values 1e-5 of an effect may be wrong, in bf16 5e-3.
  @Test
  void theThresholdFollowsFromTheErrors() {
    final var whole =
        Ladder.of(Optional.empty(), EXACT, new float[] {2, 1, 0}, new float[] {2, 1, 0});
    assertEquals(new Ladder(0, 0, "measured:3", 3, 0), whole);
    final float[] exact = {8, 4, 2, 1, 0};
    final float[] found = {8.0009765625f, 4.0009765625f, 2.0009765625f, 1.0009765625f, 0};
    final double noise = 0.0009765625;
    final var rounded = Ladder.of(Optional.of(EXACT.in(Precision.BF16)), EXACT, found, exact);
    assertEquals(noise, rounded.floor());
    assertEquals(noise / 5e-3, rounded.threshold(), 1e-12);
    assertEquals(0.2, rounded.share());
    // All but the largest are off by more than 1e-5 of them, so all that are not four times as
    // large.
    final float[] large = {800, 4, 2, 1, 0};
    final float[] near = {800.0009765625f, 4.0009765625f, 2.0009765625f, 1.0009765625f, 0};
    final var by = Ladder.of(Optional.empty(), EXACT, near, large);
    assertEquals(Math.max(by.floor() / 1e-5, 16), by.threshold(), 1e-9);
    assertEquals(0.8, by.share());
  }

  @Test
  void onlyWaysThatRoundAreUnder() {
    assertTrue(Ladder.under(Optional.empty()));
    assertTrue(Ladder.under(Optional.of(new Route("output", 1, false, true))));
    assertTrue(Ladder.under(Optional.of(EXACT.in(Precision.BF16))));
    assertTrue(!Ladder.under(Optional.of(EXACT)));
  }

  @Test
  void aLadderThatIsNoneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Ladder(-1, 1, "measured:1", 1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Ladder(1, Double.NaN, "measured:1", 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Ladder(1, 1, "measured:1", 1, 2));
  }

  private <T> T on(final int threads, final Function<Subject, T> asked) {
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (Backend backend = Backends.open("auto", new Settings(threads, 1L << 30)).backend();
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      return asked.apply(new Subject(backend, model.vae(), model.weights()));
    }
  }

  private static SweepPlan plan(final String op, final Precision precision, final int inputs) {
    return new SweepPlan(
        List.of(new Place("decoder.convt1", "channels", op)),
        List.of(),
        1,
        0,
        inputs,
        "l2",
        7,
        op.equals("interchange") ? SweepPlan.Pool.INPUTS : SweepPlan.Pool.DATA,
        precision);
  }

  private record Run(float[] effects, Account account) {}

  private Run run(
      final Subject subject,
      final SweepPlan plan,
      final String name,
      final Optional<String> route,
      final Optional<Ladder> ladder,
      final int stopAfter) {
    final var to = folder.resolve(name);
    final var left = new int[] {stopAfter};
    final boolean stopped =
        new Sweep(subject, data, "sprites", plan, to, route, ladder)
            .run(false, (_, _) -> {}, () -> left[0]-- == 0)
            .interrupted();
    final var result =
        stopped
            ? new Sweep(subject, data, "sprites", plan, to, route, ladder)
                .run(true, (_, _) -> {}, () -> false)
            : null;
    final Account account;
    try (var reader = NpyReader.open(to.resolve("effects.npy"))) {
      account =
          tools.jackson.databind.json.JsonMapper.shared()
              .readValue(Files.readString(to.resolve("account.json")), Account.class);
      return new Run(reader.read(1 << 20).floats(), result == null ? account : result.account());
    } catch (final IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static double middle(final float[] effects) {
    final var sorted = effects.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /// Whatever is beside it, on whichever threads, and across a stop.
  @Test
  void aCellIsComputedAgainByItsOwnEffect() {
    for (final var op : List.of("interchange", "zero")) {
      final var plan = plan(op, Precision.FP32, 20);
      final var measured = Optional.of("measured:3");
      final var whole = Optional.of("whole");
      on(
          2,
          subject -> {
            final var exact = run(subject, plan, op + "-exact", measured, Optional.empty(), -1);
            final var plain = run(subject, plan, op + "-whole", whole, Optional.empty(), -1);
            assertEquals(0, exact.account().again() + plain.account().again());
            final double threshold = middle(plain.effects());
            final var ladder = Optional.of(new Ladder(1, threshold, "measured:3", 1, 0.5));
            final var found = run(subject, plan, op + "-ladder", whole, ladder, -1);
            int again = 0;
            for (int i = 0; i < found.effects().length; i++) {
              final boolean small = plain.effects()[i] < threshold;
              final float expected = small ? exact.effects()[i] : plain.effects()[i];
              assertEquals(expected, found.effects()[i], 0, "cell " + i);
              again += small ? 1 : 0;
            }
            assertTrue(again > 0 && again < found.effects().length, "again=" + again);
            assertTrue(!Arrays.equals(exact.effects(), found.effects()));
            assertTrue(found.account().again() <= again);
            assertTrue(found.account().again() > 0);
            final var stopped = run(subject, plan, op + "-stopped", whole, ladder, 17);
            assertArrayEquals(found.effects(), stopped.effects());
            assertEquals(found.account(), stopped.account());
            on(
                1,
                other -> {
                  final var one = run(other, plan, op + "-one", whole, ladder, -1);
                  assertArrayEquals(found.effects(), one.effects());
                  return one;
                });
            return found;
          });
    }
  }

  /// A sweep in bf16 finds its ladder, keeps it in its plan, and goes by it again.
  @Test
  void aSweepFindsItsLadderOnce() {
    on(
        2,
        subject -> {
          if (!subject.backend().precisions().contains(Precision.BF16)) {
            return subject;
          }
          final var plan = plan("interchange", Precision.BF16, 6);
          final var found = run(subject, plan, "found", Optional.empty(), Optional.empty(), -1);
          final var file = PlanFile.read(folder.resolve("found").resolve("plan.json"));
          final var ladder = file.ladder().orElseThrow();
          assertEquals("measured:3", ladder.again());
          assertTrue(ladder.floor() > 0 && ladder.threshold() >= ladder.floor() / 5e-3);
          final var rounded =
              run(subject, plan, "rounded", file.route(), Optional.empty(), -1).effects();
          final var exact =
              run(
                      subject,
                      plan("interchange", Precision.FP32, 6),
                      "single",
                      Optional.of("measured:3"),
                      Optional.empty(),
                      -1)
                  .effects();
          int again = 0;
          for (int i = 0; i < exact.length; i++) {
            final boolean small = rounded[i] < ladder.threshold();
            assertEquals(small ? exact[i] : rounded[i], found.effects()[i], 0, "cell " + i);
            again += small && exact[i] > 0 ? 1 : 0;
          }
          assertTrue(found.account().again() >= again);
          final var same = run(subject, plan, "same", file.route(), file.ladder(), -1);
          assertArrayEquals(found.effects(), same.effects());
          return subject;
        });
  }

  @Test
  void aDamagedLadderIsRefused() throws IOException {
    final var plan = plan("zero", Precision.FP32, 3);
    final var file = folder.resolve("plan.json");
    new PlanFile(
            plan,
            Optional.empty(),
            16,
            Optional.of("whole"),
            Optional.empty(),
            Optional.of(new Ladder(0.5, 2, "measured:3", 8, 0.25)))
        .write(file);
    final var text = Files.readString(file);
    assertEquals(2, PlanFile.read(file).ladder().orElseThrow().threshold());
    for (final var broken :
        List.of(
            text.replace("\"floor\" : 0.5", "\"floor\" : -0.5"),
            text.replace("\"floor\"", "\"roof\""),
            text.replace("\"measured:3\"", "3"))) {
      assertTrue(!broken.equals(text));
      Files.writeString(file, broken);
      final var e = assertThrows(BadInputException.class, () -> PlanFile.read(file), broken);
      assertTrue(String.valueOf(e.getMessage()).contains("ladder"), e.getMessage());
    }
    on(
        1,
        subject -> {
          final var other = Optional.of(new Ladder(1, 1, "measured:9", 1, 0));
          final var to = folder.resolve("other");
          final var sweep =
              new Sweep(subject, data, "sprites", plan, to, Optional.of("whole"), other);
          assertThrows(BadInputException.class, () -> sweep.run(false, (_, _) -> {}, () -> false));
          return subject;
        });
  }
}
