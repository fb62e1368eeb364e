package io.patchbay.vae.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The header of an npy array (NumPy's format, versions 1 to 3).
///
/// @param bigEndian byte order in the file
/// @param fortranOrder true where the first axis varies fastest in the file
/// @param headerBytes bytes before the data
public record NpyHeader(
    ElementType type, List<Long> shape, boolean bigEndian, boolean fortranOrder, int headerBytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 1 << 20;
  private static final int MOST_DIMENSIONS = 64;
  private static final int ALIGNMENT = 64;

  public NpyHeader {
    shape = List.copyOf(shape);
  }

  /// Number of elements.
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /// Bytes of the data.
  public long dataBytes() {
    return Math.multiplyExact(elements(), (long) type.size());
  }

  /// Length of the first axis; 1 for rank 0.
  public long rows() {
    return shape.isEmpty() ? 1 : shape.getFirst();
  }

  /// Reads and checks the header of an array of `length` bytes in all. When it returns, the shape
  /// agrees with the length to the byte.
  static NpyHeader read(InputStream in, long length, String file, String place) throws IOException {
    final byte[] start = in.readNBytes(10);
    if (start.length < 10) {
      throw new BadInputException(
          file, place, start.length + " bytes", "an npy array, at least 10 bytes");
    }
    if (!Arrays.equals(MAGIC, 0, 6, start, 0, 6)) {
      throw new BadInputException(
          file, place + " magic", hex(start, 6), "93 4e 55 4d 50 59 (an npy array)");
    }
    final int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw new BadInputException(
          file, place + " version", start[6] + "." + start[7], "1.0, 2.0 or 3.0");
    }
    long headerLength = (start[8] & 0xFF) | (start[9] & 0xFF) << 8;
    int before = 10;
    if (version > 1) {
      final byte[] more = in.readNBytes(2);
      before = 12;
      if (more.length < 2) {
        throw new BadInputException(file, place + " header", "the end of the file", "its length");
      }
      headerLength |= (more[0] & 0xFFL) << 16 | (more[1] & 0xFFL) << 24;
    }
    if (headerLength > LONGEST_HEADER || headerLength > length - before) {
      throw new BadInputException(
          file,
          place + " header length",
          headerLength + " bytes",
          "at most " + Math.min(LONGEST_HEADER, Math.max(0, length - before)));
    }
    final byte[] bytes = in.readNBytes((int) headerLength);
    if (bytes.length < headerLength) {
      throw new BadInputException(
          file, place + " header", bytes.length + " bytes", headerLength + " bytes");
    }
    final String text =
        new String(bytes, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    final NpyHeader header =
        of(PythonLiteral.dict(text, file, place + " header"), before + bytes.length, file, place);
    header.checkSize(length, file, place);
    return header;
  }

  /// The version 1 header of this array, padded so that the data start at a multiple of 64 bytes.
  byte[] encode() {
    final StringBuilder shapeText = new StringBuilder("(");
    for (long dimension : shape) {
      shapeText.append(dimension).append(shape.size() == 1 ? "," : ", ");
    }
    if (shape.size() > 1) {
      shapeText.setLength(shapeText.length() - 2);
    }
    final StringBuilder text =
        new StringBuilder("{'descr': '")
            .append(NpyDescriptor.of(type))
            .append("', 'fortran_order': False, 'shape': ")
            .append(shapeText)
            .append("), }");
    while ((MAGIC.length + 4 + text.length() + 1) % ALIGNMENT != 0) {
      text.append(' ');
    }
    text.append('\n');
    final byte[] result = Arrays.copyOf(MAGIC, MAGIC.length + 4 + text.length());
    result[6] = 1;
    result[8] = (byte) text.length();
    result[9] = (byte) (text.length() >> 8);
    System.arraycopy(
        text.toString().getBytes(StandardCharsets.ISO_8859_1), 0, result, 10, text.length());
    return result;
  }

  /// The header of a new array in C order, little-endian.
  static NpyHeader of(ElementType type, List<Long> shape) {
    final NpyHeader draft = new NpyHeader(type, shape, false, false, 0);
    return new NpyHeader(type, shape, false, false, draft.encode().length);
  }

  private static NpyHeader of(
      Map<String, Object> dict, int headerBytes, String file, String place) {
    if (!dict.keySet().equals(Set.of("descr", "fortran_order", "shape"))) {
      throw new BadInputException(
          file,
          place + " header",
          "keys " + dict.keySet().stream().sorted().toList(),
          "descr, fortran_order and shape");
    }
    if (!(dict.get("descr") instanceof String descr)) {
      throw new BadInputException(file, place + " descr", "no string", "a type such as '<f4'");
    }
    if (!(dict.get("fortran_order") instanceof Boolean fortran)) {
      throw new BadInputException(file, place + " fortran_order", "no bool", "True or False");
    }
    if (!(dict.get("shape") instanceof List<?> dimensions)) {
      throw new BadInputException(file, place + " shape", "no tuple", "a tuple of dimensions");
    }
    if (dimensions.size() > MOST_DIMENSIONS) {
      throw new BadInputException(
          file, place + " shape", dimensions.size() + " dimensions", "at most " + MOST_DIMENSIONS);
    }
    final NpyDescriptor type = NpyDescriptor.parse(descr, file, place + " descr");
    return new NpyHeader(
        type.type(),
        dimensions.stream().map(Long.class::cast).toList(),
        type.bigEndian(),
        fortran,
        headerBytes);
  }

  private void checkSize(long length, String file, String place) {
    final long bytes;
    try {
      bytes = dataBytes();
    } catch (ArithmeticException _) {
      throw new BadInputException(
          file, place + " shape", shape + " of " + type, "a size below 2^63 bytes");
    }
    if (bytes != length - headerBytes) {
      throw new BadInputException(
          file,
          place + " data",
          (length - headerBytes) + " bytes",
          bytes + " bytes for shape " + shape + " of " + type);
    }
  }

  private static String hex(byte[] bytes, int count) {
    final StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      out.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i]));
    }
    return out.toString();
  }
}
