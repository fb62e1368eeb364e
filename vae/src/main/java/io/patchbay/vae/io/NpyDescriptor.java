package io.patchbay.vae.io;

/// NumPy's name of a type: byte order, kind and size, such as `<f4`.
record NpyDescriptor(ElementType type, boolean bigEndian) {
  static NpyDescriptor parse(String descr, String file, String place) {
    if (descr.isEmpty()) {
      throw new BadInputException(file, place, "''", "a type such as '<f4'");
    }
    final char order = descr.charAt(0);
    final boolean ordered = "<>=|".indexOf(order) >= 0;
    final String kind = ordered ? descr.substring(1) : descr;
    if (kind.startsWith("O")) {
      throw new BadInputException(
          file, place, "'" + descr + "', an object array (pickle)", "a numeric array");
    }
    final ElementType type =
        switch (kind) {
          case "b1", "?" -> ElementType.BOOL;
          case "u1" -> ElementType.U8;
          case "i1" -> ElementType.I8;
          case "u2" -> ElementType.U16;
          case "i2" -> ElementType.I16;
          case "u4" -> ElementType.U32;
          case "i4" -> ElementType.I32;
          case "u8" -> ElementType.U64;
          case "i8" -> ElementType.I64;
          case "f2" -> ElementType.F16;
          case "f4" -> ElementType.F32;
          case "f8" -> ElementType.F64;
          default ->
              throw new BadInputException(
                  file, place, "'" + descr + "'", "b1, u1..u8, i1..i8, f2, f4 or f8");
        };
    if (type.size() > 1 && (!ordered || order == '|')) {
      throw new BadInputException(
          file, place, "'" + descr + "' without a byte order", "'<' or '>' before the kind");
    }
    return new NpyDescriptor(type, order == '>');
  }

  static String of(ElementType type) {
    return switch (type) {
      case BOOL -> "|b1";
      case U8 -> "|u1";
      case I8 -> "|i1";
      case U16 -> "<u2";
      case I16 -> "<i2";
      case U32 -> "<u4";
      case I32 -> "<i4";
      case U64 -> "<u8";
      case I64 -> "<i8";
      case F16 -> "<f2";
      case F32 -> "<f4";
      case F64 -> "<f8";
      case BF16 -> throw new IllegalArgumentException("npy has no such type: type=" + type);
    };
  }
}
