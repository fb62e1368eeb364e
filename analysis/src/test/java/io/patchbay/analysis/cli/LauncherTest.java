package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher script itself, with JDKs, jars and a Maven that are faked: a `java` that prints its
/// arguments.
class LauncherTest {
  private static final List<String> MODULES =
      List.of("native", "engine", "kernels", "vae", "analysis", "tests", "bench");
  private static final String JAVA = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\"\n";

  @TempDir Path folder;
  private Path home;
  private final Map<String, String> environment = new LinkedHashMap<>();

  @BeforeEach
  void checkout() throws IOException {
    home = Files.createDirectories(folder.resolve("check out"));
    Files.copy(Shell.checkout().resolve("patchbay"), home.resolve("patchbay"));
    executable(home.resolve("patchbay"));
    for (final var module : MODULES) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.writeString(home.resolve(module).resolve("src/main/A.java"), "");
      past(home.resolve(module).resolve("src/main/A.java"));
    }
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", folder.resolve("nobody").toString());
    environment.put("PATCHBAY_JVM_FOLDERS", folder.resolve("jvm").toString());
    environment.put("PATCHBAY_AOT", "off");
  }

  private void jars(final String lib) throws IOException {
    final var jars = Files.createDirectories(home.resolve("bench/target").resolve(lib));
    for (final var module : MODULES) {
      final var place = module.equals("bench") ? home.resolve("bench/target") : jars;
      Files.writeString(place.resolve("patchbay-" + module + "-0.1.0.jar"), "bench/peers/X");
    }
  }

  private Path jdk(final String name, final String version) throws IOException {
    final var jdk = folder.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("bin/java"), JAVA);
    executable(jdk.resolve("bin/java"));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\nOS=\"L\"\n");
    return jdk;
  }

  private static void executable(final Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void past(final Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private void maven(final String script) throws IOException {
    final var bin = Files.createDirectories(folder.resolve("bin"));
    Files.writeString(bin.resolve("mvn"), "#!/bin/sh\n" + script);
    executable(bin.resolve("mvn"));
    environment.put("PATH", bin + ":/usr/bin:/bin");
  }

  private Shell launch(final Path launcher, final String... args)
      throws IOException, InterruptedException {
    final var command = new ArrayList<String>(List.of(launcher.toString()));
    command.addAll(List.of(args));
    final var out = Files.createTempFile(folder, "out", "");
    final var err = Files.createTempFile(folder, "err", "");
    final var builder =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    final var process = builder.start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES));
    return new Shell(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Shell launch(final String... args) throws IOException, InterruptedException {
    return launch(home.resolve("patchbay"), args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "25",
        "25.0.1",
        "25.0.2",
        "25.0.2.1",
        "26",
        "26.0.3",
        "17.0.9",
        "1.8.0",
        "25.0.x",
        "25.0.",
        "25..3",
        "250.0.3",
        ""
      })
  void otherJdksArePassedOver(final String version) throws IOException, InterruptedException {
    jars("lib");
    environment.put("PATCHBAY_JAVA_HOME", jdk("wrong", version).toString());
    environment.put("JAVA_HOME", jdk("jvm/also-wrong", version).toString());
    final var shell = launch("--version");
    assertEquals(ExitCode.MISSING, shell.code());
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: no JDK 25.0.3"), shell::err);
    assertEquals("", shell.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"25.0.3", "25.0.12", "25.0.3.1", "25.1.0"})
  void theseJdksAreTaken(final String version) throws IOException, InterruptedException {
    jars("lib");
    final var java = jdk("jvm/right", version).resolve("bin/java");
    final var shell = launch("sites", "--arch", "conv4");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertEquals("", shell.err());
    assertEquals(java.toString(), shell.out().lines().findFirst().orElse(""));
  }

  @Test
  void aFolderWithoutAReleaseFileOrJavaIsNoJdk() throws IOException, InterruptedException {
    jars("lib");
    final var bare = jdk("bare", "25.0.3");
    Files.delete(bare.resolve("release"));
    environment.put("PATCHBAY_JAVA_HOME", bare.toString());
    final var empty = jdk("empty", "25.0.3");
    Files.delete(empty.resolve("bin/java"));
    environment.put("JAVA_HOME", empty.toString());
    assertEquals(ExitCode.MISSING, launch("--version").code());
  }

  @Test
  void theNamedJdkComesFirst() throws IOException, InterruptedException {
    jars("lib");
    jdk("jvm/third", "25.0.3");
    final var second = jdk("second", "25.0.4");
    environment.put("JAVA_HOME", second.toString());
    assertTrue(launch("x").out().startsWith(second.toString()));
    final var first = jdk("first", "25.0.5");
    environment.put("PATCHBAY_JAVA_HOME", first.toString());
    assertTrue(launch("x").out().startsWith(first.toString()));
  }

  @Test
  void argumentsAndOptionsReachJava() throws IOException, InterruptedException {
    jars("lib");
    jdk("jvm/right", "25.0.3");
    environment.put("PATCHBAY_JAVA_OPTS", "-Xmx2g -Dx=y");
    final var lines = launch("train", "--set", "a b=*", "").out().lines().toList();
    assertTrue(
        lines.containsAll(
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny",
                "-Dpatchbay.terminal=false",
                "-Xmx2g",
                "-Dx=y",
                Main.class.getName())),
        lines::toString);
    final int main = lines.indexOf(Main.class.getName());
    assertEquals(List.of("train", "--set", "a b=*", ""), lines.subList(main + 1, lines.size()));
    assertEquals(
        home.toRealPath() + "/bench/target/*:" + home.toRealPath() + "/bench/target/lib/*",
        lines.get(main - 1));
  }

  @Test
  void itIsFoundThroughSymlinks() throws IOException, InterruptedException {
    jars("lib");
    jdk("jvm/right", "25.0.3");
    final var one = Files.createDirectories(folder.resolve("one"));
    Files.createSymbolicLink(one.resolve("pb"), Path.of("../check out/patchbay"));
    final var two = Files.createSymbolicLink(folder.resolve("two"), one.resolve("pb"));
    final var shell = launch(two, "x");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertTrue(shell.out().contains(home.toRealPath() + "/bench/target/lib/*"), shell::out);
  }

  @Test
  void theFirstUseBuilds() throws IOException, InterruptedException {
    jdk("jvm/right", "25.0.3");
    final var here = home.toRealPath();
    maven(
        "echo \"$PWD $*\" >>'"
            + folder
            + "/calls'\n"
            + "echo noise\n"
            + "mkdir -p bench/target/lib; for m in native engine kernels vae analysis tests; do\n"
            + "  : >bench/target/lib/patchbay-$m-0.1.0.jar; done\n"
            + ": >bench/target/patchbay-bench-0.1.0.jar\n");
    final var shell = launch("x");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: building"), shell::err);
    assertFalse(shell.out().contains("noise"), shell::out);
    assertEquals(
        List.of(here + " -q -DskipTests -pl bench -am package"),
        Files.readAllLines(folder.resolve("calls")));
    assertEquals("", launch("x").err());
    Files.setLastModifiedTime(
        home.resolve("vae/src/main/A.java"), FileTime.from(Instant.now().plusSeconds(60)));
    assertTrue(launch("x").err().startsWith("patchbay: building"));
    assertEquals(2, Files.readAllLines(folder.resolve("calls")).size());
  }

  @Test
  void peersAreBuiltWhenTheyAreAskedFor() throws IOException, InterruptedException {
    jars("lib");
    jdk("jvm/right", "25.0.3");
    maven("echo \"$*\" >>'" + folder + "/calls'\nmkdir -p bench/target/lib-peers\n");
    final var shell = launch("bench", "--suite", "kernels", "--peer", "libtorch");
    assertTrue(shell.err().contains("157 MB from Maven Central"), shell::err);
    assertEquals(
        List.of("-q -DskipTests -Ppeers -pl bench -am package"),
        Files.readAllLines(folder.resolve("calls")));
    assertTrue(shell.out().contains("/bench/target/lib-peers/*"), shell::out);
    assertEquals("", launch("bench", "--suite", "kernels").err());
  }

  @Test
  void aFailedBuildEndsWith1AndAMissingMavenWith69() throws IOException, InterruptedException {
    jdk("jvm/right", "25.0.3");
    maven("echo broken; exit 3\n");
    final var failed = launch("x");
    assertEquals(ExitCode.FAILED, failed.code());
    assertEquals("", failed.out());
    assertTrue(failed.err().contains("the build failed"), failed::err);
    final var tools = Files.createDirectories(folder.resolve("tools"));
    for (final var tool : List.of("sh", "dirname", "readlink", "find", "head", "grep", "stty")) {
      Files.writeString(
          tools.resolve(tool), "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
      executable(tools.resolve(tool));
    }
    environment.put("PATH", tools.toString());
    final var missing = launch("x");
    assertEquals(ExitCode.MISSING, missing.code(), missing::err);
    assertEquals(1, missing.errors().size(), missing::err);
    assertTrue(missing.err().contains("no mvn found"), missing::err);
  }

  /// A `java` that keeps what it was called with, and writes the cache that it is asked to make, of
  /// as many bytes as `text` has.
  private void cachingJava(final String text) throws IOException {
    final var java = jdk("jvm/right", "25.0.3").resolve("bin/java");
    Files.writeString(
        java,
        "#!/bin/sh\necho \"$*\" >>'"
            + folder
            + "/calls'\nprintf '%s\\n' \"$@\"\ncase \"$*\" in *AOTMode=create*) for a; do\n"
            + "  case $a in -XX:AOTCache=*) printf '%s' '"
            + text
            + "' >\"${a#*=}\";; esac; done;; esac\n");
    executable(java);
    environment.remove("PATCHBAY_AOT");
  }

  /// Waits for the cache, which is made in the background.
  private Path cache() throws IOException, InterruptedException {
    final var place = home.toRealPath().resolve("bench/target/aot");
    for (int tries = 0; tries < 600; tries++) {
      if (Files.isDirectory(place)) {
        try (var files = Files.list(place)) {
          final var all = files.toList();
          if (all.size() == 1 && all.getFirst().toString().endsWith(".aot")) {
            return all.getFirst();
          }
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no cache in " + place);
  }

  private long calls(final String with) throws IOException {
    return Files.readAllLines(folder.resolve("calls")).stream()
        .filter(line -> line.contains(with))
        .count();
  }

  @Test
  void aCacheOfClassesIsMadeOnceAndUsedFromThenOn() throws IOException, InterruptedException {
    jars("lib");
    for (final var module : MODULES) {
      final var place = module.equals("bench") ? "bench/target" : "bench/target/lib";
      past(home.resolve(place).resolve("patchbay-" + module + "-0.1.0.jar"));
    }
    cachingJava("classes");
    final var first = launch("sites", "x");
    assertFalse(first.out().contains("AOT"), first::out);
    assertEquals("", first.err());
    final var option = "-XX:AOTCache=" + cache();
    assertEquals(3, calls("-Xmx1g"));
    final var second = launch("sites", "x").out().lines().toList();
    assertTrue(second.containsAll(List.of(option, "-Xlog:aot*=off,cds*=off")), second::toString);
    assertEquals(second.size() - 2, first.out().lines().count());
    assertEquals(3, calls("-Xmx1g"));
    for (final var given : List.of("-Xshare:off", "-XX:AOTMode=off", "-agentlib:jdwp")) {
      environment.put("PATCHBAY_JAVA_OPTS", given);
      assertFalse(launch("sites").out().contains(option), given);
    }
    environment.remove("PATCHBAY_JAVA_OPTS");
    final var jar = home.resolve("bench/target/lib/patchbay-vae-0.1.0.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(1)));
    assertFalse(launch("bench").out().contains(option), "of other jars");
    assertEquals(3, calls("-Xmx1g"), "nothing is made beside a benchmark");
  }

  @Test
  void aCacheThatCannotBeMadeIsNotTriedAgain() throws IOException, InterruptedException {
    jars("lib");
    cachingJava("");
    launch("sites", "x");
    assertEquals(0, Files.size(cache()));
    final var calls = calls("-Xmx1g");
    final var shell = launch("sites", "x");
    assertFalse(shell.out().contains("AOT"), shell::out);
    assertEquals("", shell.err());
    assertEquals(calls, calls("-Xmx1g"));
  }
}
