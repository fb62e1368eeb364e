package io.patchbay.ffi.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Why CUDA is absent, in one line, and where its libraries are looked for.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CudaDriverTest {
  /// A library that needs what nobody has.
  private static final String NEEDS = "extern int missing; int *value = &missing;\n";

  @TempDir private Path folder = Path.of("");

  private Path built = Path.of("");
  private FakeDriver driver;

  @BeforeAll
  void build(@TempDir final Path other) throws IOException, InterruptedException {
    built = other;
    driver = FakeDriver.build(other);
  }

  @AfterEach
  void forget() {
    driver.reset();
  }

  private CudaLibraries libraries(final Map<String, String> environment) {
    return new CudaLibraries(environment, folder.resolve("usr"), List.of(folder.resolve("sys")));
  }

  private Path touch(final String file) throws IOException {
    final var path = folder.resolve(file);
    Files.createDirectories(path.resolveSibling(""));
    return Files.writeString(path, "no library");
  }

  @Test
  void noLibraryAndOneThatDoesNotLoadAreSaid() throws IOException, InterruptedException {
    final var absent = new CudaLibraries(Map.of(), folder, List.of());
    assertEquals(Optional.empty(), absent.load("libcuda_of_nobody.so.1"));
    assertTrue(
        absent
            .absence("libcuda_of_nobody.so.1")
            .startsWith("libcuda_of_nobody.so.1 not found: it is in none of the loader's folders"),
        () -> absent.absence("libcuda_of_nobody.so.1"));
    final var file = folder.resolve("sys/libneeds.so");
    Files.createDirectory(folder.resolve("sys"));
    final var source = Files.writeString(folder.resolve("needs.cpp"), NEEDS);
    Compiler.run(List.of("-shared", "-fPIC", source.toString(), "-o", file.toString()));
    assertEquals(Optional.empty(), libraries(Map.of()).load("libneeds.so"));
    assertEquals("libneeds.so does not load: " + file, libraries(Map.of()).absence("libneeds.so"));
  }

  @Test
  void librariesAreLookedForFromTheNearestToTheFarthest() throws IOException {
    final var name = "libx.so";
    final var expected =
        List.of(
            touch("own/lib/libx.so"),
            touch("own/cu13/lib/libx.so"),
            touch("ld/libx.so"),
            touch("home/lib64/libx.so"),
            touch("usr/cuda-13.10/lib64/libx.so"),
            touch("usr/cuda-13.2/targets/x86_64-linux/lib/libx.so"),
            touch("usr/cuda-9.1/lib64/libx.so"),
            touch("sys/libx.so"));
    touch("usr/other/lib64/libx.so");
    final var found =
        libraries(
                Map.of(
                    "PATCHBAY_CUDA_LIBRARIES",
                    folder.resolve("own").toString(),
                    "LD_LIBRARY_PATH",
                    "/nowhere:" + folder.resolve("ld"),
                    "CUDA_HOME",
                    folder.resolve("home").toString()))
            .files(name);
    assertEquals(expected, found);
  }

  @Test
  void aLibraryThatIsLoadedHasAFile() throws IOException {
    assertEquals(Optional.empty(), CudaLibraries.loaded("libof_nobody.so"));
    assertEquals(
        Optional.of(built.resolve("libcuda.so.1").toRealPath()),
        CudaLibraries.loaded("libcuda.so.1"));
  }

  @Test
  void aDriverThatLacksAFunctionIsRefusedByName() {
    final var whole = driver.library();
    final SymbolLookup older =
        name ->
            name.startsWith("cuGraph") || name.startsWith("cuLaunchKernel")
                ? Optional.empty()
                : whole.find(name);
    final var e = assertThrows(CudaUnavailableException.class, () -> CudaDriver.open(older));
    assertEquals(
        "the CUDA driver is too old: CUDA 13.0 (driver 580) has what is used, here is no"
            + " cuGraphInstantiateWithFlags, cuGraphLaunch, cuGraphExecDestroy, cuGraphDestroy,"
            + " cuLaunchKernel, cuLaunchKernelEx",
        e.getMessage());
  }

  @Test
  void aDriverWithoutADeviceOrInDisorderIsSaid() {
    driver.fail("cuInit", 1, 100);
    assertEquals("no CUDA device", refusal());
    driver.fail("cuInit", 1, 803);
    assertEquals(
        "the CUDA driver does not start: call=cuInit, code=803 CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,"
            + " text=system has unsupported display driver",
        refusal());
    assertEquals(2, CudaDriver.open(driver.library()).devices());
    assertEquals(
        "no such CUDA device: cuda:2, devices=2",
        assertThrows(CudaUnavailableException.class, () -> driver.device(2).close()).getMessage());
  }

  private Gpus gpus(final int first, final int second) {
    driver.capability(0, first);
    driver.capability(1, second);
    return Gpus.of(CudaDriver.open(driver.library()), new Capability(8, 0));
  }

  @Test
  void gpusThatAreTooOldAreSaid() {
    final var both = gpus(75, 61);
    final var old =
        "GPU Fake A (cuda:0) has compute capability 7.5, GPU Fake B (cuda:1) has compute"
            + " capability 6.1, the kernels need 8.0 or more";
    assertEquals(Optional.of(old), both.absence());
    assertEquals(
        Optional.of("GPU Fake A has compute capability 7.5, the kernels need 8.0 or more"),
        new Gpus(both.all().subList(0, 1), both.least()).absence());
    assertEquals(Optional.empty(), gpus(80, 75).absence());
    assertEquals(Optional.empty(), gpus(75, 120).absence());
  }

  /// One of several is refused by its number, and the others are named.
  @Test
  void anOldGpuAmongOthersIsRefusedByItsNumber() {
    final var gpus = gpus(79, 90);
    final var reason =
        "GPU Fake A (cuda:0) has compute capability 7.9, the kernels need 8.0 or more; GPU Fake B"
            + " (cuda:1) has compute capability 9.0";
    assertEquals(Optional.of(reason), gpus.absence(0));
    assertEquals(Optional.empty(), gpus.absence(1));
    assertEquals(Optional.empty(), gpus.absence(2), "there is none, which is said otherwise");
    final var opened = CudaDriver.open(driver.library());
    final var e =
        assertThrows(
            CudaUnavailableException.class, () -> CudaDevice.requireYoung(opened, 0, gpus.least()));
    assertEquals(reason, e.getMessage());
    CudaDevice.requireYoung(opened, 1, gpus.least());
    assertEquals(
        Optional.of("GPU Fake A (cuda:0) has compute capability 3.5, the kernels need 8.0 or more"),
        gpus(35, 30).absence(0));
  }

  private String refusal() {
    return String.valueOf(
        assertThrows(CudaUnavailableException.class, () -> CudaDriver.open(driver.library()))
            .getMessage());
  }
}
