package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The catalogue of data sets, by name or path, with options after a colon:
///
/// | name | options |
/// | --- | --- |
/// | `sprites` | `antialias=false` |
/// | `pendulum` | `size=64`, `free=0` (pictures with a free shadow for each with a cast one) |
/// | `flow` | `size=64` |
/// | `dsprites` | the original file under `PATCHBAY_DATA`, else `DISENTANGLEMENT_LIB_DATA` |
/// | path of an npz file | |
/// | `scm:` and the path of a [causal world][Scm]'s YAML file | |
/// | path of a folder of pictures | `size=64`, `channels=3`, `fit=crop` or `squeeze` |
///
/// For example `pendulum:size=96` or `photos:size=32,channels=1`.
public final class Datasets {
  /// Where dSprites lies under the data root, as disentanglement_lib expects it.
  static final String DSPRITES = "dsprites/dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz";

  private static final List<String> NAMES = List.of("sprites", "pendulum", "flow", "dsprites");
  private static final List<String> ROOTS = List.of("PATCHBAY_DATA", "DISENTANGLEMENT_LIB_DATA");

  private final Map<String, String> environment;

  private Datasets(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /// The catalogue that reads these environment variables ([System#getenv] in a program).
  public static Datasets of(Map<String, String> environment) {
    return new Datasets(environment);
  }

  /// The names that need no path.
  public static List<String> names() {
    return NAMES;
  }

  /// Opens a data set.
  ///
  /// @throws BadInputException if there is no such data set, or it cannot be read
  public FactorDataset open(String text) {
    final Optional<ScmReference> world = ScmReference.of(text);
    if (world.isPresent()) {
      return Scm.open(world.get());
    }
    final Path whole = path(text);
    final DatasetSpec spec =
        whole != null && Files.exists(whole) && !NAMES.contains(text)
            ? new DatasetSpec(text, Map.of())
            : DatasetSpec.parse(text);
    return switch (spec.name()) {
      case "sprites" -> new Sprites(spec.allow("antialias").flag("antialias", false));
      case "pendulum" -> {
        spec.allow("size", "free");
        yield new Pendulum(spec.number("size", 64, 16, 512), spec.number("free", 0, 0, 100));
      }
      case "flow" -> new Flow(spec.allow("size").number("size", 64, 16, 512));
      case "dsprites" -> dsprites(spec.allow());
      default -> fromPath(spec);
    };
  }

  private FactorDataset dsprites(DatasetSpec spec) {
    for (String root : ROOTS) {
      final String folder = environment.getOrDefault(root, "");
      if (!folder.isEmpty()) {
        final Path file = Path.of(folder).resolve(DSPRITES);
        if (Files.exists(file)) {
          return DspritesFile.open("dsprites", file, CacheFolder.of(environment));
        }
      }
    }
    throw new BadInputException(
        spec.name(),
        "file",
        "no " + DSPRITES + " under $" + String.join(" or $", ROOTS),
        "it there (or use sprites, which needs no file)");
  }

  private FactorDataset fromPath(DatasetSpec spec) {
    final Path path = path(spec.name());
    if (path != null && Files.isDirectory(path)) {
      spec.allow("size", "channels", "fit");
      final int size = spec.number("size", 64, 1, 1024);
      final int channels = spec.choice("channels", List.of("3", "1")).equals("3") ? 3 : 1;
      final boolean crop = spec.choice("fit", List.of("crop", "squeeze")).equals("crop");
      final ImageDecoder decoder = new ImageDecoder(new ImageShape(channels, size, size), crop);
      return ImageFolder.open(path, decoder, CacheFolder.of(environment));
    }
    if (path != null && Files.exists(path)) {
      final String file = String.valueOf(path.getFileName());
      if (!file.toLowerCase(Locale.ROOT).endsWith(".npz")) {
        throw new BadInputException(path, "data set", "a file", "an npz file or a folder");
      }
      spec.allow();
      return DspritesFile.open(
          file.substring(0, file.length() - 4), path, CacheFolder.of(environment));
    }
    throw new BadInputException(
        spec.name(),
        "data set",
        "no such name or path",
        "one of "
            + Nearest.of(spec.name(), NAMES)
            + ", an npz file, a folder of pictures or scm:FILE.yaml");
  }

  private static @Nullable Path path(String text) {
    try {
      return text.isEmpty() ? null : Path.of(text);
    } catch (InvalidPathException _) {
      return null;
    }
  }
}
