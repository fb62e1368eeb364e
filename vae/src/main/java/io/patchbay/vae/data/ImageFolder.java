package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// All PNG and JPEG files under a folder, in the order of their relative paths, brought to one
/// shape. No factors are known. The pictures are decoded once into a memory-mapped file in the
/// cache folder, found there by the path, size and time of every file.
public final class ImageFolder implements FactorDataset {
  private final String name;
  private final PackedImages images;

  private ImageFolder(String name, PackedImages images) {
    this.name = name;
    this.images = images;
  }

  /// Opens a folder, decoding it on first use.
  ///
  /// @throws BadInputException if it holds no picture, or one that cannot be read (named)
  static ImageFolder open(Path folder, ImageDecoder decoder, CacheFolder cache) {
    final List<Path> files = list(folder);
    if (files.isEmpty()) {
      throw new BadInputException(folder, "folder", "no .png, .jpg or .jpeg", "some pictures");
    }
    final List<String> identity = new ArrayList<>();
    identity.add(decoder.toString());
    for (Path file : files) {
      identity.add(CacheFolder.identity(file));
    }
    final Path cached = cache.file(CacheFolder.key(identity) + ".bytes.npy");
    final ImageShape shape = decoder.shape();
    if (!Files.exists(cached)) {
      decode(files, decoder, cached);
    }
    final Path last = folder.toAbsolutePath().normalize().getFileName();
    return new ImageFolder(
        last == null ? "folder" : last.toString(),
        PackedImages.open(cached, shape, false, files.size()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImageShape shape() {
    return images.shape();
  }

  @Override
  public List<Factor> factors() {
    return List.of();
  }

  @Override
  public long size() {
    return images.rows();
  }

  @Override
  public void image(long row, float[] target, int offset) {
    images.image(row, target, offset);
  }

  @Override
  public int[] factorsOf(long row) {
    if (row < 0 || row >= size()) {
      throw new IllegalArgumentException("row out of range: row=" + row + ", rows=" + size());
    }
    return new int[0];
  }

  @Override
  public long rowOf(int[] factorIndices) {
    throw new IllegalArgumentException("no factors are known: data set=" + name);
  }

  @Override
  public void close() {
    images.close();
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      // By text with '/', so that the order is the same on every system.
      return found
          .filter(file -> isPicture(file) && Files.isRegularFile(file))
          .sorted(Comparator.comparing(f -> folder.relativize(f).toString().replace('\\', '/')))
          .toList();
    } catch (IOException e) {
      throw BadInputException.unreadable(folder.toString(), "folder", e);
    } catch (UncheckedIOException e) {
      throw new BadInputException(
          folder.toString(), "folder", e.getMessage() + "", "folders that can be listed", e);
    }
  }

  private static boolean isPicture(Path file) {
    final String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"));
  }

  private static void decode(List<Path> files, ImageDecoder decoder, Path target) {
    final int elements = decoder.shape().elements();
    try (NpyWriter writer = NpyWriter.create(target, ElementType.U8, files.size(), elements)) {
      final byte[] image = new byte[elements];
      for (int i = 0; i < files.size(); i++) {
        decoder.decode(files.get(i), image);
        writer.write((long) i * elements, MemorySegment.ofArray(image));
      }
      writer.finish();
    }
  }
}
