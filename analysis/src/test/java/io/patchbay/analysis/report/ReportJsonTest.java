package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportJsonTest {

  @TempDir Path folder;

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    ReportModel model = SyntheticReport.of(List.of("vae", "factor-vae"), 5, 3);
    Path file = folder.resolve("report.json");
    ReportJson.write(model, file);

    assertEquals(model, ReportJson.read(file));
  }

  @Test
  void absentPartsStayAbsent() throws IOException {
    Path file = folder.resolve("report.json");
    ReportJson.write(SyntheticReport.empty(), file);

    assertEquals(SyntheticReport.empty(), ReportJson.read(file));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"latents\":5', '\"latents\":\"five\"', variants[0].summary.latents",
    "'\"latents\":5', '\"latents\":5,\"extra\":1', variants[0].summary.extra",
    "'\"rows\":5', '\"rows\":4', variants[0].factors[0].values",
    "'{\"', '{{\"', line 1"
  })
  void aFaultIsNamedWithItsPlace(String from, String to, String place) throws IOException {
    Path file = folder.resolve("report.json");
    ReportJson.write(SyntheticReport.of(List.of("vae"), 5, 1), file);
    String json = Files.readString(file);
    assertTrue(json.contains(from), "the fault was not made");
    Files.writeString(file, json.replaceFirst(Pattern.quote(from), to));

    BadInputException fault = assertThrows(BadInputException.class, () -> ReportJson.read(file));
    assertTrue(fault.place().startsWith(place), fault.getMessage());
    assertEquals(file.toString(), fault.file());
  }

  @Test
  void aMissingPartOrFileIsAFault() throws IOException {
    Path file = folder.resolve("report.json");
    assertThrows(BadInputException.class, () -> ReportJson.read(file));
    Files.writeString(file, "{\"title\":\"t\"}");
    assertThrows(BadInputException.class, () -> ReportJson.read(file));
    Files.writeString(file, "null");
    assertThrows(BadInputException.class, () -> ReportJson.read(file));
    Files.writeString(file, "");
    assertThrows(BadInputException.class, () -> ReportJson.read(file));
  }
}
