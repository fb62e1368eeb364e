package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// Where decoded data, and whatever else can be made again, are kept between runs. Names are made
/// of what the data came from, so a changed source finds no stale copy.
public final class CacheFolder {
  private final Path folder;

  CacheFolder(Path folder) {
    this.folder = folder;
  }

  /// `PATCHBAY_HOME`, else `XDG_CACHE_HOME/patchbay`, else `~/.cache/patchbay`. What is blank is
  /// not set.
  public static CacheFolder of(Map<String, String> environment) {
    final String home = environment.getOrDefault("PATCHBAY_HOME", "");
    if (!home.isBlank()) {
      return new CacheFolder(Path.of(home));
    }
    final String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return new CacheFolder(
        cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "patchbay")
            : Path.of(cache, "patchbay"));
  }

  Path file(String name) {
    return folder("data").resolve(name);
  }

  /// The part of it for one kind of things; it need not be there yet.
  public Path folder(String kind) {
    return folder.resolve(kind);
  }

  /// A short key of texts that identify a source.
  public static String key(Iterable<String> parts) {
    try {
      final MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// What changes when a file changes: its path, size and time.
  static String identity(Path file) {
    try {
      return file.toRealPath()
          + "|"
          + Files.size(file)
          + "|"
          + Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "file", e);
    }
  }
}
