package io.patchbay.tests.conformance;

import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.Backends;
import io.patchbay.tests.cases.Catalogue;

/// Checks the `cpu` backend in a process of its own, because the instruction set is chosen once per
/// process, from `PATCHBAY_ISA`. Prints the device, then a line for each fault.
final class IsaRun {
  private IsaRun() {}

  public static void main(final String[] args) {
    final var provider = cpu();
    try (var check = new CaseCheck(provider::open)) {
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

  private static BackendProvider cpu() {
    return Backends.providers().stream()
        .filter(p -> p.name().equals("cpu"))
        .findFirst()
        .orElseThrow();
  }
}
