package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class BarrierSitesTest {
  private static final String SOURCE =
      """
      // __syncthreads() in a comment
      PB_DEVICE void await() {}
      /* and
         __syncthreads(); in another */
      void f() {
        __syncthreads();  // a wait
        wait_for<STAGES - 2>();
        if (x) __syncthreads (); // unseen: it is late
        int a;  // unseen: no barrier
        my__syncthreads();
      }
      template <int N>
      PB_DEVICE void wait_for() {
      """;

  @Test
  void callsAreFoundAndMarks() {
    final var calls = new TreeSet<String>();
    final var unseen = new TreeSet<String>();
    BarrierSites.add("a.cu", SOURCE, Set.of("__syncthreads", "wait_for"), calls, unseen);
    assertEquals(Set.of("a.cu:6", "a.cu:7", "a.cu:8"), calls);
    assertEquals(Set.of("a.cu:8", "a.cu:9"), unseen);
  }

  @Test
  void theKernelsHaveSome() throws IOException {
    final var sites = BarrierSites.of(Path.of("..", "kernels", "src", "main", "cuda"));
    assertTrue(sites.calls().size() > 50, sites::toString);
  }
}
