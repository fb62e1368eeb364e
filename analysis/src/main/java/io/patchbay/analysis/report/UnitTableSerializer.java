package io.patchbay.analysis.report;

import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/// Units as arrays of numbers, because there are thousands: `[site, name, label, image effect, then
/// effect, low, high, q of each factor]`, sites and labels by their place in a list.
final class UnitTableSerializer extends ValueSerializer<UnitTable> {
  private static final int DIGITS = 4;

  UnitTableSerializer() {}

  @Override
  public void serialize(UnitTable table, JsonGenerator out, SerializationContext context) {
    List<String> sites = table.units().stream().map(UnitTable.Unit::site).distinct().toList();
    List<String> labels = table.units().stream().map(UnitTable.Unit::label).distinct().toList();
    out.writeStartObject();
    out.writePOJOProperty("factors", table.factors());
    out.writeStringProperty("thresholds", table.thresholds());
    out.writeName("stable");
    PageData.number(out, table.stable(), DIGITS);
    out.writeName("stableNamed");
    PageData.number(out, table.stableNamed(), DIGITS);
    out.writeNumberProperty("n", table.n());
    out.writePOJOProperty("sites", sites);
    out.writePOJOProperty("labels", labels);
    out.writeArrayPropertyStart("rows");
    for (UnitTable.Unit unit : table.units()) {
      out.writeStartArray();
      out.writeNumber(sites.indexOf(unit.site()));
      out.writeString(unit.name());
      out.writeNumber(labels.indexOf(unit.label()));
      PageData.number(out, unit.imageEffect(), DIGITS);
      for (UnitTable.Effect effect : unit.effects()) {
        PageData.number(out, effect == null ? Double.NaN : effect.effect(), DIGITS);
        PageData.number(out, effect == null ? Double.NaN : effect.low(), DIGITS);
        PageData.number(out, effect == null ? Double.NaN : effect.high(), DIGITS);
        PageData.number(out, effect == null ? Double.NaN : effect.q(), DIGITS);
      }
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
