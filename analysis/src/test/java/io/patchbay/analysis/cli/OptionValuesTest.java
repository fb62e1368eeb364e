package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.Runtime.Version;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small values behind options.
class OptionValuesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1000000, 1000000",
    "4K, 4096",
    "512M, 536870912",
    "4G, 4294967296",
    "4g, 4294967296",
    "4GiB, 4294967296",
    "4GB, 4294967296",
    "1.5G, 1610612736",
    "2T, 2199023255552",
    "8388607T, 9223370937343148032"
  })
  void sizesAreRead(final String text, final long bytes) {
    assertEquals(bytes, HostMemorySize.parse(text).bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "G",
        "0",
        "0.2",
        "-1G",
        "4X",
        "4 G",
        "1e9",
        "8388608T",
        "99999999999999999999",
        "NaN"
      })
  void otherSizesAreRefused(final String text) {
    final var e = assertThrows(IllegalArgumentException.class, () -> HostMemorySize.parse(text));
    assertTrue(String.valueOf(e.getMessage()).contains("'" + text + "'"), e::toString);
  }

  @Test
  void aSizeIsShownInTheNearestUnit() {
    assertEquals("512 B", new HostMemorySize(512).toString());
    assertEquals("3.9 GiB", new HostMemorySize(4_187_593_113L).toString());
  }

  @Test
  void theStandardSizeIsAShareOfTheMachine() {
    final long all = PhysicalMemory.bytes();
    final long standard = HostMemorySize.standard().bytes();
    assertTrue(standard > all / 2 && standard < all, () -> standard + " of " + all);
  }

  @ParameterizedTest
  @CsvSource({"25.0.3", "25.0.3+9-LTS", "25.0.12", "25.0.3.1", "25.1", "25.1.1"})
  void theseJdksFit(final String version) {
    assertTrue(Release.unfit(Version.parse(version)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"25", "25-ea", "25.0.1", "25.0.2", "25.0.2.1", "26", "26.0.3", "17.0.9", "24.0.3"})
  void thoseDoNot(final String version) {
    assertTrue(Release.unfit(Version.parse(version)).orElse("").contains("25.0.3"));
  }

  @Test
  void theVersionIsThatOfTheBuild() throws IOException {
    final var pom = Files.readString(Shell.checkout().resolve("pom.xml"));
    final var version = pom.replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
    assertEquals(version, Release.VERSION);
  }

  @Test
  void screensHaveSensibleWidths() {
    assertEquals(new Screen(true, 132), Screen.of("true", "132"));
    assertEquals(new Screen(false, 80), Screen.of("", ""));
    assertEquals(new Screen(true, 80), Screen.of("true", "3"));
    assertEquals(new Screen(true, 80), Screen.of("true", "wide"));
  }

  @Test
  void theDoctorLooksWhereItIsTold() {
    assertTrue(DoctorCommand.dataRoot(Map.of()).contains("PATCHBAY_DATA is not set"));
    assertTrue(
        DoctorCommand.dataRoot(Map.of("PATCHBAY_DATA", "/no/such")).contains("no such folder"));
    assertTrue(DoctorCommand.dataRoot(Map.of("DISENTANGLEMENT_LIB_DATA", "/")).startsWith("/: "));
  }
}
