package io.patchbay.vae.io;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Parses and checks a safetensors header by the rules of the format: an object of tensors, each
/// with a known type, a shape and offsets; all of them together cover the data without gap or
/// overlap; `__metadata__` maps strings to strings; no key stands twice.
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final Set<String> UNSUPPORTED =
      Set.of("F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "C64");
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String file;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<SafetensorsEntry> entries = new ArrayList<>();

  private SafetensorsHeader(String file) {
    this.file = file;
  }

  /// @param dataBytes length of the file after the header
  static SafetensorsHeader parse(String file, byte[] bytes, long dataBytes) {
    final SafetensorsHeader header = new SafetensorsHeader(file);
    header.read(header.text(bytes));
    header.checkCoverage(dataBytes);
    return header;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /// The tensors in the order of their data.
  List<SafetensorsEntry> entries() {
    return entries;
  }

  private String text(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw wrong("header", "no '{' at its start", "a JSON object");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw wrong("header", "bytes that are not UTF-8", "UTF-8 text");
    }
  }

  private void read(String text) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      expect(json, json.nextToken(), JsonToken.START_OBJECT, "header", "a JSON object");
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        final String name = json.currentName();
        if (name.equals(METADATA)) {
          readMetadata(json);
        } else {
          readTensor(json, name);
        }
      }
      if (json.nextToken() != null) {
        throw wrong("header", "more after the object", "spaces only");
      }
    } catch (JacksonException e) {
      final String problem = e.getOriginalMessage();
      final String line = problem == null ? "broken JSON" : problem.lines().findFirst().orElse("");
      throw new BadInputException(file, "header", line, "valid JSON with each key once", e);
    }
  }

  private void readMetadata(JsonParser json) {
    expect(json, json.nextToken(), JsonToken.START_OBJECT, METADATA, "an object of strings");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      final String key = json.currentName();
      expect(json, json.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key, "a string");
      metadata.put(key, json.getString());
    }
  }

  private void readTensor(JsonParser json, String name) {
    final String place = "tensor " + name;
    expect(json, json.nextToken(), JsonToken.START_OBJECT, place, "an object");
    ElementType type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      final String key = json.currentName();
      switch (key) {
        case "dtype" -> type = type(json, place + " dtype");
        case "shape" -> shape = numbers(json, place + " shape");
        case "data_offsets" -> offsets = numbers(json, place + " data_offsets");
        default -> throw wrong(place, "key " + key, "dtype, shape and data_offsets only");
      }
    }
    if (type == null || shape == null || offsets == null) {
      final String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw wrong(place, "no " + missing, "dtype, shape and data_offsets");
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw wrong(place + " data_offsets", offsets + "", "[begin, end] with begin <= end");
    }
    final SafetensorsEntry entry =
        new SafetensorsEntry(name, type, shape, offsets.get(0), offsets.get(1));
    checkSize(entry, place);
    entries.add(entry);
  }

  private ElementType type(JsonParser json, String place) {
    expect(json, json.nextToken(), JsonToken.VALUE_STRING, place, "a type's name");
    final String name = json.getString();
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw wrong(
        place,
        name + (UNSUPPORTED.contains(name.toUpperCase(Locale.ROOT)) ? ", not supported" : ""),
        "BOOL, U8..U64, I8..I64, F16, BF16, F32 or F64");
  }

  private List<Long> numbers(JsonParser json, String place) {
    expect(json, json.nextToken(), JsonToken.START_ARRAY, place, "a list of whole numbers");
    final List<Long> result = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, place, "a whole number from 0");
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
        throw wrong(place, json.getString(), "a whole number from 0, below 2^63");
      }
      result.add(json.getLongValue());
    }
    return result;
  }

  private void checkSize(SafetensorsEntry entry, String place) {
    long bytes = entry.type().size();
    try {
      for (long dimension : entry.shape()) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
    } catch (ArithmeticException _) {
      throw wrong(place + " shape", entry.shape() + "", "a size below 2^63 bytes");
    }
    if (bytes != entry.end() - entry.begin()) {
      throw wrong(
          place + " data_offsets",
          (entry.end() - entry.begin()) + " bytes",
          bytes + " bytes for shape " + entry.shape() + " of " + entry.type());
    }
  }

  private void checkCoverage(long dataBytes) {
    entries.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long at = 0;
    for (SafetensorsEntry entry : entries) {
      if (entry.begin() != at) {
        throw wrong(
            "tensor " + entry.name() + " data_offsets",
            "begin " + entry.begin() + (entry.begin() < at ? ", an overlap" : ", a hole"),
            "begin " + at);
      }
      at = entry.end();
    }
    if (at != dataBytes) {
      throw wrong("data", dataBytes + " bytes after the header", at + " bytes, as the header says");
    }
  }

  private void expect(
      JsonParser json, @Nullable JsonToken found, JsonToken wanted, String place, String what) {
    if (found != wanted) {
      throw wrong(place, found == null ? "the end" : found + " " + json.getString(), what);
    }
  }

  private BadInputException wrong(String place, String found, String expected) {
    return new BadInputException(file, place, found, expected);
  }
}
