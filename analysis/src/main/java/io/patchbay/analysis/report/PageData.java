package io.patchbay.analysis.report;

import io.patchbay.analysis.patch.GuardRun;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// The model as the page's script reads it: pictures as sprite sheets, numbers rounded to the
/// digits that are shown, NaN as null.
final class PageData {

  private static final int DIGITS = 6;
  private static final int MAP_DIGITS = 4;
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private PageData() {}

  /// JSON that may stand inside a script element: without `<`, `>`, `&`, and without the line
  /// separators that older scripts take for a line end. All four can only stand in strings.
  static String embeddable(ReportModel model) {
    return embeddable(page(model));
  }

  /// As [#embeddable], of any page.
  static String embeddable(Map<String, ?> page) {
    return mapper()
        .writeValueAsString(page)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /// When a page was made, as it is shown.
  static String minute(Instant instant) {
    return MINUTE.format(instant);
  }

  private static Map<String, Object> page(ReportModel model) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("title", model.title());
    page.put("summary", model.summary());
    page.put("created", minute(model.created()));
    page.put("seed", Long.toString(model.made().seed())); // a script's number holds 53 bits
    page.put("made", model.made());
    page.put("table", SummaryTable.cells(model));
    page.put("variants", model.variants());
    page.put("guards", model.guards().stream().map(PageData::guard).toList());
    page.put("notes", model.notes());
    return page;
  }

  private static Map<String, Object> guard(GuardRun run) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("name", run.name());
    page.put("cells", run.cells());
    page.put("computed", run.computed());
    page.put("deduplicated", run.deduplicated());
    page.put("provedZero", run.provedZero());
    page.put("balanced", run.balanced());
    page.put("controls", run.controls());
    return page;
  }

  private static JsonMapper mapper() {
    SimpleModule module = new SimpleModule("page");
    module.addSerializer(Double.class, new RoundedSerializer());
    module.addSerializer(double.class, new RoundedSerializer());
    module.addSerializer(Grid.class, new GridSerializer());
    module.addSerializer(Training.Curve.class, new CurveSerializer());
    module.addSerializer(Reconstructions.class, new ReconstructionsSerializer());
    module.addSerializer(UnitTable.class, new UnitTableSerializer());
    module.addSerializer(Traversal.class, new TraversalSerializer());
    return JsonMapper.builder().addModule(module).build();
  }

  static void number(JsonGenerator out, double value, int digits) {
    if (Double.isFinite(value)) {
      out.writeNumber(Decimals.significant(value, digits));
    } else {
      out.writeNull();
    }
  }

  private static final class RoundedSerializer extends ValueSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator out, SerializationContext context) {
      number(out, value, DIGITS);
    }
  }

  private static final class GridSerializer extends ValueSerializer<Grid> {
    @Override
    public void serialize(Grid grid, JsonGenerator out, SerializationContext context) {
      out.writeStartObject();
      out.writeNumberProperty("rows", grid.rows());
      out.writeNumberProperty("columns", grid.columns());
      out.writeArrayPropertyStart("values");
      for (double value : grid.values()) {
        number(out, value, MAP_DIGITS);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  private static final class CurveSerializer extends ValueSerializer<Training.Curve> {
    @Override
    public void serialize(Training.Curve curve, JsonGenerator out, SerializationContext context) {
      out.writeStartObject();
      out.writeStringProperty("name", curve.name());
      out.writeStringProperty("unit", curve.unit());
      out.writeNumberProperty("logged", curve.points().size());
      out.writeArrayPropertyStart("points");
      for (Training.Point point : Thinning.of(curve.points())) {
        out.writeStartArray();
        out.writeNumber(point.step());
        number(out, point.value(), DIGITS);
        out.writeEndArray();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  private static final class ReconstructionsSerializer extends ValueSerializer<Reconstructions> {
    @Override
    public void serialize(Reconstructions part, JsonGenerator out, SerializationContext context) {
      List<Picture> originals = new ArrayList<>();
      List<Picture> made = new ArrayList<>();
      for (Reconstructions.Pair pair : part.pairs()) {
        originals.add(pair.original());
        made.add(pair.reconstruction());
      }
      Map<String, @Nullable Object> page = new LinkedHashMap<>();
      page.put("note", part.note());
      page.put("sheet", originals.isEmpty() ? null : SpriteSheet.of(List.of(originals, made)));
      out.writePOJO(page);
    }
  }

  private static final class TraversalSerializer extends ValueSerializer<Traversal> {
    @Override
    public void serialize(Traversal part, JsonGenerator out, SerializationContext context) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (Traversal.Row row : part.rows()) {
        Map<String, Object> each = new LinkedHashMap<>();
        each.put("latent", row.latent());
        each.put("kl", row.kl());
        rows.add(each);
      }
      boolean empty = part.rows().isEmpty() || part.values().isEmpty();
      Map<String, @Nullable Object> page = new LinkedHashMap<>();
      page.put("note", part.note());
      page.put("values", part.values());
      page.put("rows", rows);
      page.put(
          "sheet",
          empty
              ? null
              : SpriteSheet.of(part.rows().stream().map(Traversal.Row::pictures).toList()));
      out.writePOJO(page);
    }
  }
}
