package io.patchbay.bench;

import io.patchbay.bench.SweepWorkload.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The effects of single cells of a sweep in double precision, by [Float64Net]'s plain loops: the
/// judge of every timed sweep. Safe from several threads at once.
final class Float64Sweep {
  private final SweepTask task;
  private final Float64Net net;
  private final Map<Integer, Clean> cleans = new ConcurrentHashMap<>();
  private final Map<NetSite, double[]> means = new ConcurrentHashMap<>();

  Float64Sweep(final Conv4Weights weights, final SweepTask task) {
    this.net = new Float64Net(weights);
    this.task = task;
  }

  /// An input's run without intervention.
  ///
  /// @param encoder the outputs of the encoder's layers
  /// @param decoder those of the decoder's, decoded from the means
  private record Clean(double[] image, List<double[]> encoder, List<double[]> decoder) {
    double[] mu() {
      return Arrays.copyOf(encoder.getLast(), Conv4Weights.LATENTS);
    }

    double[] output() {
      return Float64Net.sigmoid(decoder.getLast());
    }

    double[] at(final NetSite site) {
      if (site.depth() == 0) {
        return site.encoder() ? image : mu();
      }
      return (site.encoder() ? encoder : decoder).get(site.depth() - 1);
    }
  }

  /// What a cell gives.
  ///
  /// @param effects as many as the outcome's width
  /// @param scale the size of what the effects are differences of, in their unit
  record Expected(List<Double> effects, double scale) {
    Expected {
      effects = List.copyOf(effects);
    }
  }

  Expected of(final int cell) {
    final int base = task.base(cell);
    final int variation = task.variation(cell);
    final var unit = task.units().get(task.unit(cell));
    final var clean = clean(base);
    return switch (task.workload().outcome()) {
      case IMAGE -> norm(run(base, unit, taken(unit.site(), base, variation)), clean.output());
      case MU -> norm(run(base, unit, taken(unit.site(), base, variation)), clean.mu());
      case PAIR -> {
        final int source = task.source(base, variation);
        final var other = clean(source);
        final var y = clean.output();
        final var direction = minus(other.output(), y);
        final double length = dot(direction, direction);
        final double mixed =
            dot(minus(run(base, unit, other.at(unit.site())), y), direction) / length;
        final double held =
            dot(minus(run(source, unit, clean.at(unit.site())), y), direction) / length;
        final double whole = dot(minus(other.output(), y), direction) / length;
        yield new Expected(
            List.of(whole, held, mixed, whole - held), Math.sqrt(dot(y, y) / length));
      }
    };
  }

  /// The output of the run on an input with the unit's elements from `values`, a value of the site.
  private double[] run(final int input, final UnitBox unit, final double[] values) {
    final var site = unit.site();
    final var patched = clean(input).at(site).clone();
    for (int y = unit.top(); y < unit.top() + unit.height(); y++) {
      for (int x = unit.left(); x < unit.left() + unit.width(); x++) {
        final int at = (unit.channel() * site.side() + y) * site.side() + x;
        patched[at] = values[at];
      }
    }
    final var result = net.rest(site.encoder(), site.depth(), patched);
    if (site.encoder() != (task.workload().outcome() == Outcome.MU)) {
      throw new IllegalStateException("not judged: workload=" + task.workload() + ", at=" + site);
    }
    return site.encoder()
        ? Arrays.copyOf(result, Conv4Weights.LATENTS)
        : Float64Net.sigmoid(result);
  }

  private double[] taken(final NetSite site, final int base, final int variation) {
    return switch (task.workload().change()) {
      case GRID, ZERO, GREY -> {
        final var values = new double[site.size()];
        Arrays.fill(values, task.workload().change().constants().get(variation));
        yield values;
      }
      case MEAN -> means.computeIfAbsent(site, this::mean);
      case SOURCE -> clean(task.source(base, variation)).at(site);
    };
  }

  private double[] mean(final NetSite site) {
    final var mean = new double[site.size()];
    for (int b = 0; b < task.bases(); b++) {
      final var values = clean(b).at(site);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += values[i] / task.bases();
      }
    }
    return mean;
  }

  private Clean clean(final int input) {
    final var known = cleans.get(input);
    if (known != null) {
      return known;
    }
    final int size = Conv4Weights.PIXELS;
    final var image = Float64Net.widen(task.images(), input * size, size);
    final var encoder = net.forward(true, image);
    final boolean decodes = task.workload().outcome() != Outcome.MU;
    final var mu = Arrays.copyOf(encoder.getLast(), Conv4Weights.LATENTS);
    final var clean =
        new Clean(image, encoder, decodes ? net.forward(false, mu) : List.<double[]>of());
    cleans.put(input, clean);
    return clean;
  }

  private static Expected norm(final double[] changed, final double[] clean) {
    final var difference = minus(changed, clean);
    return new Expected(
        List.of(Math.sqrt(dot(difference, difference))), Math.sqrt(dot(clean, clean)));
  }

  private static double[] minus(final double[] a, final double[] b) {
    final var difference = a.clone();
    for (int i = 0; i < a.length; i++) {
      difference[i] -= b[i];
    }
    return difference;
  }

  private static double dot(final double[] a, final double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
