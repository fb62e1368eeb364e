package io.patchbay.analysis.report;

import io.patchbay.analysis.patch.GuardRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A report with every part filled by seeded numbers of a plausible shape. It is made up, and its
/// title says so.
final class SyntheticReport {

  private static final List<String> FACTORS =
      List.of("shape", "scale", "orientation", "position x", "position y");
  private static final List<Double> GRID = List.of(-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0);
  private static final int SIDE = 64;

  private final Random random;
  private final int latents;

  private SyntheticReport(long seed, int latents) {
    this.random = new Random(seed);
    this.latents = latents;
  }

  static ReportModel of(List<String> variants, int latents, int channels) {
    SyntheticReport made = new SyntheticReport(7, latents);
    List<VariantReport> reports = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      reports.add(made.variant(variants.get(i), i, channels));
    }
    return new ReportModel(
        "Made-up report for the tests of the page",
        "Every number on this page is drawn from a generator; none was measured.",
        Instant.parse("2026-03-01T12:34:56Z"),
        new Provenance(
            Long.MAX_VALUE,
            "made-up machine, 2 cores, cpu backend (avx512)",
            "./patchbay analyse --variants vae,beta-vae,factor-vae --data shapes --seed 1 --out"
                + " runs/one",
            Map.of("patchbay", "0.1.0"),
            Map.of("data", "shapes 64 x 64, 5 factors")),
        reports,
        made.guards(),
        List.of(
            "One training seed per variant: the intervals are over base inputs, not over seeds.",
            "The factor probe reads orientation with accuracy 0.71 only."));
  }

  /// The same names with every part missing.
  static ReportModel empty() {
    return new ReportModel(
        "Empty",
        "",
        Instant.EPOCH,
        new Provenance(1, "none", "none", Map.of(), Map.of()),
        List.of(bare("vae", Map.of(Section.MEDIATION, "the data has no generator"))),
        List.of(),
        List.of());
  }

  static VariantReport bare(String name, Map<Section, String> absent) {
    return new VariantReport(
        name,
        "",
        new SummaryRow(null, null, null, null, null, null, 0, 0, 0),
        null,
        null,
        null,
        null,
        List.of(),
        null,
        null,
        null,
        null,
        Mechanisms.NONE,
        absent);
  }

  private VariantReport variant(String name, int index, int channels) {
    int active = Math.max(2, latents - index - 1);
    return new VariantReport(
        name,
        "conv4, " + latents + " latents, 20,000 steps, made-up settings no. " + index,
        new SummaryRow(
            around(3.4 + 0.6 * index, 0.2),
            around(0.31 + 0.02 * index, 0.02),
            around(0.52 - 0.05 * index, 0.04),
            index == 2 ? Estimate.undefined(64) : around(0.62, 0.05),
            around(0.08 + 0.04 * index, 0.015),
            around(-31 - 4 * index, 1.1),
            active,
            latents,
            64),
        training(index),
        reconstructions(channels),
        traversal(active, channels),
        strength(active),
        factors(active),
        places("mean squared difference of the output", "7 values from -3 to 3", active, 5),
        patching(),
        mediation(),
        places("mean |change of mu|", "window 8 x 8, stride 1, filled with the mean", active, 12),
        new SyntheticMechanisms(index).all(40, latents),
        Map.of());
  }

  private Estimate around(double value, double half) {
    double shift = half * 0.3 * random.nextGaussian();
    return new Estimate(value + shift, value + shift - half, value + shift + half * 1.1, 64);
  }

  private Training training(int index) {
    List<Training.Curve> curves = new ArrayList<>();
    curves.add(curve("elbo", "nats per image", -700, -31 - 4 * index));
    curves.add(curve("reconstruction", "nats per image", 690, 18 + 5 * index));
    curves.add(curve("kl", "nats per image", 0.02, 13 - index));
    if (index == 2) {
      curves.add(curve("total correlation", "nats", 0.01, 0.9));
    }
    curves.add(curve("images per second", "images/s", 1200, 1500));
    return new Training(curves);
  }

  private Training.Curve curve(String name, String unit, double from, double to) {
    List<Training.Point> points = new ArrayList<>();
    for (int step = 0; step <= 20_000; step += 10) {
      double mean = to + (from - to) * Math.exp(-step / 1500.0);
      double noise = 0.03 * Math.abs(mean) * random.nextGaussian();
      points.add(new Training.Point(step, step == 9_000 ? Double.NaN : mean + noise));
    }
    return new Training.Curve(name, unit, points);
  }

  /// A soft disc or square, so that the pictures are worth looking at.
  private static Picture picture(double x, double y, double size, double round, int channels) {
    float[] planes = new float[channels * SIDE * SIDE];
    for (int i = 0; i < planes.length; i++) {
      int row = i / SIDE % SIDE;
      int plane = i / (SIDE * SIDE);
      double dx = Math.abs(i % SIDE - x);
      double dy = Math.abs(row - y);
      double edge = round * Math.hypot(dx, dy) + (1 - round) * Math.max(dx, dy);
      double tint = channels == 1 ? 1 : 1 - 0.35 * plane;
      planes[i] = (float) (tint / (1 + Math.exp((edge - size) * 1.2)));
    }
    return Picture.ofPlanes(SIDE, SIDE, channels, planes);
  }

  private Reconstructions reconstructions(int channels) {
    List<Reconstructions.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      double x = 14 + random.nextInt(36);
      double y = 14 + random.nextInt(36);
      double size = 5 + random.nextInt(8);
      double round = random.nextInt(2);
      pairs.add(
          new Reconstructions.Pair(
              picture(x, y, size, round, channels),
              picture(x + random.nextGaussian(), y, size * 0.93, 0.5, channels)));
    }
    return new Reconstructions("held-out images 0 to 7, z = mu(x)", pairs);
  }

  private Traversal traversal(int active, int channels) {
    List<Traversal.Row> rows = new ArrayList<>();
    for (int latent = 0; latent < latents; latent++) {
      double reach = latent < active ? 6 : 0.1;
      List<Picture> pictures = new ArrayList<>();
      for (double value : GRID) {
        double x = 32 + (latent % 4 == 0 ? reach * value : 0);
        double y = 32 + (latent % 4 == 1 ? reach * value : 0);
        double size = 10 + (latent % 4 == 2 ? reach / 3 * value : 0);
        double round = latent % 4 == 3 ? 0.5 + reach * value / 36 : 1;
        pictures.add(picture(x, y, size, round, channels));
      }
      double kl = latent < active ? 1 + 3 * random.nextDouble() : 0.002 * random.nextDouble();
      rows.add(new Traversal.Row("z" + latent, kl, pictures));
    }
    return new Traversal("held-out image 0, z = mu(x)", GRID, rows);
  }

  private EffectStrength strength(int active) {
    List<EffectStrength.Unit> units = new ArrayList<>();
    for (int latent = 0; latent < latents; latent++) {
      boolean on = latent < active;
      Estimate effect = around(on ? 2 + 5 * random.nextDouble() : 0.05, on ? 0.3 : 0.01);
      units.add(new EffectStrength.Unit("z" + latent, effect, around(0.8, 0.05), on));
    }
    return new EffectStrength(
        "7 values from -3 to 3, z = mu(x)", "bootstrap over inputs, 2,000 draws, seed 1", units);
  }

  private List<FactorMap> factors(int active) {
    List<FactorMap> maps = new ArrayList<>();
    for (FactorMap.Kind kind : FactorMap.Kind.values()) {
      double[][] values = new double[latents][FACTORS.size()];
      double[][] low = new double[latents][FACTORS.size()];
      double[][] high = new double[latents][FACTORS.size()];
      double[][] p = new double[latents][FACTORS.size()];
      for (int u = 0; u < latents; u++) {
        for (int k = 0; k < FACTORS.size(); k++) {
          boolean own = u < active && u % FACTORS.size() == k;
          double size = own ? 0.8 * random.nextDouble() : 0.06 * random.nextDouble();
          boolean signed = kind == FactorMap.Kind.READ_OUT;
          values[u][k] = signed && random.nextBoolean() ? -size : size;
          low[u][k] = values[u][k] - 0.03;
          high[u][k] = values[u][k] + 0.03;
          p[u][k] = size > 0.1 ? 0.002 : 0.4;
        }
      }
      values[latents - 1][0] = Double.NaN;
      maps.add(
          new FactorMap(
              kind,
              names("z", latents),
              FACTORS,
              Grid.of(values),
              Grid.of(low),
              Grid.of(high),
              Grid.of(p),
              64));
    }
    return maps;
  }

  private PlaceMaps places(String quantity, String note, int active, double width) {
    List<PlaceMaps.PlaceMap> maps = new ArrayList<>();
    for (int latent = 0; latent < latents; latent++) {
      double x = 12 + random.nextInt(40);
      double y = 12 + random.nextInt(40);
      double top = latent < active ? 0.02 + 0.06 * random.nextDouble() : 0.0002;
      double[] values = new double[SIDE * SIDE];
      for (int i = 0; i < values.length; i++) {
        int row = i / SIDE;
        double far = (Math.pow(i % SIDE - x, 2) + Math.pow(row - y, 2)) / (2 * width * width);
        values[i] = top * Math.exp(-far) * (0.9 + 0.1 * random.nextDouble());
      }
      maps.add(new PlaceMaps.PlaceMap("z" + latent, Grid.of(SIDE, SIDE, values)));
    }
    return new PlaceMaps(quantity, note, maps, 64);
  }

  private PatchingMap patching() {
    Map<String, Integer> sites =
        Map.of("encoder.mu", latents, "decoder.fc1", 256, "decoder.convt1", 64);
    List<PatchingMap.Site> made = new ArrayList<>();
    for (String site : List.of("encoder.mu", "decoder.fc1", "decoder.convt1")) {
      List<PatchingMap.Unit> units = new ArrayList<>();
      for (int unit = 0; unit < sites.getOrDefault(site, 0); unit++) {
        double size = Math.pow(random.nextDouble(), 6) * (random.nextInt(9) == 0 ? -0.4 : 1);
        units.add(
            new PatchingMap.Unit(
                "unit " + unit, around(size, 0.02), around(Math.max(size, 0), 0.02)));
      }
      made.add(new PatchingMap.Site(site, units));
    }
    return new PatchingMap("projection on the true counterfactual change of shape", made, 64);
  }

  private Mediation mediation() {
    List<Mediation.Site> sites = new ArrayList<>();
    for (String site : List.of("encoder.conv2", "encoder.mu", "decoder.fc1", "decoder.convt3")) {
      double share = random.nextDouble();
      sites.add(
          new Mediation.Site(
              site,
              around(0.92, 0.04),
              around(0.92 * (1 - share) - 0.1, 0.06),
              around(0.92 * share, 0.05),
              around(0.92 * share + 0.1, 0.05)));
    }
    return new Mediation(
        "projection on the true counterfactual change of shape",
        "bootstrap over pairs, 2,000 draws, seed 1",
        sites);
  }

  private List<GuardRun> guards() {
    return List.of(
        new GuardRun(
            "latent sweep, vae",
            44_800,
            41_000,
            3_000,
            800,
            List.of(
                control("identity", "largest change 0", "bit for bit the base run"),
                control("full", "largest difference 2.1e-7", "at most 1e-5"),
                control("positive", "read back at latent.z and decoder.fc1", "the planned change"),
                control("recomputed cells", "largest difference 8.9e-7", "at most 1e-5"))));
  }

  private static GuardRun.Control control(String name, String measured, String expected) {
    return new GuardRun.Control(name, 448, true, measured, expected);
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  /// The model with other texts, as a hostile run would name things.
  static ReportModel named(String title, @Nullable String variant) {
    ReportModel plain = of(List.of("vae"), 3, 1);
    VariantReport first = plain.variants().getFirst();
    VariantReport renamed =
        new VariantReport(
            variant == null ? first.name() : variant,
            title,
            first.summary(),
            first.training(),
            first.reconstructions(),
            first.traversal(),
            first.effectStrength(),
            first.factors(),
            first.places(),
            first.patching(),
            first.mediation(),
            first.occlusion(),
            first.mechanisms(),
            Map.of());
    return new ReportModel(
        title,
        title,
        plain.created(),
        plain.made(),
        List.of(renamed),
        plain.guards(),
        List.of(title));
  }

  static VariantReport with(VariantReport of, Mechanisms mechanisms) {
    return new VariantReport(
        of.name(),
        of.description(),
        of.summary(),
        of.training(),
        of.reconstructions(),
        of.traversal(),
        of.effectStrength(),
        of.factors(),
        of.places(),
        of.patching(),
        of.mediation(),
        of.occlusion(),
        mechanisms,
        of.absent());
  }

  static ReportModel with(ReportModel of, VariantReport only) {
    return new ReportModel(
        of.title(), of.summary(), of.created(), of.made(), List.of(only), of.guards(), of.notes());
  }
}
