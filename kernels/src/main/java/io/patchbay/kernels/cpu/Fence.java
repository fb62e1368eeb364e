package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.util.ArrayList;
import java.util.List;

/// Words before and after every buffer that no kernel may write. They are NaN as numbers, so that a
/// kernel that reads them spoils its result. For tests: buffers stand apart then, and none takes
/// the place of another.
final class Fence {
  /// Bytes before a buffer and, at least, after it.
  static final long WIDTH = 128;

  private static final int WORD = 0x7fa5_c3e1;

  private final List<Post> posts = new ArrayList<>();

  private record Post(String buffer, boolean before, long address, long bytes) {}

  Fence() {}

  /// Puts up the words around a buffer whose room begins [#WIDTH] bytes before it.
  ///
  /// @param size bytes of the buffer
  /// @param room bytes from where its room begins to where it ends
  void around(final String buffer, final long address, final long size, final long room) {
    put(new Post(buffer, true, address - WIDTH, WIDTH));
    put(new Post(buffer, false, address + size, room - WIDTH - size));
  }

  private void put(final Post post) {
    Memory.at(post.address(), post.bytes())
        .elements(JAVA_INT)
        .forEach(w -> w.set(JAVA_INT, 0, WORD));
    posts.add(post);
  }

  /// @throws IllegalStateException naming a buffer and the place beside it that was written
  void check() {
    for (final var post : posts) {
      final var words = Memory.at(post.address(), post.bytes());
      for (long i = 0; i < post.bytes() / Integer.BYTES; i++) {
        if (words.getAtIndex(JAVA_INT, i) != WORD) {
          throw new IllegalStateException(
              "a kernel wrote outside its buffer: buffer="
                  + post.buffer()
                  + ", "
                  + (post.before()
                      ? "before=" + (post.bytes() - i * Integer.BYTES)
                      : "after=" + i * Integer.BYTES)
                  + " bytes");
        }
      }
    }
  }
}
