package io.patchbay.analysis.intervention;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.OptionalInt;

/// What an intervention does to the elements of its unit. Every operation but [Custom] and
/// [Subspace] is `clamp(keep * clean + shift + take * source, low, high)`; where the source comes
/// from is part of the operation.
public sealed interface Operation {
  /// The five numbers of one application with the given value.
  Coefficients with(double value);

  /// Where the `source` of this operation comes from.
  Source source();

  /// The name that the command line uses.
  String label();

  /// Whether a value has to be given.
  default boolean takesValue() {
    return false;
  }

  /// Whether the five numbers of [#with] say all that it does: not so of [Custom] and [Subspace].
  default boolean mixes() {
    return true;
  }

  /// Whether it needs the mean of its site over the inputs of the sweep.
  default boolean readsMean() {
    return source() == Source.MEAN;
  }

  /// Whether it draws random numbers of its own, so that it may be repeated with others.
  default boolean readsRandom() {
    return false;
  }

  /// Whether only the input can be changed so.
  default boolean onInput() {
    return false;
  }

  /// `clamp(keep * clean + shift + take * source, low, high)`.
  record Coefficients(float keep, float shift, float take, float low, float high) {
    /// Coefficients without limits.
    public static Coefficients of(final double keep, final double shift, final double take) {
      return new Coefficients(
          (float) keep,
          (float) shift,
          (float) take,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY);
    }
  }

  /// Where a source value comes from.
  enum Source {
    /// The operation uses none.
    NONE,
    /// The same site in the run of another input, with the base's noise.
    OTHER_INPUT,
    /// The mean of the site over the inputs of the sweep.
    MEAN,
    /// The same site in the run of the base itself.
    BASE,
    /// The base's image, changed as the value says; the input only.
    RENDERED,
    /// A draw from the posterior of the base input; latents only.
    POSTERIOR,
    /// Standard normal noise keyed by (input, draw).
    NOISE
  }

  /// The elements become the value.
  record Assign() implements Operation {
    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(0, value, 0);
    }

    @Override
    public Source source() {
      return Source.NONE;
    }

    @Override
    public String label() {
      return "set";
    }

    @Override
    public boolean takesValue() {
      return true;
    }
  }

  /// The value is added.
  record Add() implements Operation {
    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(1, value, 0);
    }

    @Override
    public Source source() {
      return Source.NONE;
    }

    @Override
    public String label() {
      return "add";
    }

    @Override
    public boolean takesValue() {
      return true;
    }
  }

  /// The elements are multiplied by the value.
  record Scale() implements Operation {
    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(value, 0, 0);
    }

    @Override
    public Source source() {
      return Source.NONE;
    }

    @Override
    public String label() {
      return "scale";
    }

    @Override
    public boolean takesValue() {
      return true;
    }
  }

  /// The elements are limited to [-value, value].
  record Clamp() implements Operation {
    @Override
    public Coefficients with(final double value) {
      final float limit = (float) Math.abs(value);
      return new Coefficients(1, 0, 0, -limit, limit);
    }

    @Override
    public Source source() {
      return Source.NONE;
    }

    @Override
    public String label() {
      return "clamp";
    }

    @Override
    public boolean takesValue() {
      return true;
    }
  }

  /// An operation without a value.
  ///
  /// @param label the name that the command line uses
  /// @param keep the share of the clean activation
  /// @param take the share of the source
  record Fixed(String label, double keep, double take, Source source) implements Operation {
    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(keep, 0, take);
    }
  }

  /// Noise of the given standard deviation is added.
  record AddNoise() implements Operation {
    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(1, 0, value);
    }

    @Override
    public Source source() {
      return Source.NOISE;
    }

    @Override
    public String label() {
      return "noise";
    }

    @Override
    public boolean takesValue() {
      return true;
    }
  }

  /// The value is added, and the sum limited to [0, 1].
  record Brightness() implements Operation {
    @Override
    public Coefficients with(final double value) {
      return new Coefficients(1, (float) value, 0, 0, 1);
    }

    @Override
    public Source source() {
      return Source.NONE;
    }

    @Override
    public String label() {
      return "brightness";
    }

    @Override
    public boolean takesValue() {
      return true;
    }

    @Override
    public boolean onInput() {
      return true;
    }
  }

  /// The elements come from another image of the base input, which depends on the value.
  sealed interface Rendered extends Operation {
    @Override
    default Coefficients with(final double value) {
      return Coefficients.of(0, 0, 1);
    }

    @Override
    default Source source() {
      return Source.RENDERED;
    }

    @Override
    default boolean takesValue() {
      return true;
    }

    @Override
    default boolean onInput() {
      return true;
    }
  }

  /// From the blurred, shifted or rotated image.
  record Transform(ImageTransform transform) implements Rendered {
    @Override
    public String label() {
      return transform.label();
    }
  }

  /// From the image of the base with a generative factor at the value.
  ///
  /// @param follows whether what depends on the factor follows its mechanism; else all else is held
  record Rerender(String factor, boolean follows) implements Rendered {
    static final String HOLDING = "factor:";
    static final String FOLLOWING = "do:";

    @Override
    public String label() {
      return (follows ? FOLLOWING : HOLDING) + factor;
    }
  }

  /// An op of the user's own. Of the five numbers it takes the second, as its value.
  record Custom(PatchOp op) implements Operation {
    static final String START = "expr:";

    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(0, value, 0);
    }

    @Override
    public boolean mixes() {
      return false;
    }

    @Override
    public Source source() {
      return op.reads(PatchValue.SOURCE) ? Source.OTHER_INPUT : Source.NONE;
    }

    @Override
    public String label() {
      return START + op;
    }

    @Override
    public boolean takesValue() {
      return op.reads(PatchValue.VALUE);
    }

    @Override
    public boolean readsMean() {
      return op.reads(PatchValue.MEAN);
    }

    @Override
    public boolean readsRandom() {
      return op.reads(PatchValue.RANDOM);
    }
  }

  /// The projection of the site on some directions comes from the run of another input. Its units
  /// are directions, not elements: `all` of them, or single ones.
  ///
  /// @param of a file of directions, or [#PRINCIPAL]
  /// @param count how many of them, the first ones; empty for all of a file
  record Subspace(String of, OptionalInt count) implements Operation {
    /// The principal components of the site over the inputs of the sweep.
    public static final String PRINCIPAL = "pca";

    static final String START = "subspace:";

    @Override
    public Coefficients with(final double value) {
      return Coefficients.of(0, 0, 1);
    }

    @Override
    public boolean mixes() {
      return false;
    }

    @Override
    public Source source() {
      return Source.OTHER_INPUT;
    }

    @Override
    public String label() {
      return START + of + (count.isPresent() ? ":" + count.getAsInt() : "");
    }
  }
}
