package io.patchbay.ffi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What a compiler made, kept on disk under the SHA-256 of everything it was made from, in a folder
/// of its owner's alone. A file holds the SHA-256 of its content first: one that was damaged is
/// made again. Where nothing can be kept, everything is made each time.
public final class CompiledCache {
  private static final int HASH = 32;

  private final Path root;

  CompiledCache(final Path root) {
    this.root = root;
  }

  public static CompiledCache standard() {
    return new CompiledCache(LibraryCache.home().resolve("compiled"));
  }

  /// @param key everything that what is made depends on: sources, options, versions
  public byte[] get(final List<String> key, final Supplier<byte[]> make) {
    final var file = root.resolve(HexFormat.of().formatHex(hash(key)));
    final var kept = read(file);
    if (kept.isPresent()) {
      return kept.get();
    }
    final var made = make.get();
    write(file, made);
    return made;
  }

  private static Optional<byte[]> read(final Path file) {
    try {
      final var bytes = Files.readAllBytes(file);
      if (bytes.length >= HASH) {
        final var content = Arrays.copyOfRange(bytes, HASH, bytes.length);
        if (Arrays.equals(sha256().digest(content), Arrays.copyOf(bytes, HASH))) {
          return Optional.of(content);
        }
      }
      return Optional.empty();
    } catch (final IOException e) {
      return Optional.empty();
    }
  }

  private void write(final Path file, final byte[] content) {
    final var owner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    try {
      Files.createDirectories(root, owner);
      Files.setPosixFilePermissions(root, owner.value());
      final var part = Files.createTempFile(root, "made", ".part", owner);
      try {
        final var bytes = Arrays.copyOf(sha256().digest(content), HASH + content.length);
        System.arraycopy(content, 0, bytes, HASH, content.length);
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (final IOException e) {
      // It is made again next time.
    }
  }

  /// Parts are told apart by their lengths.
  private static byte[] hash(final List<String> key) {
    final var digest = sha256();
    for (final var part : key) {
      final var bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (final NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
