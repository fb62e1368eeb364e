package io.patchbay.vae.data;

import io.patchbay.engine.expression.Expression;
import io.patchbay.vae.io.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The colours that have a name, with the values that CSS gives them.
enum ScmColours {
  BLACK(0x000000),
  WHITE(0xFFFFFF),
  GREY(0x808080),
  SILVER(0xC0C0C0),
  RED(0xFF0000),
  GREEN(0x008000),
  BLUE(0x0000FF),
  YELLOW(0xFFFF00),
  ORANGE(0xFFA500),
  GOLD(0xFFD700),
  BROWN(0xA52A2A),
  FIREBRICK(0xB22222),
  PINK(0xFFC0CB),
  PURPLE(0x800080),
  NAVY(0x000080),
  TEAL(0x008080),
  LIME(0x00FF00),
  SKYBLUE(0x87CEEB);

  private static final int TOP = 0xFF;

  private final int rgb;

  ScmColours(int rgb) {
    this.rgb = rgb;
  }

  private double band(int channel) {
    return (rgb >> (16 - 8 * channel) & TOP) / (double) TOP;
  }

  private boolean isGrey() {
    return band(0) == band(1) && band(1) == band(2);
  }

  /// One expression for each channel of a picture.
  ///
  /// @param source file or name, for messages
  /// @param names variables; one of them wins over a colour of its name
  static Expression[] compile(
      String source, String place, List<String> colour, boolean rgb, List<String> names) {
    final int channels = rgb ? 3 : 1;
    final Expression[] result = new Expression[channels];
    if (colour.size() == 1) {
      final String text = colour.getFirst().strip();
      final Optional<ScmColours> named = named(text);
      if (named.isPresent() && !names.contains(text)) {
        if (!rgb && !named.get().isGrey()) {
          throw new BadInputException(
              source, place, "'" + text + "' on a picture of greys", "a grey, or colour: rgb");
        }
        Arrays.setAll(result, c -> new Expression.Constant(named.get().band(c)));
      } else {
        Arrays.fill(result, grey(source, place, text, names));
      }
      return result;
    }
    if (colour.size() != channels) {
      throw new BadInputException(
          source,
          place,
          "a list of " + colour.size(),
          rgb ? "red, green and blue, or one grey or name" : "one grey");
    }
    for (int c = 0; c < channels; c++) {
      result[c] = ScmGraph.parse(source, place + "[" + c + "]", colour.get(c), names);
    }
    return result;
  }

  private static Expression grey(String source, String place, String text, List<String> names) {
    if (text.matches("[A-Za-z_]+") && !names.contains(text) && !Expression.words().contains(text)) {
      final List<String> known =
          Arrays.stream(values()).map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
      throw new BadInputException(
          source,
          place,
          "'" + text + "'",
          "a factor, or one of " + String.join(", ", Nearest.of(text, known)));
    }
    return ScmGraph.parse(source, place, text, names);
  }

  private static Optional<ScmColours> named(String text) {
    return Arrays.stream(values())
        .filter(c -> c.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }
}
