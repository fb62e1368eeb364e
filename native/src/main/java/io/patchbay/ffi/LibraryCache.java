package io.patchbay.ffi;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Where libraries are extracted to: one folder per SHA-256, readable by its owner alone. A file
/// whose content does not match its name is replaced, never loaded.
final class LibraryCache {
  private final Path root;

  LibraryCache(final Path root) {
    this.root = root;
  }

  static LibraryCache standard() {
    return new LibraryCache(home().resolve("native"));
  }

  /// `PATCHBAY_HOME`, else `$XDG_CACHE_HOME/patchbay`, else `~/.cache/patchbay`.
  static Path home() {
    final var own = System.getenv("PATCHBAY_HOME");
    if (own != null && !own.isBlank()) {
      return Path.of(own);
    }
    final var xdg = System.getenv("XDG_CACHE_HOME");
    return xdg != null && !xdg.isBlank()
        ? Path.of(xdg, "patchbay")
        : Path.of(System.getProperty("user.home"), ".cache", "patchbay");
  }

  Path store(final String name, final byte[] content) throws IOException {
    final var folder = root.resolve(HexFormat.of().formatHex(sha256(content)));
    final var owner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(root, owner);
    try {
      Files.createDirectory(folder, owner);
    } catch (final FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(folder, owner.value());
    }
    final var file = folder.resolve(System.mapLibraryName(name));
    if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
      final var part = Files.createTempFile(folder, name, ".part", owner);
      try {
        Files.write(part, content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    }
    return file;
  }

  private static byte[] sha256(final byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (final NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
