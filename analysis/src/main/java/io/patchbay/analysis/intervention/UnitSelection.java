package io.patchbay.analysis.intervention;

import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Units of a site by a text: `all` (the whole site as one unit), `channels`, `elements`, numbers
/// of channels or latents such as `0-7,12`, several of them as one unit such as `0+3`,
/// `rect:Y:X:HxW` (a rectangle), `grid:HxW/STEP` (rectangles over the whole image).
public final class UnitSelection {
  private static final String EXPECTED =
      "all, channels, elements, numbers such as 0-7,12 or 0+3, rect:Y:X:HxW or grid:HxW/STEP";

  private static final Pattern RECTANGLE = Pattern.compile("rect:(\\d+):(\\d+):(\\d+)x(\\d+)");
  private static final Pattern GRID = Pattern.compile("grid:(\\d+)x(\\d+)/(\\d+)");
  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?");

  private UnitSelection() {}

  /// @throws BadInputException when the text says nothing, or units that the site does not have
  public static List<Unit> of(final Site site, final String text) {
    return switch (text) {
      case "all" -> List.of(site.whole());
      case "channels" -> site.channelUnits();
      case "elements" -> site.elementUnits();
      default -> others(site, text);
    };
  }

  private static List<Unit> others(final Site site, final String text) {
    try {
      final var rectangle = RECTANGLE.matcher(text);
      if (rectangle.matches()) {
        return List.of(
            site.rectangle(
                Integer.parseInt(rectangle.group(1)),
                Integer.parseInt(rectangle.group(2)),
                Integer.parseInt(rectangle.group(3)),
                Integer.parseInt(rectangle.group(4))));
      }
      final var grid = GRID.matcher(text);
      if (grid.matches()) {
        return grid(
            site,
            Integer.parseInt(grid.group(1)),
            Integer.parseInt(grid.group(2)),
            Integer.parseInt(grid.group(3)));
      }
    } catch (final IllegalArgumentException e) {
      throw new BadInputException("--units", text, "outside the site " + site.shape(), EXPECTED);
    }
    return numbers(site, text);
  }

  private static List<Unit> grid(
      final Site site, final int height, final int width, final int step) {
    if (site.shape().rank() != 3 || step < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException("no such grid");
    }
    final var units = new ArrayList<Unit>();
    for (int y = 0; y + height <= site.shape().dim(1); y += step) {
      for (int x = 0; x + width <= site.shape().dim(2); x += step) {
        units.add(site.rectangle(y, x, height, width));
      }
    }
    if (units.isEmpty()) {
      throw new IllegalArgumentException("rectangles larger than the site");
    }
    return units;
  }

  private static List<Unit> numbers(final Site site, final String text) {
    final var all = site.channelUnits();
    final var chosen = new LinkedHashMap<String, Unit>();
    for (final var part : text.split(",", -1)) {
      if (part.contains("+")) {
        final var members = new TreeSet<Integer>();
        for (final var member : part.split("\\+", -1)) {
          range(site, text, member).forEach(members::add);
        }
        final var ranges = members.stream().flatMap(i -> all.get(i).ranges().stream()).toList();
        final var name = members.stream().map(String::valueOf).collect(Collectors.joining("+"));
        chosen.put(name, new Unit(name, Site.merge(ranges)));
      } else {
        range(site, text, part).forEach(i -> chosen.put(Integer.toString(i), all.get(i)));
      }
    }
    return List.copyOf(chosen.values());
  }

  private static IntStream range(final Site site, final String text, final String part) {
    final var range = NUMBERS.matcher(part.strip());
    if (!range.matches()) {
      throw new BadInputException("--units", text, "'" + part + "'", EXPECTED);
    }
    final int first = Integer.parseInt(range.group(1));
    final int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
    if (first > last || last >= site.channels()) {
      throw new BadInputException(
          "--units",
          text,
          "units " + part + " at a site of " + site.channels(),
          "numbers from 0 to " + (site.channels() - 1));
    }
    return IntStream.rangeClosed(first, last);
  }
}
