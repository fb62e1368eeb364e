package io.patchbay.vae.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Small files written at once or not at all. See [PendingFile] for large ones.
public final class AtomicFiles {
  private AtomicFiles() {}

  /// Replaces `target` by these bytes in one step.
  ///
  /// @throws java.io.UncheckedIOException with one line of text; the target is then as it was
  public static void write(Path target, byte[] bytes) {
    try (PendingFile file = PendingFile.create(target)) {
      file.append(ByteBuffer.wrap(bytes));
      file.commit();
    }
  }

  /// Replaces `target` by this text in UTF-8 in one step.
  public static void write(Path target, String text) {
    write(target, text.getBytes(StandardCharsets.UTF_8));
  }
}
