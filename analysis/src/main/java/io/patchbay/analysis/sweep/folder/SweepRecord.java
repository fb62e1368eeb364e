package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.Environment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// What a sweep's folder keeps of the devices that computed its cells.
public final class SweepRecord {
  private SweepRecord() {}

  /// Other kinds of device may round otherwise.
  ///
  /// @throws BadInputException when the devices are not of one kind
  public static void requireOneKind(final List<Subject> subjects) {
    final var kind = subjects.getFirst().backend().device();
    for (final var other : subjects) {
      if (!other.backend().device().equals(kind)) {
        throw new BadInputException(
            "--device",
            "devices",
            other.backend().device() + " beside " + kind,
            "one kind of device");
      }
    }
  }

  /// Writes `environment.json`: with `rows`, the cells that were computed at a time; and where
  /// there are several devices, with `devices`, how many, and a list of `rows`.
  ///
  /// @param atOnce the cells of each device
  public static void write(
      final SweepFolder folder, final List<Subject> subjects, final List<Integer> atOnce) {
    final var more = new LinkedHashMap<String, Object>();
    if (subjects.size() == 1) {
      atOnce.stream().findFirst().ifPresent(rows -> more.put("rows", rows));
    } else {
      more.put("devices", subjects.size());
      more.put("rows", atOnce);
    }
    final var shortages =
        subjects.stream()
            .flatMap(of -> of.backend().shortages().met().stream())
            .map(Object::toString)
            .collect(Collectors.joining("; "));
    if (!shortages.isEmpty()) {
      more.put("shortages", shortages);
    }
    folder.write(Environment.of(subjects.getFirst().backend()), more);
  }
}
