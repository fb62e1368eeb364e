package io.patchbay.analysis.intervention;

import io.patchbay.analysis.intervention.Operation.Fixed;
import io.patchbay.analysis.intervention.Operation.Rerender;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.vae.data.Nearest;
import io.patchbay.vae.io.BadInputException;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// The built-in operations by name.
public final class Operations {
  /// The elements become the value.
  public static final Operation SET = new Operation.Assign();

  /// The elements become zero.
  public static final Operation ZERO = new Fixed("zero", 0, 0, Source.NONE);

  /// The elements change their sign.
  public static final Operation SIGN_FLIP = new Fixed("sign-flip", -1, 0, Source.NONE);

  /// The elements become their mean over the inputs.
  public static final Operation MEAN = new Fixed("mean", 0, 1, Source.MEAN);

  /// The elements come from the run of another input.
  public static final Operation INTERCHANGE = new Fixed("interchange", 0, 1, Source.OTHER_INPUT);

  /// The elements come from an input drawn at random: a draw from their marginal distribution.
  public static final Operation MARGINAL_RESAMPLE =
      new Fixed("marginal-resample", 0, 1, Source.OTHER_INPUT);

  /// The latents are drawn from their posterior.
  public static final Operation POSTERIOR_RESAMPLE =
      new Fixed("posterior-resample", 0, 1, Source.POSTERIOR);

  /// The elements keep their values of the base, whatever is changed before them.
  public static final Operation HOLD = new Fixed("hold", 0, 1, Source.BASE);

  private static final List<Operation> ALL =
      List.of(
          SET,
          new Operation.Add(),
          new Operation.Scale(),
          new Operation.Clamp(),
          SIGN_FLIP,
          ZERO,
          MEAN,
          MARGINAL_RESAMPLE,
          POSTERIOR_RESAMPLE,
          new Operation.AddNoise(),
          INTERCHANGE,
          HOLD,
          new Operation.Brightness(),
          new Operation.Transform(ImageTransform.BLUR),
          new Operation.Transform(ImageTransform.TRANSLATE_X),
          new Operation.Transform(ImageTransform.TRANSLATE_Y),
          new Operation.Transform(ImageTransform.ROTATE));

  private static final Pattern SUBSPACE = Pattern.compile("subspace:(.+?)(?::([1-9]\\d{0,5}))?");

  private Operations() {}

  /// Those that need no name of a factor.
  public static List<Operation> all() {
    return ALL;
  }

  /// One of [#all]; `factor:NAME` or `do:NAME` for a [Operation.Rerender]; `expr:EXPRESSION` or
  /// `expr:NAME(PARAMETER=NUMBER, ...) = EXPRESSION` for a [Operation.Custom]; `subspace:pca:K`,
  /// `subspace:FILE` or `subspace:FILE:K` for a [Operation.Subspace].
  ///
  /// @throws BadInputException when there is no such operation
  public static Operation named(final String name) {
    if (name.startsWith(Operation.Custom.START)) {
      return new Operation.Custom(CustomOps.parse(name, Operation.Custom.START.length()));
    }
    if (name.startsWith(Operation.Subspace.START)) {
      return subspace(name);
    }
    for (final boolean follows : new boolean[] {false, true}) {
      final var start = follows ? Rerender.FOLLOWING : Rerender.HOLDING;
      if (name.startsWith(start) && name.length() > start.length()) {
        return new Rerender(name.substring(start.length()), follows);
      }
    }
    final var names = ALL.stream().map(Operation::label).toList();
    return ALL.stream()
        .filter(o -> o.label().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInputException(
                "--op",
                name,
                "no such operation",
                "one of "
                    + String.join(", ", Nearest.of(name, names))
                    + ", factor:NAME, do:NAME, expr:EXPRESSION, subspace:pca:K, subspace:FILE"));
  }

  private static Operation subspace(final String name) {
    final var parts = SUBSPACE.matcher(name);
    final boolean known = parts.matches();
    final var count = known ? parts.group(2) : null;
    if (!known || (parts.group(1).equals(Operation.Subspace.PRINCIPAL) && count == null)) {
      throw new BadInputException(
          "--op", name, "no directions", "subspace:pca:K, subspace:FILE or subspace:FILE:K");
    }
    return new Operation.Subspace(
        parts.group(1),
        count == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(count)));
  }
}
