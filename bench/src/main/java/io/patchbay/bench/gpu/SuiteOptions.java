package io.patchbay.bench.gpu;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the user asked for.
///
/// @param device a backend's name, or `emulator`
/// @param minutes of all sections together
/// @param only sections to run; empty for all
/// @param skip sections to leave out
/// @param run the folder of a trained conv4 model; without it the suite has its own
/// @param python the program that runs the comparison with PyTorch
/// @param torchSeconds budget of that comparison
/// @param tiny the smallest sizes: to try the suite, not to measure
public record SuiteOptions(
    String device,
    double minutes,
    List<String> only,
    List<String> skip,
    Optional<Path> run,
    String python,
    int torchSeconds,
    boolean tiny) {
  public SuiteOptions {
    only = List.copyOf(only);
    skip = List.copyOf(skip);
  }

  boolean wants(final String section) {
    return (only.isEmpty() || only.contains(section)) && !skip.contains(section);
  }

  /// As arguments of [SectionMain].
  List<String> arguments() {
    return List.of(
        device,
        Double.toString(minutes),
        String.join(",", only),
        String.join(",", skip),
        run.map(Path::toString).orElse(""),
        python,
        Integer.toString(torchSeconds),
        Boolean.toString(tiny));
  }

  /// The inverse of [#arguments()].
  static SuiteOptions of(final List<String> arguments) {
    return new SuiteOptions(
        arguments.get(0),
        Double.parseDouble(arguments.get(1)),
        names(arguments.get(2)),
        names(arguments.get(3)),
        Optional.of(arguments.get(4)).filter(run -> !run.isEmpty()).map(Path::of),
        arguments.get(5),
        Integer.parseInt(arguments.get(6)),
        Boolean.parseBoolean(arguments.get(7)));
  }

  private static List<String> names(final String text) {
    return Arrays.stream(text.split(",")).filter(name -> !name.isEmpty()).toList();
  }
}
