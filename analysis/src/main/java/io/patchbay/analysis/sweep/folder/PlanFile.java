package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Precision;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `plan.json`: a plan, the data that it ran on, and how the folder that it was written to divides
/// it.
///
/// @param data as the catalogue of data sets takes it; a file may leave it out
/// @param shard base inputs per shard, 1 to 16; a file that does not say it has 16
/// @param route how its cells are computed, see [Route#name]; chosen anew where a file does not say
///   it
/// @param ladder by which cells are computed again; a file with a route and without this has none
/// @param own how ops of the user's own are computed, see [PatchForm#how]; nothing where there are
///   none
public record PlanFile(
    SweepPlan plan,
    Optional<String> data,
    int shard,
    Optional<String> route,
    Optional<String> own,
    Optional<Ladder> ladder) {
  static final int MOST_PER_SHARD = 16;

  /// What a sweep may have to compute again after a stop, about.
  private static final int CELLS_PER_SHARD = 20_000;

  private static final String DATA = "data";
  private static final String SHARD = "inputs_per_shard";
  private static final String JOINT = "joint";
  private static final String ROUTE = "route";
  private static final String POOL = "sources_from";
  private static final String OWN = "own_ops";
  private static final String LADDER = "ladder";
  private static final List<String> OPTIONAL =
      List.of(JOINT, DATA, SHARD, ROUTE, POOL, OWN, LADDER);

  /// Without a ladder.
  public PlanFile(
      final SweepPlan plan,
      final Optional<String> data,
      final int shard,
      final Optional<String> route,
      final Optional<String> own) {
    this(plan, data, shard, route, own, Optional.empty());
  }

  /// Inputs per shard where an input has this many cells.
  public static int shard(final long cellsPerInput) {
    return Math.clamp(CELLS_PER_SHARD / cellsPerInput, 1, MOST_PER_SHARD);
  }

  /// Reads a JSON file with the fields that `plan.json` has; none of the plan's own may be missing,
  /// and there may be no others.
  ///
  /// @throws BadInputException naming the file and what is wrong in it
  public static PlanFile read(final Path file) {
    final String text;
    try {
      text = Files.readString(file);
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "plan", e);
    }
    try {
      final var fields = JsonMapper.shared().readTree(text);
      final var known =
          new SweepPlan("latent.z", "all", "zero", List.of(), 1, 0, 1, "l2", 0).toMap();
      OPTIONAL.forEach(name -> known.put(name, ""));
      final var names = new TreeSet<>(fields.propertyNames());
      final var needed = new TreeSet<>(known.keySet());
      OPTIONAL.forEach(needed::remove);
      if (!names.containsAll(needed) || !known.keySet().containsAll(names)) {
        throw new BadInputException(
            file,
            "fields",
            names.toString(),
            known.keySet() + ", without " + OPTIONAL + " or with");
      }
      if (!fields.path("values").isArray()) {
        throw new BadInputException(
            file, "values", fields.path("values").toString(), "a list of numbers");
      }
      final var precision =
          Precision.of(fields.path("precision").asString())
              .orElseThrow(() ->
                  new BadInputException(
                      file,
                      "precision",
                      fields.path("precision").toString(),
                      "one of " + Precision.labels()));
      final var places = new ArrayList<Place>();
      places.add(place(fields));
      for (final var further : joint(file, fields.path(JOINT))) {
        places.add(place(further));
      }
      final var plan =
          new SweepPlan(
              places,
              fields.path("values").valueStream().map(JsonNode::doubleValue).toList(),
              fields.path("sources").intValue(),
              fields.path("draws").intValue(),
              fields.path("inputs").intValue(),
              fields.path("metric").stringValue(),
              fields.path("seed").longValue(),
              pool(file, fields.path(POOL)),
              precision);
      return new PlanFile(
          plan,
          text(fields.path(DATA)),
          shard(file, fields.path(SHARD)),
          text(fields.path(ROUTE)),
          text(fields.path(OWN)),
          ladder(file, fields.path(LADDER)));
    } catch (final JacksonException e) {
      throw new BadInputException(
          file, "plan", e.getOriginalMessage(), "a JSON object as plan.json has it");
    }
  }

  private static SweepPlan.Pool pool(final Path file, final JsonNode text) {
    if (text.isMissingNode()) {
      return SweepPlan.Pool.DATA;
    }
    return switch (text.asString()) {
      case "data" -> SweepPlan.Pool.DATA;
      case "inputs" -> SweepPlan.Pool.INPUTS;
      default -> throw new BadInputException(file, POOL, text.toString(), "data or inputs");
    };
  }

  private static Optional<String> text(final JsonNode text) {
    return text.isMissingNode() ? Optional.empty() : Optional.of(text.stringValue());
  }

  private static Optional<Ladder> ladder(final Path file, final JsonNode fields) {
    if (fields.isMissingNode()) {
      return Optional.empty();
    }
    final var names = new TreeSet<>(fields.propertyNames());
    if (names.equals(new TreeSet<>(List.of("floor", "threshold", "again", "sampled", "share")))) {
      try {
        return Optional.of(
            new Ladder(
                fields.path("floor").doubleValue(),
                fields.path("threshold").doubleValue(),
                fields.path("again").stringValue(),
                fields.path("sampled").intValue(),
                fields.path("share").doubleValue()));
      } catch (final IllegalArgumentException | JacksonException e) {
        throw new BadInputException(
            file.toString(), LADDER, fields.toString(), "as plan.json has it", e);
      }
    }
    throw new BadInputException(file, LADDER, fields.toString(), "as plan.json has it");
  }

  private static int shard(final Path file, final JsonNode number) {
    if (number.isMissingNode()) {
      return MOST_PER_SHARD;
    }
    final boolean fits = number.isInt() && number.intValue() >= 1;
    if (!fits || number.intValue() > MOST_PER_SHARD) {
      throw new BadInputException(
          file, SHARD, number.toString(), "a number from 1 to " + MOST_PER_SHARD);
    }
    return number.intValue();
  }

  /// The further places; a plan of one site may leave them out.
  private static List<JsonNode> joint(final Path file, final JsonNode list) {
    final var expected = List.of("op", "site", "units");
    final var further = list.valueStream().toList();
    final boolean named =
        further.stream()
            .allMatch(f -> List.copyOf(new TreeSet<>(f.propertyNames())).equals(expected));
    if (!named || !(list.isMissingNode() || list.isArray())) {
      throw new BadInputException(file, JOINT, list.toString(), "a list of " + expected);
    }
    return further;
  }

  private static Place place(final JsonNode fields) {
    return new Place(
        fields.path("site").stringValue(),
        fields.path("units").stringValue(),
        fields.path("op").stringValue());
  }

  public void write(final Path file) {
    final var map = plan.toMap();
    data.ifPresent(name -> map.put(DATA, name));
    map.put(SHARD, shard);
    route.ifPresent(name -> map.put(ROUTE, name));
    ladder.ifPresent(of -> map.put(LADDER, of));
    own.ifPresent(how -> map.put(OWN, how));
    JsonText.write(file, map);
  }
}
