package io.patchbay.vae.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a safetensors file in one step: tensors by descending element size and then by name, so
/// that each is aligned for mapping; the header padded with spaces to 8 bytes. The same input gives
/// the same bytes.
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long CHUNK = 1 << 26;

  private SafetensorsWriter() {}

  /// Replaces `target` by a file of these tensors.
  ///
  /// @throws java.io.UncheckedIOException with one line of text; the target is then as it was
  public static void write(
      Path target, Map<String, String> metadata, Map<String, NumericArray> tensors) {
    if (tensors.containsKey("__metadata__")) {
      throw new IllegalArgumentException("reserved tensor name: name=__metadata__");
    }
    final List<String> order =
        tensors.keySet().stream()
            .sorted(
                Comparator.comparingInt((String name) -> -array(tensors, name).type().size())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    final byte[] header = header(metadata, tensors, order);
    try (PendingFile file = PendingFile.create(target)) {
      final ByteBuffer start =
          ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      file.append(start.putLong(header.length).put(header).flip());
      long at = 8L + header.length;
      for (String name : order) {
        final NumericArray tensor = array(tensors, name);
        final long bytes = tensor.data().byteSize();
        for (long from = 0; from < bytes; from += CHUNK) {
          final long length = Math.min(CHUNK, bytes - from);
          file.write(tensor.data().asSlice(from, length).asByteBuffer(), at + from);
        }
        at += bytes;
      }
      file.commit();
    }
  }

  private static byte[] header(
      Map<String, String> metadata, Map<String, NumericArray> tensors, List<String> order) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart("__metadata__");
        final SortedMap<String, String> sorted = new TreeMap<>(metadata);
        sorted.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      long at = 0;
      for (String name : order) {
        final NumericArray tensor = array(tensors, name);
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("dtype", tensor.type().name());
        json.writeArrayPropertyStart("shape");
        for (long dimension : tensor.shape()) {
          json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("data_offsets");
        json.writeNumber(at);
        at += tensor.data().byteSize();
        json.writeNumber(at);
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    bytes.writeBytes(" ".repeat((8 - bytes.size() % 8) % 8).getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  private static NumericArray array(Map<String, NumericArray> tensors, String name) {
    final NumericArray array = tensors.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no tensor: name=" + name);
    }
    return array;
  }
}
