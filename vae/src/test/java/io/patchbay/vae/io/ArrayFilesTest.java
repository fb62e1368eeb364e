package io.patchbay.vae.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArrayFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "b1, 1",
    "u1, 200",
    "i1, -3",
    "u2, 65000",
    "i2, -30000",
    "u4, 4000000000",
    "i4, -2000000000",
    "i8, -9007199254740993",
    "f2, 0.5",
    "f4, -1.25",
    "f8, 1e-300"
  })
  void everyTypeIsReadInBothByteOrders(String kind, String value) throws IOException {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      final ByteBuffer data = ByteBuffer.allocate(16).order(order);
      final double number = put(data, kind, value);
      final String mark = order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
      final Path file =
          raw(1, mark + kind, "False", "(1, )", Arrays.copyOf(data.array(), data.position()));
      final NumericArray array = read(file);
      assertEquals(number, array.doubles()[0]);
      assertEquals((float) number, array.floats()[0]);
      if (array.type().integral()) {
        assertEquals(Long.parseLong(value), array.longs()[0]);
      } else {
        assertThrows(IllegalStateException.class, array::longs);
      }
      assertEquals(List.of(1L), array.shape());
    }
  }

  @Test
  void unsignedNumbersBeyondALongAreRoundedOrRefused() throws IOException {
    final ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
    final NumericArray array = read(raw(1, "<u8", "False", "(1,)", data.array()));
    assertEquals(0x1p64, array.doubles()[0]);
    assertThrows(ArithmeticException.class, array::longs);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionIsRead(int version) throws IOException {
    final byte[] data = floats(1, 2, 3, 4, 5, 6);
    final NumericArray array = read(raw(version, "<f4", "False", "(2L, 3)", data));
    assertEquals(List.of(2L, 3L), array.shape());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, array.floats());
  }

  @Test
  void fortranOrderIsTurned() throws IOException {
    // Element (i, j, k) is 100 i + 10 j + k; the first axis varies fastest in the file.
    final float[] expected = new float[24];
    final float[] stored = new float[24];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          expected[(i * 3 + j) * 4 + k] = 100 * i + 10 * j + k;
          stored[i + 2 * j + 6 * k] = 100 * i + 10 * j + k;
        }
      }
    }
    assertArrayEquals(expected, read(raw(1, "<f4", "True", "(2,3,4)", floats(stored))).floats());
    assertEquals(0, read(raw(1, "<f4", "True", "(2,0,4)", new byte[0])).elements());
  }

  @Test
  void scalarsAndEmptyArraysAreRead() throws IOException {
    final NumericArray scalar = read(raw(1, "<f4", "False", "()", floats(7)));
    assertEquals(List.of(), scalar.shape());
    assertArrayEquals(new float[] {7}, scalar.floats());
    assertEquals(0, read(raw(1, "<f4", "False", "(0, 5)", new byte[0])).floats().length);
  }

  @Test
  void rowsArriveInOrderAndInLittleEndian() throws IOException {
    final ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < 6; i++) {
      data.putInt(i * 1000);
    }
    final Path file = raw(1, ">i4", "False", "(3, 2)", data.array());
    final List<Long> seen = new ArrayList<>();
    try (NpyReader reader = NpyReader.open(file)) {
      reader.rows((row, bytes) -> {
        assertEquals(8, bytes.byteSize());
        seen.add(row);
        seen.add(ElementType.I32.integer(bytes, 1));
      });
      assertThrows(IllegalStateException.class, () -> reader.rows((_, _) -> {}));
    }
    assertEquals(List.of(0L, 1000L, 1L, 3000L, 2L, 5000L), seen);
  }

  @Test
  void blocksMayBeWrittenInAnyOrder() throws IOException {
    final Path file = folder.resolve("deep").resolve("effects.npy");
    final Random random = new Random(12);
    final float[] values = new float[70 * 13];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    final List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      rows.add(i);
    }
    Collections.shuffle(rows, random);
    try (NpyWriter writer = NpyWriter.create(file, ElementType.F32, 7, 10, 13)) {
      for (int row : rows.subList(0, 69)) {
        writer.write(row * 13L, values, row * 13, 13);
      }
      assertTrue(Files.notExists(file));
      final int last = rows.get(69);
      final IllegalStateException e = assertThrows(IllegalStateException.class, writer::finish);
      assertTrue(String.valueOf(e.getMessage()).contains("missing element=" + last * 13), e + "");
      assertThrows(IllegalArgumentException.class, () -> writer.write(910 - 12, values, 0, 13));
      writer.write(last * 13L, values, last * 13, 13);
      // Writing a block once more is allowed.
      writer.write(0, values, 0, 26);
      writer.finish();
    }
    final NumericArray array = read(file);
    assertEquals(List.of(7L, 10L, 13L), array.shape());
    assertArrayEquals(values, array.floats());
    try (NpyReader reader = NpyReader.open(file)) {
      assertEquals(0, reader.header().headerBytes() % 64);
    }
    assertEquals(List.of("effects.npy"), names(folder.resolve("deep")));
  }

  @Test
  void anArrayLargerThanTwoGigabytesIsWrittenAndHeadedRight() throws IOException {
    final Path file = folder.resolve("huge.npy");
    final long rows = 700_000_000;
    try (NpyWriter writer = NpyWriter.create(file, ElementType.F32, rows)) {
      writer.write(rows - 2, new float[] {3, 4}, 0, 2);
      assertThrows(IllegalStateException.class, writer::finish);
    }
    assertEquals(List.of(), names(folder));
  }

  @Test
  void npzMembersAreStreamedStoredOrDeflated() throws IOException {
    final Path file = folder.resolve("data.npz");
    final byte[] picture = new byte[500];
    Arrays.fill(picture, (byte) 3);
    for (int i = 0; i < 2; i++) {
      try (NpzWriter npz = NpzWriter.create(file)) {
        npz.add(
            "long",
            ElementType.U8,
            new long[] {1000, 500},
            true,
            out -> {
              for (int r = 0; r < 1000; r++) {
                out.write(picture);
              }
            });
        npz.add(
            "plain",
            ElementType.U8,
            new long[] {2, 500},
            false,
            out -> {
              out.write(picture);
              out.write(picture);
            });
        npz.add("numbers", NumericArray.ofLongs(new long[] {5, -6}, 2, 1));
        npz.finish();
      }
      if (i == 0) {
        Files.move(file, folder.resolve("first.npz"));
      }
    }
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("first.npz")), Files.readAllBytes(file), "same bytes");
    assertTrue(Files.size(file) < 5000);
    try (Npz npz = Npz.open(file)) {
      assertEquals(List.of("long", "numbers", "plain"), npz.members());
      assertEquals(3, npz.read("long", 1 << 20).longs()[499_999]);
      assertEquals(List.of(2L, 500L), npz.read("plain", 1 << 20).shape());
      assertArrayEquals(new long[] {5, -6}, npz.read("numbers", 100).longs());
    }
  }

  @Test
  void aBodyOfTheWrongSizeIsRefusedAndLeavesNothing() throws IOException {
    for (int size : new int[] {3, 5}) {
      try (NpzWriter npz = NpzWriter.create(folder.resolve("bad.npz"))) {
        assertThrows(
            IllegalStateException.class,
            () ->
                npz.add(
                    "x", ElementType.U8, new long[] {4}, true, out -> out.write(new byte[size])));
      }
    }
    assertEquals(List.of(), names(folder));
  }

  @Test
  void safetensorsComeBackAsTheyWere() throws IOException {
    final Path file = folder.resolve("model.safetensors");
    final Map<String, NumericArray> tensors =
        Map.of(
            "z.bias", NumericArray.ofFloats(new float[] {1, Float.NaN, -0f}, 3),
            "a.weight", NumericArray.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
            "step", NumericArray.ofLongs(new long[] {Long.MIN_VALUE}),
            "bytes", NumericArray.ofBytes(new byte[] {1, 2, 3}, 3),
            "ints", NumericArray.ofInts(new int[] {-1, 7}, 2),
            "none", NumericArray.ofDoubles(new double[0], 0, 4));
    SafetensorsWriter.write(file, Map.of("b", "zwei \"\u00fc\"\n", "a", "1"), tensors);
    try (Safetensors read = Safetensors.open(file)) {
      assertEquals(
          List.of("none", "step", "a.weight", "ints", "z.bias", "bytes"),
          List.copyOf(read.entries().keySet()));
      assertEquals(Map.of("a", "1", "b", "zwei \"\u00fc\"\n"), read.metadata());
      for (Map.Entry<String, NumericArray> entry : tensors.entrySet()) {
        final NumericArray array = read.read(entry.getKey());
        assertEquals(entry.getValue().type(), array.type());
        assertEquals(entry.getValue().shape(), array.shape());
        assertEquals(-1, entry.getValue().data().mismatch(array.data()));
      }
    }
    final byte[] bytes = Files.readAllBytes(file);
    final long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
    assertEquals('{', bytes[8]);
    SafetensorsWriter.write(file, Map.of("a", "1", "b", "zwei \"\u00fc\"\n"), tensors);
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  @Test
  void halfPrecisionTensorsAreWidened() throws IOException {
    final String header =
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[4,8]},"
            + "\"t\":{\"dtype\":\"BOOL\",\"shape\":[1,2],\"data_offsets\":[8,10]}}   ";
    final ByteBuffer file =
        ByteBuffer.allocate(18 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    file.putShort((short) 0x3c00).putShort((short) 0xc500);
    file.putShort((short) 0x3f80).putShort((short) 0xc0a0);
    file.put((byte) 0).put((byte) 1);
    final Path path = Files.write(folder.resolve("half"), file.array());
    try (Safetensors read = Safetensors.open(path)) {
      assertArrayEquals(new float[] {1, -5}, read.read("h").floats());
      assertArrayEquals(new float[] {1, -5}, read.read("b").floats());
      assertArrayEquals(new long[] {0, 1}, read.read("t").longs());
    }
  }

  private List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static NumericArray read(Path file) {
    try (NpyReader reader = NpyReader.open(file)) {
      return reader.read(1 << 20);
    }
  }

  private Path raw(int version, String descr, String fortran, String shape, byte[] data)
      throws IOException {
    final String text =
        "{'descr': '" + descr + "', \"fortran_order\": " + fortran + ",'shape':" + shape + "}  \n";
    final ByteBuffer out =
        ByteBuffer.allocate(12 + text.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      out.putShort((short) text.length());
    } else {
      out.putInt(text.length());
    }
    out.put(text.getBytes(StandardCharsets.US_ASCII)).put(data);
    return Files.write(folder.resolve("raw.npy"), Arrays.copyOf(out.array(), out.position()));
  }

  private static byte[] floats(float... values) {
    final byte[] bytes = new byte[4 * values.length];
    MemorySegment.copy(
        values, 0, MemorySegment.ofArray(bytes), ElementType.FLOAT, 0, values.length);
    return bytes;
  }

  // Returns the number as it is stored.
  private static double put(ByteBuffer data, String kind, String value) {
    switch (kind) {
      case "b1", "u1", "i1" -> data.put((byte) Integer.parseInt(value));
      case "u2", "i2" -> data.putShort((short) Integer.parseInt(value));
      case "u4", "i4" -> data.putInt((int) Long.parseLong(value));
      case "i8" -> data.putLong(Long.parseLong(value));
      case "f2" -> data.putShort(Float.floatToFloat16(Float.parseFloat(value)));
      case "f4" -> data.putFloat(Float.parseFloat(value));
      default -> data.putDouble(Double.parseDouble(value));
    }
    return Double.parseDouble(value);
  }
}
