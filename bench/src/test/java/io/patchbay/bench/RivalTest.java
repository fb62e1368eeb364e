package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class RivalTest {
  @Test
  void layersMeetTheOneThatWasAskedForWhereItHasLayers() {
    assertEquals("onednn", BenchRun.rival(Workload.E1, "libtorch"));
    assertEquals("onednn", BenchRun.rival(Workload.E1, "onednn"));
    assertEquals("onednn-own", BenchRun.rival(Workload.E1, "onednn-own"));
    assertEquals("openblas", BenchRun.rival(Workload.E1, "openblas"));
    assertEquals("libtorch", BenchRun.rival(Workload.DECODE, "libtorch"));
  }
}
