package io.patchbay.bench.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// The contents of a bundle: a launcher, the jars of a class path, a Java runtime, licences. Of the
/// same jars and JDK the archive has the same bytes.
final class Bundle {
  /// How hard the archive is packed unless it is said.
  static final int LEVEL = 6;

  static final int HARDEST = 9;

  private static final String ROOT = "patchbay/";

  /// Left out: the libraries to compare with.
  private static final Pattern LEFT_OUT =
      Pattern.compile("(pytorch|openblas|dnnl|opencl)-.*\\.jar");

  private final List<Path> folders;
  private final List<Path> jars;

  private Bundle(final List<Path> folders, final List<Path> jars) {
    this.folders = List.copyOf(folders);
    this.jars = List.copyOf(jars);
  }

  /// Of what runs this.
  static Bundle ofProcess() {
    return of(System.getProperty("java.class.path"));
  }

  /// @param classPath folders of classes come first, each as a jar, then the jars by name
  static Bundle of(final String classPath) {
    final var folders = new ArrayList<Path>();
    final var jars = new TreeMap<String, Path>();
    for (final var entry : classPath.split(Pattern.quote(File.pathSeparator), -1)) {
      if (entry.isEmpty()) {
        continue; // the folder that Java was started in holds no classes
      }
      final var path = Path.of(entry);
      final var name = String.valueOf(path.getFileName());
      if (Files.isDirectory(path)) {
        folders.add(path);
      } else if (Files.isRegularFile(path) && !LEFT_OUT.matcher(name).matches()) {
        final var other = jars.putIfAbsent(name, path);
        if (other != null && !other.equals(path)) {
          throw new IllegalStateException(
              "two jars of one name on the class path: " + other + ", " + path);
        }
      }
    }
    return new Bundle(folders, List.copyOf(jars.values()));
  }

  /// Names of the jars, in the order of the class path.
  List<String> jars() {
    final var names = new ArrayList<String>();
    for (int i = 0; i < folders.size(); i++) {
      names.add("classes-" + (i + 1) + ".jar");
    }
    jars.forEach(jar -> names.add(String.valueOf(jar.getFileName())));
    return names;
  }

  /// Whether a jar or a folder holds what nvcc makes of the CUDA kernels.
  boolean hasCudaKernels() throws IOException {
    for (final var folder : folders) {
      if (files(folder).stream().anyMatch(file -> isCudaKernel(file.toString()))) {
        return true;
      }
    }
    for (final var jar : jars) {
      try (var file = new ZipFile(jar.toFile())) {
        if (file.stream().anyMatch(entry -> isCudaKernel(entry.getName()))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isCudaKernel(final String name) {
    return name.endsWith(".fatbin");
  }

  /// Packs the bundle. The file appears under its name when it is whole.
  ///
  /// Throws IllegalStateException when there is no jlink or no xz, or a jar without a licence.
  ///
  /// @param level of xz, 0 to 9
  void write(final Path target, final int level) throws IOException, InterruptedException {
    checkLicences();
    final var work = Files.createTempDirectory("patchbay-bundle");
    try {
      final var runtime = work.resolve("runtime");
      JavaImage.make(runtime);
      final var part = work.resolve("archive");
      compress(runtime, part, level);
      final var parent = target.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      delete(work);
    }
  }

  /// Throws IllegalStateException unless the notice has a line for every jar of others.
  void checkLicences() throws IOException {
    final var noted =
        resource("NOTICE")
            .lines()
            .map(line -> line.split("\\s{2,}", 2))
            .filter(columns -> columns.length == 2)
            .map(columns -> columns[0] + "-")
            .toList();
    for (final var jar : jars) {
      final var name = String.valueOf(jar.getFileName());
      if (!name.startsWith("patchbay-") && noted.stream().noneMatch(name::startsWith)) {
        throw new IllegalStateException("no licence is noted for a jar: name=" + name);
      }
    }
  }

  private void compress(final Path runtime, final Path part, final int level)
      throws IOException, InterruptedException {
    final Process xz;
    try {
      // With two threads as with more, the bytes do not depend on how many there are.
      xz =
          new ProcessBuilder("xz", "-" + level, "-T2", "-c")
              .redirectOutput(part.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (final IOException e) {
      throw new IllegalStateException(
          "no program xz, which packs the bundle: install xz-utils (" + e.getMessage() + ")", e);
    }
    try (var tar = new TarWriter(xz.getOutputStream())) {
      contents(tar, runtime);
    }
    final int status = xz.waitFor();
    if (status != 0) {
      throw new IllegalStateException("xz failed: status=" + status);
    }
  }

  /// Writes every entry.
  ///
  /// @param runtime a folder with `bin/java`
  void contents(final TarWriter tar, final Path runtime) throws IOException {
    text(tar, "LICENSE", false, resource("LICENSE"));
    text(tar, "NOTICE", false, resource("NOTICE"));
    int number = 0;
    for (final var name : jars()) {
      if (number < folders.size()) {
        bytes(tar, "lib/" + name, false, packed(folders.get(number)));
      } else {
        bytes(tar, "lib/" + name, false, unpacked(jars.get(number - folders.size())));
      }
      number++;
    }
    text(tar, "patchbay", true, launcher());
    for (final var file : files(runtime)) {
      final var name = "runtime/" + runtime.relativize(file);
      if (Files.isSymbolicLink(file)) {
        tar.link(ROOT + name, Files.readSymbolicLink(file).toString());
      } else {
        file(tar, name, file);
      }
    }
  }

  private String launcher() throws IOException {
    final var path = String.join(":", jars().stream().map(name -> "$home/lib/" + name).toList());
    return resource("launcher.sh").replace("@CLASSPATH@", path);
  }

  static String resource(final String name) throws IOException {
    try (InputStream in = Bundle.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void text(
      final TarWriter tar, final String name, final boolean executable, final String text)
      throws IOException {
    bytes(tar, name, executable, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void bytes(
      final TarWriter tar, final String name, final boolean executable, final byte[] content)
      throws IOException {
    tar.file(ROOT + name, executable, content.length, new ByteArrayInputStream(content));
  }

  private static void file(final TarWriter tar, final String name, final Path file)
      throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      tar.file(ROOT + name, Files.isExecutable(file), Files.size(file), in);
    }
  }

  /// A folder of classes as a jar.
  private static byte[] packed(final Path folder) throws IOException {
    final var bytes = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(bytes)) {
      for (final var file : files(folder)) {
        store(out, folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return bytes.toByteArray();
  }

  /// A jar with the same entries uncompressed: the archive around it compresses them better.
  private static byte[] unpacked(final Path jar) throws IOException {
    final var bytes = new ByteArrayOutputStream();
    try (var in = new ZipFile(jar.toFile());
        var out = new ZipOutputStream(bytes)) {
      for (final var entry : in.stream().toList()) {
        try (var content = in.getInputStream(entry)) {
          store(out, entry.getName(), content.readAllBytes());
        }
      }
    }
    return bytes.toByteArray();
  }

  private static void store(final ZipOutputStream out, final String name, final byte[] content)
      throws IOException {
    final var crc = new CRC32();
    crc.update(content);
    final var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }

  /// Every file and link in a folder, by its path.
  private static List<Path> files(final Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(path -> Files.isSymbolicLink(path) || Files.isRegularFile(path))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private static void delete(final Path folder) throws IOException {
    final List<Path> all;
    try (var walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (final var path : all) {
      Files.deleteIfExists(path);
    }
  }
}
