package io.patchbay.analysis.study;

import io.patchbay.analysis.causal.CausalGraph;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The factors of a data set as they can be set: rendered anew by a generator, whose variables they
/// are, or looked up in a grid, where nothing follows from a factor.
sealed interface FactorScenes {
  FactorDataset data();

  List<String> names();

  /// Their value at a row of the data.
  double[] values(long row);

  /// Whether the generator's mechanisms made this row; true where none are known.
  boolean natural(long row);

  /// An image with every factor drawn by itself, whatever the data tie it to, and its factors.
  ///
  /// @throws BadInputException when hardly any such image can be drawn
  double[] independent(PhiloxRandom random, float[] target, int offset);

  /// The image of a row under do(factor := v), with `held` at their values in the row and the rest
  /// following.
  ///
  /// @param repeat which of the values drawn for this row and factor
  void rerender(
      long row, int factor, List<Integer> held, int repeat, long seed, float[] target, int offset);

  /// Images with one factor changed and all others held.
  Counterfactuals counterfactuals();

  /// The graph of the generator, where there is one.
  Optional<CausalGraph> truth();

  /// Why no linear probe could read a factor whatever the model shows; empty where one could.
  default Optional<String> unreadable(final int factor) {
    final var name = names().get(factor);
    return data().factors().stream().anyMatch(f -> f.name().equals(name) && f.circular())
        ? Optional.of("an angle, which no line of numbers stands for")
        : Optional.empty();
  }

  /// @throws BadInputException for images whose factors are unknown
  static FactorScenes of(final FactorDataset data) {
    if (data instanceof final GenerativeDataset generator) {
      return new Rendered(generator, CausalGraph.of(generator.variables()));
    }
    if (data.factors().isEmpty()) {
      throw new BadInputException(
          "run",
          "data",
          data.name() + ", whose factors are unknown",
          "a data set with a generator or a factor grid");
    }
    return new OnGrid(data);
  }

  private static PhiloxRandom random(
      final long seed, final long row, final int factor, final int repeat) {
    // Beside the values of other studies, which take the first draws.
    return new PhiloxRandom(seed, Streams.FACTORS, row, (repeat + 1) * 1024 + factor);
  }

  /// The variables of a generator.
  record Rendered(GenerativeDataset data, CausalGraph graph) implements FactorScenes {
    private static final double ROUNDING = 1e-6;
    private static final int ATTEMPTS = 1000;

    @Override
    public List<String> names() {
      return data.variables().stream().map(Variable::name).toList();
    }

    @Override
    public double[] values(final long row) {
      return data.variablesOf(row);
    }

    @Override
    public boolean natural(final long row) {
      final var values = data.variablesOf(row);
      final var variables = data.variables();
      final var causes = new LinkedHashMap<String, Double>();
      for (int i = 0; i < values.length; i++) {
        if (variables.get(i).exogenous()) {
          causes.put(variables.get(i).name(), values[i]);
        }
      }
      final var made = data.intervene(values, causes, true);
      for (int i = 0; i < values.length; i++) {
        final double range = variables.get(i).high() - variables.get(i).low();
        if (Math.abs(made[i] - values[i]) > ROUNDING * range) {
          return false;
        }
      }
      return true;
    }

    @Override
    public double[] independent(final PhiloxRandom random, final float[] target, final int offset) {
      // A world may have no picture of what its mechanisms never bring about.
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        final var values =
            data.variables().stream().mapToDouble(variable -> draw(variable, random)).toArray();
        try {
          data.render(values, target, offset);
          return values;
        } catch (final IllegalArgumentException e) {
          if (attempt == ATTEMPTS - 1) {
            throw new BadInputException(
                "run",
                data.name(),
                String.valueOf(e.getMessage()),
                "pictures of variables that are drawn one by one from their ranges",
                e);
          }
        }
      }
      throw new IllegalStateException("the last attempt ends the loop");
    }

    @Override
    public void rerender(
        final long row,
        final int factor,
        final List<Integer> held,
        final int repeat,
        final long seed,
        final float[] target,
        final int offset) {
      final var variable = data.variables().get(factor);
      final var values = data.variablesOf(row);
      final var set = new LinkedHashMap<String, Double>();
      set.put(variable.name(), draw(variable, random(seed, row, factor, repeat)));
      held.forEach(h -> set.put(data.variables().get(h).name(), values[h]));
      data.render(data.intervene(values, Map.copyOf(set), true), target, offset);
    }

    /// Uniform in the range, of a discrete variable over its whole numbers.
    private static double draw(final Variable variable, final PhiloxRandom random) {
      if (variable.discrete()) {
        final int least = (int) Math.ceil(variable.low());
        return least + random.nextInt((int) Math.floor(variable.high()) - least + 1);
      }
      return variable.low() + random.nextDouble() * (variable.high() - variable.low());
    }

    @Override
    public Counterfactuals counterfactuals() {
      return new Counterfactuals.Rendered(data);
    }

    @Override
    public Optional<CausalGraph> truth() {
      return Optional.of(graph);
    }
  }

  /// The factors of a grid, which are independent over its rows.
  record OnGrid(FactorDataset data) implements FactorScenes {
    @Override
    public List<String> names() {
      return data.factors().stream().map(Factor::name).toList();
    }

    @Override
    public double[] values(final long row) {
      final var at = data.factorsOf(row);
      final var values = new double[at.length];
      for (int i = 0; i < at.length; i++) {
        values[i] = data.factors().get(i).value(at[i]);
      }
      return values;
    }

    @Override
    public boolean natural(final long row) {
      return true;
    }

    @Override
    public double[] independent(final PhiloxRandom random, final float[] target, final int offset) {
      final long row = (long) (random.nextDouble() * data.size());
      data.image(row, target, offset);
      return values(row);
    }

    @Override
    public void rerender(
        final long row,
        final int factor,
        final List<Integer> held,
        final int repeat,
        final long seed,
        final float[] target,
        final int offset) {
      final var at = data.factorsOf(row);
      at[factor] = random(seed, row, factor, repeat).nextInt(data.factors().get(factor).size());
      data.image(data.rowOf(at), target, offset);
    }

    @Override
    public Counterfactuals counterfactuals() {
      return new Counterfactuals.Grid(data);
    }

    @Override
    public Optional<CausalGraph> truth() {
      return Optional.empty();
    }
  }
}
