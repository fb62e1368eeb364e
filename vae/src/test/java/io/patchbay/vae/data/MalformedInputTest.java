package io.patchbay.vae.data;

import static io.patchbay.vae.data.RawFiles.header;
import static io.patchbay.vae.data.RawFiles.npy;
import static io.patchbay.vae.data.RawFiles.safetensors;
import static io.patchbay.vae.data.RawFiles.zip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.Npz;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.io.Safetensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of broken input: one exception type, one line with file, place and expectation, no
/// file left behind, and no more memory than the file deserves.
final class MalformedInputTest {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final long MEMORY = 24L << 20;

  /// What is done with the file under test.
  enum Use {
    NPY {
      @Override
      void read(Path file, Path home) {
        try (NpyReader reader = NpyReader.open(file)) {
          reader.read(1 << 20);
        }
      }
    },
    NPY_ROWS {
      @Override
      void read(Path file, Path home) {
        try (NpyReader reader = NpyReader.open(file)) {
          reader.rows((_, _) -> {});
        }
      }
    },
    NPZ_A {
      @Override
      void read(Path file, Path home) {
        try (Npz npz = Npz.open(file)) {
          npz.read("a", 1L << 40);
        }
      }
    },
    SAFETENSORS_W {
      @Override
      void read(Path file, Path home) {
        try (Safetensors tensors = Safetensors.open(file)) {
          tensors.read("w");
        }
      }
    },
    DATA {
      @Override
      void read(Path file, Path home) {
        open(file.toString(), home);
      }
    };

    abstract void read(Path file, Path home);
  }

  /// @param place part of the message that says where
  /// @param expected part of the message that says what should have been
  record Case(String name, Use use, Maker maker, String place, String found, String expected) {
    @Override
    public String toString() {
      return use + " " + name;
    }
  }

  interface Maker {
    void make(Path file) throws IOException;
  }

  @TempDir Path folder;

  static Stream<Case> cases() {
    final List<Case> all = new ArrayList<>();
    npyCases(all);
    headerCases(all);
    npzCases(all);
    safetensorsCases(all);
    tensorCases(all);
    dataCases(all);
    pictureCases(all);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedInOneLine(Case input) throws IOException {
    final Path file = folder.resolve(input.use() == Use.DATA ? "data.npz" : "input");
    final Path home = folder.resolve("home");
    input.maker().make(file);
    final long before = allocated();
    final List<String> listing = listing();
    final BadInputException e =
        assertThrows(BadInputException.class, () -> input.use().read(file, home));
    final long used = allocated() - before;
    final String message = String.valueOf(e.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertTrue(message.chars().noneMatch(c -> c < ' '), message);
    assertTrue(message.length() < 1500, message);
    assertTrue(message.startsWith(file + ": ") || message.startsWith(file + "/"), message);
    assertTrue(message.contains(": found "), message);
    final int expected = message.lastIndexOf(", expected ");
    assertTrue(e.place().contains(input.place()), message);
    assertTrue(message.substring(0, expected).contains(input.found()), message);
    assertTrue(message.substring(expected).contains(input.expected()), message);
    assertEquals(listing, listing(), "files left behind");
    assertTrue(used < MEMORY, "bytes allocated: " + used);
  }

  @Test
  void thereAreManyCases() {
    assertTrue(cases().count() >= 90, "cases: " + cases().count());
    assertEquals(cases().count(), cases().map(Case::toString).distinct().count());
  }

  @Test
  void optionsAndNamesAreRefusedInOneLine() {
    final String[][] inputs = {
      {"sprite", "sprite: data set: found no such name", "one of [sprites, dsprites, flow, pend"},
      {"", ": data set: found no such name", "expected one of"},
      {"sprites:size=3", "sprites: option size: found an unknown option", "one of [antialias]"},
      {"dsprites:size=3", "dsprites: option size: found an unknown", "expected no options"},
      {"sprites:antialias=yes", "sprites: option antialias: found yes", "true or false"},
      {"pendulum:size=x", "pendulum: option size: found x", "a whole number from 16 to 512"},
      {"pendulum:size=8", "pendulum: option size: found 8", "a whole number from 16 to 512"},
      {"pendulum:size=64,size=96", "option size: found it twice", "each once"},
      {"pendulum:free=some", "pendulum: option free: found some", "a whole number from 0 to 100"},
      {"pendulum:free=101", "pendulum: option free: found 101", "a whole number from 0 to 100"},
      {"pendulum:fre=1", "option fre: found an unknown option", "one of [free, size]"},
      {"pendulum:size=64,x", "options: found 'x'", "key=value"},
      {"flow:size=8", "flow: option size: found 8", "a whole number from 16 to 512"},
      {"flow:free=1", "flow: option free: found an unknown option", "one of [size]"},
      {"pendulum:=4", "options: found '=4'", "key=value"},
      {"dsprites", "dsprites: file: found no dsprites/", "use sprites, which needs no file"},
      {"no\0where", "no?where: data set: found no such name", "expected one of"},
      {folder + ":size=0", folder + ": option size: found 0", "from 1 to 1024"},
      {folder + ":channels=4", folder + ": option channels: found 4", "one of [3, 1]"},
      {folder + ":fit=wide", folder + ": option fit: found wide", "one of [crop, squeeze]"},
    };
    for (String[] input : inputs) {
      final BadInputException e =
          assertThrows(BadInputException.class, () -> open(input[0], folder), input[0]);
      final String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(input[1]), message);
      assertTrue(message.substring(message.indexOf(", expected ")).contains(input[2]), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void aRunFolderInUseIsNamed() {
    final Path run = folder.resolve("runs").resolve("one");
    try (RunLock lock = RunLock.acquire(run)) {
      assertEquals("one", String.valueOf(lock.folder().getFileName()));
      final BadInputException e =
          assertThrows(BadInputException.class, () -> RunLock.acquire(run).close());
      assertEquals(
          run
              + ": lock: found the run folder in use by this process,"
              + " expected a folder that no run writes to",
          e.getMessage());
    }
    RunLock.acquire(run).close();
  }

  @Test
  void aDataSetWithoutFactorsCannotBeExportedAsAGrid() throws IOException {
    final Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.write(
        pictures.resolve("a.png"), RawFiles.picture("png", BufferedImage.TYPE_INT_RGB, 9, 9, 1));
    final Path target = folder.resolve("out.npz");
    try (FactorDataset images = Datasets.of(environment(folder)).open(pictures.toString())) {
      final BadInputException e =
          assertThrows(BadInputException.class, () -> DataExport.dspritesNpz(images, target, 1));
      assertEquals(
          "pictures: factors: found none, expected a data set whose factors are known",
          e.getMessage());
    }
    assertTrue(Files.notExists(target));
  }

  private static void npyCases(List<Case> all) {
    final byte[] good = npy("<f4", "(2, 3)", new byte[24]);
    all.add(new Case("missing", Use.NPY, _ -> {}, "npy", "no such file", "readable"));
    all.add(new Case("folder", Use.NPY, Files::createDirectory, "npy", "a folder", "npy file"));
    add(all, Use.NPY, "empty", new byte[0], "npy", "0 bytes", "at least 10");
    add(all, Use.NPY, "nine bytes", Arrays.copyOf(good, 9), "npy", "9 bytes", "at least 10");
    add(all, Use.NPY, "zip", zip(true, "a", good), "magic", "50 4b 03 04", "93 4e 55 4d");
    add(all, Use.NPY, "version 0", with(good, 6, 0), "version", "0.0", "1.0, 2.0 or 3.0");
    add(all, Use.NPY, "version 4", with(good, 6, 4), "version", "4.0", "1.0, 2.0 or 3.0");
    add(all, Use.NPY, "minor version", with(good, 7, 1), "version", "1.1", "1.0, 2.0 or 3.0");
    add(all, Use.NPY, "long header", with(good, 9, 0x7f), "header length", "bytes", "at most");
    final byte[] second = npy(2, header("<f4", "False", "(2, 3)"), new byte[24]);
    final byte[] huge = with(with(second, 10, 0xff), 11, 0xff);
    add(all, Use.NPY, "4 GiB header", huge, "header length", "42949", "at most");
    add(all, Use.NPY, "cut in length", Arrays.copyOf(second, 11), "header", "the end", "length");
    add(all, Use.NPY, "cut in header", Arrays.copyOf(good, 40), "header length", "", "at most 30");
    add(all, Use.NPY, "data short", Arrays.copyOf(good, good.length - 1), "data", "23", "24 bytes");
    add(all, Use.NPY, "data long", Arrays.copyOf(good, good.length + 1), "data", "25", "24 bytes");
    final byte[] large = npy("|u1", "(1048577,)", new byte[1_048_577]);
    add(all, Use.NPY, "over the limit", large, "data", "1048577 bytes", "at most 1048576");
    final byte[] fortran = npy(1, header("<f4", "True", "(2, 3)"), new byte[24]);
    add(all, Use.NPY_ROWS, "fortran", fortran, "fortran_order", "True", "row by row");
    all.add(
        new Case(
            "giant row",
            Use.NPY_ROWS,
            file -> sparse(file, npy("|u1", "(1, 300000000)", new byte[0]), 300_000_000),
            "shape",
            "300000000 bytes per row",
            "at most 268435456"));
  }

  private static void headerCases(List<Case> all) {
    final String[][] headers = {
      {"a list", "[1, 2]", "column 1", "'[1, 2]'", "'{'"},
      {"an expression", "{'descr': open('x')}", "column 11", "'open('x')}'", "a string"},
      {"a string without end", "{'descr': '<f4", "column 11", "'<f4", "a string that ends"},
      {"an escape", "{'descr': '\\x3cf4'}", "column 11", "x3c", "without escapes"},
      {"a key twice", "{'shape': (), 'shape': ()}", "column", "", "not again 'shape'"},
      {"no shape", "{'descr': '<f4', 'fortran_order': False}", "header", "[descr, f", "shape"},
      {
        "a key too many",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': ()}",
        "header",
        "x]",
        "descr, fortran_order and shape"
      },
      {"a structured type", "{'descr': [('a', '<f4')]}", "column", "'[(", "not a structured"},
      {"a bool of 0", "{'fortran_order': 0}", "column 19", "'0}'", "a bool"},
      {"nothing", "", "column 1", "the end", "'{'"},
      {"a zero byte", "{\0'descr': '<f4'}", "column 2", "?", "a quoted string"},
      {"more after it", header("<f4", "False", "()") + "+ 1", "column", "'+ 1'", "nothing after"},
      {"a type that is a bool", headerOf("True", "False", "()"), "descr", "no string", "'<f4'"},
      {"an order that is text", headerOf("'<f4'", "'C'", "()"), "fortran_order", "no", "True or"},
      {"a shape that is text", headerOf("'<f4'", "False", "'3'"), "shape", "no tuple", "a tuple"},
      {"an empty type", header("", "False", "()"), "descr", "''", "'<f4'"},
    };
    for (String[] h : headers) {
      add(all, Use.NPY, "header: " + h[0], npy(1, h[1], new byte[4]), h[2], h[3], h[4]);
    }
    final String[][] types = {
      {"|O", "an object array (pickle)", "a numeric array"},
      {"O8", "an object array (pickle)", "a numeric array"},
      {"<c8", "'<c8'", "f2, f4 or f8"},
      {"<U5", "'<U5'", "f2, f4 or f8"},
      {"<M8[s]", "'<M8[s]'", "f2, f4 or f8"},
      {"|V4", "'|V4'", "f2, f4 or f8"},
      {"<f16", "'<f16'", "f2, f4 or f8"},
      {"f4", "without a byte order", "'<' or '>'"},
      {"|i4", "without a byte order", "'<' or '>'"},
    };
    for (String[] t : types) {
      add(all, Use.NPY, "type " + t[0], npy(t[0], "(1,)", new byte[4]), "descr", t[1], t[2]);
    }
    final String[][] shapes = {
      {"(-1,)", "column", "'-1", "a whole number from 0"},
      {"(1.5,)", "column", "'.5", "')'"},
      {"(9223372036854775808,)", "column", "'92233", "below 2^63"},
      {"(4294967296, 4294967296)", "shape", "4294967296", "below 2^63"},
      {"(2305843009213693952, 2)", "shape", "2305843009213693952", "below 2^63"},
      {"(1,) * 3", "column", "'* 3", "'}'"},
      {"(" + "1, ".repeat(65) + ")", "shape", "65 dimensions", "at most 64"},
    };
    for (String[] s : shapes) {
      add(all, Use.NPY, "shape " + s[0], npy("<f4", s[0], new byte[4]), s[1], s[2], s[3]);
    }
  }

  private static void npzCases(List<Case> all) {
    final byte[] array = npy("<i8", "(100,)", new byte[800]);
    final byte[] stored = zip(true, "a.npy", array, "b.npy", array);
    final byte[] deflated = zip(false, "a.npy", array);
    all.add(new Case("missing", Use.NPZ_A, _ -> {}, "zip directory", "no such file", "readable"));
    add(all, Use.NPZ_A, "empty", new byte[0], "zip directory", "", "a readable file");
    add(all, Use.NPZ_A, "text", new byte[] {'h', 'i'}, "zip directory", "", "a readable file");
    add(all, Use.NPZ_A, "cut", Arrays.copyOf(stored, 1000), "zip directory", "", "readable");
    add(all, Use.NPZ_A, "no member", zip(true, "b.npy", array), "members", "[b]", "one named a");
    final byte[] pickle = npy("|O", "()", new byte[] {(byte) 0x80, 4, '.'});
    add(all, Use.NPZ_A, "pickle", zip(false, "a.npy", pickle), "member a", "pickle", "numeric");
    final byte[] text = {'n', 'o', ' ', 'a', 'r', 'r', 'a', 'y', '!', '!', '!', '!'};
    add(all, Use.NPZ_A, "text member", zip(true, "a.npy", text), "member a magic", "6e", "93 4e");
    add(all, Use.NPZ_A, "flipped bit", with(stored, 500, 1), "member a checksum", "", "");
    add(all, Use.NPZ_A, "bad deflate", with(deflated, 60, 0xff), "member a", "", "");
    add(
        all,
        Use.NPZ_A,
        "false size",
        RawFiles.edited(deflated, CENTRAL, 24, 4, array.length + 8),
        "member a data",
        "808 bytes",
        "800 bytes");
    add(
        all,
        Use.NPZ_A,
        "impossible ratio",
        RawFiles.edited(deflated, CENTRAL, 24, 4, 0x7fff_ffff),
        "member a",
        "2147483647 bytes packed into",
        "1032 to 1");
    add(
        all,
        Use.NPZ_A,
        "unknown method",
        RawFiles.edited(RawFiles.edited(deflated, CENTRAL, 10, 2, 12), LOCAL, 8, 2, 12),
        "",
        "method",
        "a readable file");
    add(
        all,
        Use.NPZ_A,
        "encrypted",
        RawFiles.edited(RawFiles.edited(deflated, CENTRAL, 8, 2, 1), LOCAL, 6, 2, 1),
        "zip directory",
        "encrypted",
        "a readable file");
    final byte[] twice = zip(true, "a.npy", array, "b.npy", array);
    for (int i = 0; i + 5 < twice.length; i++) {
      if (twice[i] == 'b' && twice[i + 1] == '.' && twice[i + 2] == 'n') {
        twice[i] = 'a';
      }
    }
    add(all, Use.NPZ_A, "same name twice", twice, "zip member a", "it twice", "each once");
  }

  private static void safetensorsCases(List<Case> all) {
    final Use use = Use.SAFETENSORS_W;
    final String good = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    all.add(new Case("missing", use, _ -> {}, "header", "no such file", "a readable file"));
    all.add(new Case("folder", use, Files::createDirectory, "header", "a folder", "safetensors"));
    add(all, use, "empty", new byte[0], "header length", "0 bytes", "at least 8");
    add(all, use, "seven bytes", new byte[7], "header length", "7 bytes", "at least 8");
    add(all, use, "header of 0", new byte[8], "header", "no '{'", "a JSON object");
    final byte[] file = safetensors(good, 8);
    add(all, use, "header past the end", with(file, 1, 1), "header length", "31", "at most");
    add(all, use, "header over 2^63", with(file, 7, 0xff), "header length", "1837", "at most");
    all.add(
        new Case(
            "header over 100 MB",
            use,
            path -> sparse(path, RawFiles.longs(150_000_000), 200_000_000),
            "header length",
            "150000000",
            "at most 100000000"));
    add(all, use, "space first", safetensors(" " + good, 8), "header", "no '{'", "a JSON object");
    add(all, use, "a list", safetensors("[]", 0), "header", "no '{'", "a JSON object");
    final byte[] latin = safetensors("{\"\u00e9\":1}", 0);
    add(all, use, "not UTF-8", with(latin, 10, 0xff), "header", "not UTF-8", "UTF-8 text");
    add(all, use, "broken JSON", safetensors("{\"w\":", 0), "header", "", "valid JSON");
    add(all, use, "more JSON", safetensors(good + "{}", 8), "header", "more", "spaces only");
    add(all, use, "NaN", safetensors("{\"w\":NaN}", 0), "header", "", "valid JSON");
    final String nested = "{\"w\":" + "[".repeat(2000) + "]".repeat(2000) + "}";
    add(all, use, "deep nesting", safetensors(nested, 0), "tensor w", "START_ARRAY", "an object");
    final String twice = good.substring(0, good.length() - 1) + "," + good.substring(1);
    add(all, use, "tensor twice", safetensors(twice, 8), "header", "Duplicate", "each key once");
    add(all, use, "no tensor", safetensors("{}", 0), "tensors", "[]", "one named w");
    final String name = "{\"w\\n\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":";
    add(all, use, "name with escapes", safetensors(name + "[4,12]}}", 12), "w", "hole", "begin 0");
    metadata(all, "a number", "{\"a\":1}", "__metadata__.a", "1", "a string");
    metadata(all, "an object", "{\"a\":{}}", "__metadata__.a", "{", "a string");
    metadata(all, "a list", "[]", "__metadata__", "[", "an object of strings");
    metadata(
        all, "a key twice", "{\"a\":\"1\",\"a\":\"2\"}", "header", "Duplicate", "each key once");
  }

  private static void tensorCases(List<Case> all) {
    final String[][] tensors = {
      {"unknown type", "F31", "[2]", "[0,8]", "dtype", "F31", "F32 or F64"},
      {"8-bit floats", "F8_E4M3", "[8]", "[0,8]", "dtype", "F8_E4M3, not supported", "F32 or"},
      {"complex", "C64", "[1]", "[0,8]", "dtype", "C64, not supported", "F32 or F64"},
      {"lower case", "f32", "[2]", "[0,8]", "dtype", "f32", "F32 or F64"},
      {"negative shape", "F32", "[-2]", "[0,8]", "shape", "-2", "a whole number from 0"},
      {"broken shape", "F32", "[2.0]", "[0,8]", "shape", "2.0", "a whole number from 0"},
      {"shape as text", "F32", "\"2\"", "[0,8]", "shape", "2", "a list of whole numbers"},
      {"shape of null", "F32", "[null]", "[0,8]", "shape", "null", "a whole number"},
      {"wide shape", "F32", "[18446744073709551618]", "[0,8]", "shape", "1844", "below 2^63"},
      {
        "overflowing shape", "F32", "[4294967296,4294967298]", "[0,8]", "shape", "429", "below 2^63"
      },
      {"one offset", "F32", "[2]", "[8]", "data_offsets", "[8]", "[begin, end]"},
      {"three offsets", "F32", "[2]", "[0,4,8]", "data_offsets", "[0, 4, 8]", "[begin, end]"},
      {"offsets reversed", "F32", "[2]", "[8,0]", "data_offsets", "[8, 0]", "begin <= end"},
      {"negative offset", "F32", "[2]", "[-8,0]", "data_offsets", "-8", "a whole number from 0"},
      {"offset of 2^64", "F32", "[2]", "[0,18446744073709551624]", "data_", "184", "below 2^63"},
      {"wrong size", "F32", "[3]", "[0,8]", "data_offsets", "8 bytes", "12 bytes for shape [3]"},
      {"late start", "F32", "[1]", "[4,8]", "data_offsets", "begin 4, a hole", "begin 0"},
      {"short data", "F32", "[4]", "[0,16]", "data", "8 bytes after", "16 bytes"},
      {"long data", "F32", "[1]", "[0,4]", "data", "8 bytes after", "4 bytes"},
    };
    for (String[] t : tensors) {
      final String tensor = "{\"w\":" + tensor(t[1], t[2], t[3]) + "}";
      final byte[] bytes = safetensors(tensor, 8);
      add(all, Use.SAFETENSORS_W, "tensor: " + t[0], bytes, t[4], t[5], t[6]);
    }
    final String[][] pairs = {
      {"overlap", "[0,8]", "[4,12]", "begin 4, an overlap", "begin 8"},
      {"same place", "[0,8]", "[0,8]", "begin 0, an overlap", "begin 8"},
      {"hole", "[0,8]", "[12,20]", "begin 12, a hole", "begin 8"},
    };
    for (String[] p : pairs) {
      final String two =
          "{\"w\":" + tensor("F32", "[2]", p[1]) + ",\"v\":" + tensor("F32", "[2]", p[2]) + "}";
      add(all, Use.SAFETENSORS_W, "two: " + p[0], safetensors(two, 20), "", p[3], p[4]);
    }
    final String[][] objects = {
      {"a number", "3", "tensor w", "3", "an object"},
      {"no dtype", "{\"shape\":[],\"data_offsets\":[0,8]}", "tensor w", "no dtype", "dtype, shape"},
      {"no shape", "{\"dtype\":\"F64\",\"data_offsets\":[0,8]}", "tensor w", "no shape", "dtype"},
      {"no offsets", "{\"dtype\":\"F64\",\"shape\":[]}", "tensor w", "no data_offsets", "dtype"},
      {"another key", "{\"type\":\"F64\"}", "tensor w", "key type", "data_offsets only"},
      {"a key twice", "{\"dtype\":\"F64\",\"dtype\":\"F64\"}", "header", "Duplicate", "once"},
    };
    for (String[] o : objects) {
      final byte[] bytes = safetensors("{\"w\":" + o[1] + "}", 8);
      add(all, Use.SAFETENSORS_W, "object: " + o[0], bytes, o[2], o[3], o[4]);
    }
  }

  private static void dataCases(List<Case> all) {
    final byte[] imgs = npy("|u1", "(4, 2, 2)", new byte[16]);
    final byte[] grid = npy("<i8", "(4, 2)", RawFiles.longs(0, 0, 0, 1, 1, 0, 1, 1));
    data(all, "no imgs", "members", "[x]", "one named imgs", "x.npy", imgs);
    final byte[] floats = npy("<f4", "(1, 2, 2)", new byte[16]);
    data(all, "float images", "imgs", "of F32", "of U8", "imgs.npy", floats);
    final byte[] flat = npy("|u1", "(4, 4)", new byte[16]);
    data(all, "flat images", "imgs", "[4, 4]", "(images, height, width)", "imgs.npy", flat);
    final byte[] none = npy("|u1", "(0, 4, 4)", new byte[0]);
    data(all, "no images", "imgs", "[0, 4, 4]", "(images, height, width)", "imgs.npy", none);
    final byte[] wide = npy("|u1", "(1, 1, 1025)", new byte[1025]);
    data(all, "wide images", "imgs", "1025", "sides up to 1024", "imgs.npy", wide);
    data(all, "no classes", "members", "[imgs]", "latents_classes", "imgs.npy", imgs);
    final Object[][] classes = {
      {"short", npy("<i8", "(2, 2)", RawFiles.longs(0, 0, 0, 1)), "", "2 rows", "4, as imgs"},
      {"float", npy("<f8", "(4, 2)", new byte[64]), "", "of F64", "whole numbers"},
      {"flat", npy("<i8", "(4,)", new byte[32]), "", "[4]", "(images, factors)"},
      {"equal", npy("<i8", "(4, 2)", new byte[64]), "", "4 rows", "a full grid of [1, 1]"},
      {
        "shuffled",
        npy("<i8", "(4, 2)", RawFiles.longs(0, 0, 1, 0, 0, 1, 1, 1)),
        "row 1",
        "class 1 in column 0",
        "class 0: the last column fastest"
      },
      {
        "negative",
        npy("<i8", "(4, 2)", RawFiles.longs(0, 0, 0, -1, 1, 0, 1, 1)),
        "row 1",
        "class -1 in column 1",
        "class 1"
      },
      {
        "gigantic",
        npy("<i8", "(4, 2)", RawFiles.longs(0, 0, 0, 1, 1, 0, 1, Long.MAX_VALUE)),
        "",
        "class 9223372036854775807",
        "classes below 4"
      },
    };
    for (Object[] c : classes) {
      data(
          all,
          "classes: " + c[0],
          "latents_classes" + (c[2].equals("") ? "" : " " + c[2]),
          (String) c[3],
          (String) c[4],
          "imgs.npy",
          imgs,
          "latents_classes.npy",
          c[1]);
    }
    final byte[] narrow = npy("<f8", "(4, 1)", new byte[32]);
    final byte[] nan = npy("<f8", "(4, 2)", RawFiles.doubles(0, 0, 0, 1, 1, 0, 1, Double.NaN));
    data(
        all,
        "values of another shape",
        "latents_values",
        "[4, 1]",
        "[4, 2]",
        "imgs.npy",
        imgs,
        "latents_classes.npy",
        grid,
        "latents_values.npy",
        narrow);
    data(
        all,
        "values of NaN",
        "latents_values row 3",
        "NaN",
        "a finite number",
        "imgs.npy",
        imgs,
        "latents_classes.npy",
        grid,
        "latents_values.npy",
        nan);
    final byte[] names = npy("|u1", "(5,)", new byte[] {'a', '\n', 'b', '\n', 'c'});
    data(
        all,
        "three names",
        "latents_names",
        "3 names",
        "2 names",
        "imgs.npy",
        imgs,
        "latents_classes.npy",
        grid,
        "latents_names.npy",
        names);
    final byte[] cut = zip(true, "imgs.npy", imgs, "latents_classes.npy", grid);
    final int at = indexOf(cut, (byte) '}') + 4;
    add(all, Use.DATA, "flipped pixel", with(cut, at, 7), "imgs checksum", "", "");
  }

  private static void pictureCases(List<Case> all) {
    final byte[] png = RawFiles.picture("png", BufferedImage.TYPE_INT_RGB, 40, 30, 2);
    final byte[] jpeg = RawFiles.picture("jpg", BufferedImage.TYPE_INT_RGB, 40, 30, 3);
    all.add(
        new Case("empty folder", Use.DATA, Files::createDirectory, "folder", "no .png", "some"));
    final Object[][] pictures = {
      {"empty", "a.png", new byte[0], "no known picture format"},
      {"text", "a.jpg", new byte[] {'h', 'e', 'l', 'l', 'o'}, "no known picture format"},
      {"cut png", "a.png", Arrays.copyOf(png, png.length / 2), ""},
      {"png header alone", "a.png", Arrays.copyOf(png, 33), ""},
      {"png signature alone", "a.png", Arrays.copyOf(png, 8), ""},
      {"cut jpeg", "a.jpeg", Arrays.copyOf(jpeg, jpeg.length / 2), ""},
      {"jpeg header alone", "a.jpeg", Arrays.copyOf(jpeg, 30), ""},
      {"giant png", "a.png", with(with(png, 16, 0x01), 20, 0x01), "pixels"},
      {"broken png data", "a.png", with(with(png, 60, 0xff), 61, 0xff), ""},
    };
    for (Object[] p : pictures) {
      all.add(
          new Case(
              "picture: " + p[0],
              Use.DATA,
              folder -> {
                Files.createDirectory(folder);
                Files.write(folder.resolve("0.png"), png);
                Files.write(folder.resolve((String) p[1]), (byte[]) p[2]);
              },
              "image",
              p[1] + ": image",
              ""));
    }
  }

  private static String tensor(String type, String shape, String offsets) {
    return "{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  private static String headerOf(String descr, String fortran, String shape) {
    return "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + "}";
  }

  private static void metadata(
      List<Case> all, String name, String value, String place, String found, String expected) {
    final byte[] bytes = safetensors("{\"__metadata__\":" + value + "}", 0);
    add(all, Use.SAFETENSORS_W, "metadata: " + name, bytes, place, found, expected);
  }

  private static void data(
      List<Case> all, String name, String place, String found, String expected, Object... members) {
    add(all, Use.DATA, name, zip(false, members), place, found, expected);
  }

  private static void add(
      List<Case> all,
      Use use,
      String name,
      byte[] bytes,
      String place,
      String found,
      String expected) {
    all.add(new Case(name, use, file -> Files.write(file, bytes), place, found, expected));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    final byte[] result = bytes.clone();
    result[at] = (byte) value;
    return result;
  }

  private static int indexOf(byte[] bytes, byte value) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == value) {
        return i;
      }
    }
    throw new IllegalArgumentException("no such byte");
  }

  private static void sparse(Path file, byte[] start, long more) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(start);
      out.setLength(start.length + more);
    }
  }

  private static Map<String, String> environment(Path home) {
    return Map.of("PATCHBAY_HOME", home.toString());
  }

  private static void open(String spec, Path home) {
    Datasets.of(environment(home)).open(spec).close();
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      // The cache folder itself may be made; what must not stay is a file in it.
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }

  // Heap in use, garbage included: what a refused read allocated shows, unless the collector ran in
  // between, which lowers it.
  private static long allocated() {
    final Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
