package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is kept between runs lies where the user said, and a blank says nothing.
class CacheFolderTest {
  private static Path of(final String home, final String cache) {
    return CacheFolder.of(Map.of("PATCHBAY_HOME", home, "XDG_CACHE_HOME", cache)).folder("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void aBlankFolderIsNotSet(final String blank) {
    assertEquals(Path.of("own", "data"), of("own", "cache"));
    assertEquals(Path.of("cache", "patchbay", "data"), of(blank, "cache"));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".cache", "patchbay", "data"), of(blank, blank));
  }
}
