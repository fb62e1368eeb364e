package io.patchbay.tests.conformance;

import io.patchbay.kernels.cpu.CpuBackend;
import io.patchbay.tests.cases.Catalogue;

/// Checks the `cpu` backend in a process of its own, because the instruction set is chosen once per
/// process, from `PATCHBAY_ISA`, with a fence around every buffer. Prints the device, then a line
/// for each fault.
final class IsaRun {
  private IsaRun() {}

  public static void main(final String[] args) {
    try (var check = new CaseCheck(s -> CpuBackend.fenced(s, null, true))) {
      System.out.println("device=" + check.device());
      int cases = 0;
      for (final var opCase : Catalogue.all()) {
        for (final var fault : check.mainFaults(opCase)) {
          System.out.println("fault=" + opCase.name() + ": " + fault);
        }
        cases++;
      }
      System.out.println("cases=" + cases);
    } catch (final RuntimeException e) {
      System.out.println("refused=" + e.getMessage());
    }
  }
}
