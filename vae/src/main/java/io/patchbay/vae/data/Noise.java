package io.patchbay.vae.data;

import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.Philox;
import io.patchbay.engine.random.Streams;

/// What is added to a mechanism from outside of the model, drawn for each picture by itself.
public sealed interface Noise {
  /// No noise: the mechanism alone.
  Noise NONE = new None();

  /// One draw.
  ///
  /// @param seed of the model
  /// @param id of the combination of factor values
  /// @param sample which picture of that combination
  /// @param variable which variable of the model, from 0
  double draw(long seed, long id, int sample, int variable);

  /// No noise.
  record None() implements Noise {
    @Override
    public double draw(long seed, long id, int sample, int variable) {
      return 0;
    }
  }

  /// Uniform in [low, high).
  record Uniform(double low, double high) implements Noise {
    public Uniform {
      if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
        throw new IllegalArgumentException("uniform noise: low=" + low + ", high=" + high);
      }
    }

    @Override
    public double draw(long seed, long id, int sample, int variable) {
      final int[] words = new int[Philox.WORDS];
      Philox.block(seed, Streams.FACTORS, id, sample, variable, words);
      final long bits = Integer.toUnsignedLong(words[0]) << 21 | words[1] >>> 11;
      return low + bits * 0x1p-53 * (high - low);
    }
  }

  /// Normal, around 0.
  record Normal(double deviation) implements Noise {
    public Normal {
      if (!(deviation > 0) || Double.isInfinite(deviation)) {
        throw new IllegalArgumentException("normal noise: deviation=" + deviation);
      }
    }

    @Override
    public double draw(long seed, long id, int sample, int variable) {
      final int element = Math.multiplyExact(Philox.WORDS, variable);
      return deviation * Normals.one(seed, Streams.FACTORS, id, sample, element);
    }
  }
}
