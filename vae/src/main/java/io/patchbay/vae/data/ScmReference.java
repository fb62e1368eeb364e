package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A causal world as the catalogue names it: `scm:FILE`, or `scm:FILE:sha256=HEX`, which is only
/// opened while the file has that content.
///
/// @param sha256 of the file's bytes, in hexadecimal
public record ScmReference(Path file, Optional<String> sha256) {
  private static final String PREFIX = "scm:";
  private static final Pattern PINNED = Pattern.compile("(.*):sha256=([0-9a-f]{64})");

  /// Reads a reference; empty where the text names another kind of data set.
  ///
  /// @throws BadInputException where no file is named
  public static Optional<ScmReference> of(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    final String rest = text.substring(PREFIX.length());
    final Matcher pinned = PINNED.matcher(rest);
    final boolean isPinned = pinned.matches();
    final String path = isPinned ? pinned.group(1) : rest;
    try {
      if (!path.isBlank()) {
        return Optional.of(
            new ScmReference(
                Path.of(path), isPinned ? Optional.of(pinned.group(2)) : Optional.empty()));
      }
    } catch (InvalidPathException e) {
      throw new BadInputException(text, "file", "'" + path + "'", "scm:FILE.yaml", e);
    }
    throw new BadInputException(text, "file", "none", "scm:FILE.yaml");
  }

  /// The same file with this content and no other.
  public ScmReference pinned(String hash) {
    return new ScmReference(file, Optional.of(hash));
  }

  /// As the catalogue takes it.
  @Override
  public String toString() {
    return PREFIX + file + sha256.map(hash -> ":sha256=" + hash).orElse("");
  }
}
