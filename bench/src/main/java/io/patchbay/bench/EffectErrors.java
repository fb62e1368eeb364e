package io.patchbay.bench;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SiteSweep;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.route.CarriedSweep;
import io.patchbay.analysis.sweep.route.LadderedSweep;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Errors of the effects of edits of shrinking size on the image, against [Float64Net].
///
/// An edit adds a number to the elements of a unit. Both sides take the site's activations and the
/// edited ones as float32 has them: the edit itself is exact, and what is judged is what follows
/// it.
final class EffectErrors {
  /// Inputs that are edited.
  static final int BASES = 4;

  /// Units of a site, drawn at random.
  private static final int UNITS = 8;

  /// What is added: powers of ten, two for each decade.
  private static final int LARGEST = 2;

  private static final int ADDED = 14;

  /// Effects that a row holds: 1, 0.1 ... 1e-4, and what is nearer to one of them than to the next.
  private static final int DECADES = 5;

  private final Backend backend;
  private final EngineModel model;
  private final Float64Net judge;
  private final float[] images;
  private final long seed;
  private final List<ErrorPlan> plans;

  /// @param images (BASES; 1, 64, 64)
  EffectErrors(
      final Backend backend,
      final Conv4Weights weights,
      final float[] images,
      final long seed,
      final List<ErrorPlan> plans) {
    this.backend = backend;
    this.model = new EngineModel(weights);
    this.judge = new Float64Net(weights);
    this.images = images.clone();
    this.seed = seed;
    this.plans = List.copyOf(plans);
  }

  /// What is edited.
  enum Edit {
    LATENTS,
    CHANNELS,
    UNITS;

    private List<NetSite> sites() {
      return switch (this) {
        case LATENTS -> List.of(NetSite.Z);
        case CHANNELS, UNITS -> List.of(NetSite.FLAT, NetSite.D1, NetSite.D2, NetSite.D3);
      };
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private UnitBox unit(final NetSite site, final SplittableRandom random) {
      final int channel = random.nextInt(site.channels());
      return this == UNITS
          ? UnitBox.element(site, channel, random.nextInt(site.side()), random.nextInt(site.side()))
          : UnitBox.channel(site, channel);
    }
  }

  static List<String> labels() {
    return Arrays.stream(Edit.values()).map(Edit::label).toList();
  }

  /// A cell's effect in float64, and the norm of its base's image.
  private record Exact(double effect, double norm) {}

  /// The errors of one size of effects, by plan.
  private record Bin(Map<ErrorPlan, List<double[]>> found) {
    static Bin empty() {
      return new Bin(new EnumMap<>(ErrorPlan.class));
    }

    /// @param error as a share of the effect
    /// @param ofBound as a share of what it may be
    void add(final ErrorPlan plan, final double error, final double ofBound) {
      found.computeIfAbsent(plan, _ -> new ArrayList<>()).add(new double[] {error, ofBound});
    }
  }

  /// A row for each size of effects and each plan.
  List<ErrorReport.Row> rows(final Edit edit) {
    final var bins = IntStream.range(0, DECADES).mapToObj(_ -> Bin.empty()).toList();
    for (final var site : edit.sites()) {
      site(edit, site, bins);
    }
    final var rows = new ArrayList<ErrorReport.Row>();
    for (int d = 0; d < DECADES; d++) {
      for (final var plan : plans) {
        final var found = bins.get(d).found().getOrDefault(plan, List.of());
        rows.add(ErrorReport.Row.of(edit.label(), Math.pow(10, -d), plan, found));
      }
    }
    return rows;
  }

  private void site(final Edit edit, final NetSite site, final List<Bin> bins) {
    final var random = new SplittableRandom(seed + site.label().hashCode());
    final int count = edit == Edit.LATENTS ? site.channels() : UNITS;
    final var units =
        IntStream.range(0, count)
            .mapToObj(
                i -> edit == Edit.LATENTS ? UnitBox.channel(site, i) : edit.unit(site, random))
            .toList();
    List<Exact> exact = List.of();
    for (final var plan : plans) {
      try (var weights = model.on(backend);
          var sweep = sweep(new Subject(backend, model.vae(), weights), site, units, plan)) {
        sweep.bases(images);
        if (exact.isEmpty()) {
          exact = exact(site, units, sweep.activations());
        }
        final var effects = sweep.run(0, BASES, 0);
        for (int cell = 0; cell < effects.length; cell++) {
          final var right = exact.get(cell);
          final long decade = Math.round(-Math.log10(right.effect()));
          if (right.effect() > 0 && decade >= 0 && decade < DECADES) {
            final double error = Math.abs(effects[cell] - right.effect());
            bins.get((int) decade)
                .add(
                    plan, error / right.effect(), error / plan.bound(right.effect(), right.norm()));
          }
        }
      }
    }
  }

  private static float added(final int variation) {
    return (float) Math.pow(10, 0.5 * (LARGEST - variation));
  }

  private SiteSweep sweep(
      final Subject subject, final NetSite site, final List<UnitBox> boxes, final ErrorPlan plan) {
    final var graph = VaeGraph.analysis(subject.vae(), new Axis("rows"));
    final var place = Sites.of(graph.graph()).named(site.label());
    final var units = boxes.stream().map(UnitBox::unit).toList();
    final var variations =
        IntStream.range(0, ADDED)
            .mapToObj(v -> new Variation(Coefficients.of(1, added(v), 0), 0))
            .toList();
    final var room = new Room(BASES, 1);
    return switch (plan) {
      case WHOLE -> SiteSweep.whole(subject, graph, place, units, variations, Effect.IMAGE, room);
      case DIFFERENCE, DIFFERENCE_BF16 ->
          CarriedSweep.of(
              subject,
              graph,
              place,
              units,
              variations,
              Effect.IMAGE,
              room,
              false,
              plan.precision());
      // As a sweep judges its ladder by some of its own inputs.
      case WHOLE_LADDER, BF16_LADDER ->
          LadderedSweep.of(
              subject,
              graph,
              place,
              units,
              variations,
              Effect.IMAGE,
              room,
              plan.precision(),
              Arrays.copyOf(images, images.length / 2));
    };
  }

  /// @param activations of the bases at the site
  private List<Exact> exact(
      final NetSite site, final List<UnitBox> units, final float[] activations) {
    final int size = site.size();
    final int each = units.size() * ADDED;
    final var bases =
        IntStream.range(0, BASES)
            .mapToObj(b -> image(site, Float64Net.widen(activations, b * size, size)))
            .toList();
    return IntStream.range(0, BASES * each)
        .parallel()
        .mapToObj(cell -> {
          final int base = cell / each;
          // What is added to a float32 number is not rounded to one here.
          final var values = Float64Net.widen(activations, base * size, size);
          for (final var range : units.get(cell % each / ADDED).ranges()) {
            for (int i = range.begin(); i < range.end(); i++) {
              values[i] += added(cell % ADDED);
            }
          }
          final var clean = bases.get(base);
          final var changed = image(site, values);
          double squares = 0;
          double norm = 0;
          for (int i = 0; i < clean.length; i++) {
            squares += (changed[i] - clean[i]) * (changed[i] - clean[i]);
            norm += clean[i] * clean[i];
          }
          return new Exact(Math.sqrt(squares), Math.sqrt(norm));
        })
        .toList();
  }

  private double[] image(final NetSite site, final double[] values) {
    return Arrays.stream(judge.rest(false, site.depth(), values))
        .map(logit -> 1 / (1 + Math.exp(-logit)))
        .toArray();
  }
}
