package io.patchbay.analysis.report;

import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A report as JSON, so that a page can be made again, or figures taken from it, without the run.
public final class ReportJson {

  private ReportJson() {}

  /// Writes every number with all its digits; NaN as the string `NaN`.
  public static void write(ReportModel model, Path file) throws IOException {
    AtomicFiles.write(file, mapper().writeValueAsBytes(model));
  }

  /// @throws BadInputException when the file cannot be read or is not a report
  public static ReportModel read(Path file) {
    try {
      ReportModel model = mapper().readValue(Files.readAllBytes(file), ReportModel.class);
      if (model == null) {
        throw new BadInputException(file, "report", "null", "a report");
      }
      return model;
    } catch (IOException e) {
      throw BadInputException.unreadable(file.toString(), "report", e);
    } catch (JacksonException e) {
      throw new BadInputException(file.toString(), place(e), e.getOriginalMessage(), "a report", e);
    }
  }

  // `variants[0].summary.elbo`, or the line when the text is no JSON.
  private static String place(JacksonException e) {
    StringBuilder place = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        place.append('[').append(step.getIndex()).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    TokenStreamLocation at = e.getLocation();
    if (place.isEmpty() && at != null) {
      place.append("line ").append(at.getLineNr()).append(", column ").append(at.getColumnNr());
    }
    return place.isEmpty() ? "report" : place.toString();
  }

  private static JsonMapper mapper() {
    return JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .build();
  }
}
