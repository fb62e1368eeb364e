package io.patchbay.analysis.study;

import io.patchbay.analysis.disentanglement.Mode;
import io.patchbay.vae.io.JsonText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The disentanglement scores of one model.
///
/// @param model the name of its variant
/// @param data the data set, as the catalogue takes it
/// @param codes codes that the scores asked for
/// @param images images that were encoded for them
/// @param known inputs of the test part that are in the training part too
/// @param note what is missing and why; may be empty
public record Scores(
    String model,
    String data,
    long seed,
    Mode mode,
    String device,
    ScoreSizes sizes,
    long codes,
    long images,
    int known,
    List<Score> scores,
    String note) {
  public Scores {
    scores = List.copyOf(scores);
  }

  /// The score of that name, if it was computed.
  public Optional<Score> score(final String name) {
    return scores.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  /// These and more.
  public Scores with(final List<Score> more) {
    return new Scores(
        model,
        data,
        seed,
        mode,
        device,
        sizes,
        codes,
        images,
        known,
        Stream.concat(scores.stream(), more.stream()).toList(),
        note);
  }

  /// Everything by name, for a file.
  ///
  /// @param run the run folder as the user named it
  /// @param version of this program
  public Map<String, Object> numbers(final Path run, final String version) {
    final var counts = new LinkedHashMap<String, Object>();
    counts.put("training", sizes.training());
    counts.put("test", sizes.test());
    counts.put("test_known", known);
    counts.put("batch", sizes.batch());
    counts.put("ranked", sizes.ranked());
    counts.put("resamples", sizes.resamples());
    counts.put("codes", codes);
    counts.put("images", images);
    final var map = new LinkedHashMap<String, Object>();
    map.put("run", run.toString());
    map.put("model", model);
    map.put("data", data);
    map.put("seed", seed);
    map.put("mode", mode.label());
    map.put("device", device);
    map.put("version", version);
    map.put("java", Runtime.version().toString());
    map.put("counts", counts);
    map.put("note", note);
    map.put("scores", scores.stream().map(Score::numbers).toList());
    return map;
  }

  /// Writes `scores/scores.json` in the run folder, at once or not at all.
  ///
  /// @return the file
  public Path write(final Path run, final String version) {
    final var file = run.resolve("scores").resolve("scores.json");
    JsonText.write(file, numbers(run, version));
    return file;
  }
}
