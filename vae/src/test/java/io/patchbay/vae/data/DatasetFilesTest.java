package io.patchbay.vae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.io.Npz;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DatasetFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "sprites, 9, 'shape[1], scale[1], orientation[5], posX[4], posY[4]', 0.0, 1x64x64",
    "sprites:antialias=true, 16, 'shape[1], scale[1], orientation[3], posX[2], posY[2]', 0.002,"
        + " 1x64x64",
    "pendulum:size=20, 13, 'angle[7], light[7]', 0.002, 3x20x20",
    "'pendulum:size=20,free=2', 17, 'angle[5], light[6], shadow[1]', 0.002, 3x20x20"
  })
  void anExportedGridReadsBack(
      String spec, int stride, String factors, double tolerance, String shape) throws IOException {
    final Path file = folder.resolve("out.npz");
    try (FactorDataset source = open(spec)) {
      final long rows = DataExport.dspritesNpz(source, file, stride);
      for (int pass = 0; pass < 2; pass++) {
        try (FactorDataset read = open(file.toString())) {
          assertEquals("out", read.name());
          assertEquals(rows, read.size());
          assertEquals("[" + factors + "]", read.factors().toString());
          assertEquals(shape, read.shape().toString());
          assertSameGrid(source, read, stride, tolerance);
        }
      }
    }
    assertEquals(1, cached().size());
    assertThrows(
        IllegalArgumentException.class,
        () -> {
          try (FactorDataset source = open(spec)) {
            DataExport.dspritesNpz(source, file, 0);
          }
        });
  }

  @Test
  void theExportHasTheMembersOfDsprites() throws IOException {
    final Path file = folder.resolve("grid.npz");
    try (FactorDataset source = open("sprites")) {
      assertEquals(2 * 2 * 2, DataExport.dspritesNpz(source, file, 20));
    }
    try (Npz npz = Npz.open(file)) {
      assertEquals(
          List.of("imgs", "latents_classes", "latents_names", "latents_values"), npz.members());
      assertEquals(List.of(8L, 64L, 64L), npz.read("imgs", 1 << 20).shape());
      assertEquals(List.of(8L, 6L), npz.read("latents_classes", 1 << 20).shape());
      final long[] classes = npz.read("latents_classes", 1 << 20).longs();
      assertArrayEquals(new long[] {0, 0, 0, 0, 0, 1}, Arrays.copyOfRange(classes, 6, 12));
      final double[] values = npz.read("latents_values", 1 << 20).doubles();
      assertArrayEquals(
          new double[] {1, 1, 0.5, 40 * Math.PI / 39, 20 / 31.0, 20 / 31.0},
          Arrays.copyOfRange(values, 42, 48),
          1e-12);
    }
  }

  @Test
  void aFileOfDspritesOwnFormHasItsNamesAndItsPickleIsNotTouched() throws IOException {
    final Path root = folder.resolve("root");
    final Path file = root.resolve(Datasets.DSPRITES);
    Files.createDirectories(root.resolve("dsprites"));
    final byte[] pixels = new byte[4 * 3 * 5];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 7 % 3 == 0 ? 1 : 0);
    }
    Files.write(
        file,
        RawFiles.zip(
            false,
            "metadata.npy",
            RawFiles.npy("|O", "()", new byte[] {(byte) 0x80, 2, '.'}),
            "imgs.npy",
            RawFiles.npy("|u1", "(4, 3, 5)", pixels),
            "latents_classes.npy",
            RawFiles.npy(
                "<i8",
                "(4, 6)",
                RawFiles.longs(
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1)),
            "latents_values.npy",
            RawFiles.npy(
                "<f8",
                "(4, 6)",
                RawFiles.doubles(
                    1, 1, 1, 0, 0, .2, 1, 1, 1, 0, 0, .4, 1, 1, 1, 3, 0, .2, 1, 1, 1, 3, 0, .4))));
    final Datasets datasets =
        Datasets.of(
            Map.of(
                "PATCHBAY_HOME",
                folder.resolve("home").toString(),
                "PATCHBAY_DATA",
                folder.resolve("elsewhere").toString(),
                "DISENTANGLEMENT_LIB_DATA",
                root.toString()));
    try (FactorDataset read = datasets.open("dsprites")) {
      assertEquals("dsprites", read.name());
      assertEquals(
          "[shape[1], scale[1], orientation[2], posX[1], posY[2]]", read.factors().toString());
      assertEquals(3, read.factors().get(2).value(1));
      assertTrue(read.factors().get(2).circular());
      assertEquals(0.4, read.factors().get(4).value(1));
      assertArrayEquals(new int[] {0, 0, 1, 0, 0}, read.factorsOf(2));
      final float[] image = new float[20];
      for (int row = 0; row < 4; row++) {
        Arrays.fill(image, 9);
        read.image(row, image, 3);
        for (int i = 0; i < 15; i++) {
          assertEquals(pixels[row * 15 + i], image[3 + i]);
        }
        assertEquals(9, image[2]);
        assertEquals(9, image[18]);
      }
      assertThrows(IllegalArgumentException.class, () -> read.image(4, image, 0));
      assertThrows(IllegalArgumentException.class, () -> read.image(0, image, 6));
    }
  }

  @Test
  void aClosedDataSetIsNotRead() {
    final Path file = folder.resolve("out.npz");
    final FactorDataset read;
    try (FactorDataset source = open("sprites")) {
      DataExport.dspritesNpz(source, file, 40);
    }
    try (FactorDataset open = open(file.toString())) {
      read = open;
    }
    assertThrows(IllegalStateException.class, () -> read.image(0, new float[4096], 0));
  }

  @Test
  void aChangedFileIsUnpackedAgain() throws IOException {
    final Path file = folder.resolve("grid.npz");
    final float[] image = new float[4];
    for (int value = 0; value < 2; value++) {
      Files.write(
          file,
          RawFiles.zip(
              false,
              "imgs.npy",
              RawFiles.npy("|u1", "(1, 2, 2)", new byte[] {0, (byte) value, 0, 0}),
              "latents_classes.npy",
              RawFiles.npy("<i8", "(1, 1)", RawFiles.longs(0))));
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L * (value + 1)));
      try (FactorDataset read = open(file.toString())) {
        read.image(0, image, 0);
        assertEquals(value, image[1]);
        assertEquals("[factor0[1]]", read.factors().toString());
      }
    }
  }

  @Test
  void aFolderOfPicturesIsReadInOrder() throws IOException {
    final Path pictures = folder.resolve("pictures");
    Files.createDirectories(pictures.resolve("sub"));
    final int[] greys = {10, 60, 128, 250};
    final String[] names = {"A.PNG", "b.png", "sub/c.png", "z.jpg"};
    for (int i = 0; i < names.length; i++) {
      final BufferedImage image = new BufferedImage(11, 7, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 77; p++) {
        image.setRGB(p % 11, p / 11, greys[i] * 0x010101);
      }
      final String format = names[i].endsWith("jpg") ? "jpg" : "png";
      Files.write(pictures.resolve(names[i]), RawFiles.encode(format, image));
    }
    Files.writeString(pictures.resolve("notes.txt"), "no picture");
    Files.writeString(pictures.resolve(".hidden.png"), "no picture");
    for (String options : new String[] {":size=4", ":size=4,channels=1", ":size=4,fit=squeeze"}) {
      try (FactorDataset read = open(pictures + options)) {
        assertEquals("pictures", read.name());
        assertEquals(4, read.size());
        assertEquals(List.of(), read.factors());
        assertEquals(0, read.factorsOf(3).length);
        assertThrows(IllegalArgumentException.class, () -> read.rowOf(new int[0]));
        final float[] image = new float[read.shape().elements()];
        for (int i = 0; i < 4; i++) {
          read.image(i, image, 0);
          for (float value : image) {
            assertEquals(greys[i] / 255f, value, 1.5f / 255);
          }
        }
      }
    }
    assertEquals(3, cached().size());
  }

  @ParameterizedTest
  @CsvSource({
    // Grey pictures must not be brightened on the way, whatever their depth.
    "10, 100, 100, 100",
    "11, 100, 100, 100",
    "1, 200, 100, 50",
    "2, 200, 100, 50",
    "5, 200, 100, 50",
    "13, 204, 102, 51"
  })
  void valuesAreKept(int type, int red, int green, int blue) throws IOException {
    final BufferedImage image = new BufferedImage(8, 8, type);
    for (int i = 0; i < 64; i++) {
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        image.getRaster().setSample(i % 8, i / 8, 0, red);
      } else if (type == BufferedImage.TYPE_USHORT_GRAY) {
        image.getRaster().setSample(i % 8, i / 8, 0, red * 257);
      } else {
        image.setRGB(i % 8, i / 8, 0xff000000 | red << 16 | green << 8 | blue);
      }
    }
    final Path file = Files.write(folder.resolve("x.png"), RawFiles.encode("png", image));
    final byte[] target = new byte[3 * 4];
    new ImageDecoder(new ImageShape(3, 2, 2), true).decode(file, target);
    assertEquals(red, target[0] & 0xff);
    assertEquals(green, target[4] & 0xff);
    assertEquals(blue, target[8] & 0xff);
    final byte[] grey = new byte[4];
    new ImageDecoder(new ImageShape(1, 2, 2), true).decode(file, grey);
    assertEquals(0.299 * red + 0.587 * green + 0.114 * blue, grey[3] & 0xff, 0.51);
  }

  @Test
  void theMiddleSquareIsCutOutOrTheWholeIsSqueezed() throws IOException {
    // Black, white, black thirds: the middle square is white alone.
    final BufferedImage image = new BufferedImage(60, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 400; i++) {
      image.setRGB(20 + i % 20, i / 20, 0xffffff);
    }
    final Path file = Files.write(folder.resolve("x.png"), RawFiles.encode("png", image));
    final byte[] target = new byte[9];
    new ImageDecoder(new ImageShape(1, 3, 3), true).decode(file, target);
    for (byte b : target) {
      assertEquals(255, b & 0xff);
    }
    new ImageDecoder(new ImageShape(1, 3, 3), false).decode(file, target);
    // The filter reaches into the neighbours, so the thirds are not quite pure.
    assertEquals(target[3], target[5]);
    assertTrue((target[3] & 0xff) < 60 && (target[4] & 0xff) > 190);
  }

  @Test
  void pngFilesAreWrittenWithTheirFactors() throws IOException {
    final Path out = folder.resolve("png");
    final StringBuilder labels =
        new StringBuilder("file,angle,light,shadow_length,shadow_position\n");
    try (Pendulum source = new Pendulum(16)) {
      assertEquals(3, DataExport.png(source, out, 3));
      for (int row = 0; row < 3; row++) {
        final double[] v = source.variablesOf(row);
        labels.append("00000%d.png,-40.0,6%d.0,%s,%s\n".formatted(row, row, v[2], v[3]));
      }
      try (FactorDataset read = open(out + ":size=16")) {
        final float[] expected = new float[3 * 256];
        final float[] image = new float[3 * 256];
        for (int row = 0; row < 3; row++) {
          source.image(row, expected, 0);
          read.image(row, image, 0);
          assertArrayEquals(expected, image, 0.5f / 255 + 1e-6f);
        }
      }
    }
    assertEquals(labels.toString(), Files.readString(out.resolve("factors.csv")));
  }

  private void assertSameGrid(
      FactorDataset source, FactorDataset read, int stride, double tolerance) {
    final float[] a = new float[source.shape().elements()];
    final float[] b = new float[a.length];
    for (long row = 0; row < read.size(); row++) {
      final int[] indices = read.factorsOf(row);
      assertEquals(row, read.rowOf(indices));
      for (int k = 0; k < indices.length; k++) {
        final double value = read.factors().get(k).value(indices[k]);
        indices[k] *= stride;
        assertEquals(source.factors().get(k).value(indices[k]), value);
      }
      source.image(source.rowOf(indices), a, 0);
      read.image(row, b, 0);
      assertArrayEquals(a, b, (float) tolerance);
    }
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("home").resolve("data"))) {
      return files.toList();
    }
  }

  private FactorDataset open(String spec) {
    return Datasets.of(Map.of("PATCHBAY_HOME", folder.resolve("home").toString())).open(spec);
  }
}
