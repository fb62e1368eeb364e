package io.patchbay.analysis.causal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.data.Variable;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CausalGraphTest {
  /// Arrows as pairs of digits, such as `01 12`.
  static CausalGraph graph(final int factors, final String arrows) {
    final var set = new TreeSet<CausalGraph.Arrow>();
    for (final var arrow : arrows.isEmpty() ? new String[0] : arrows.split(" ", -1)) {
      set.add(new CausalGraph.Arrow(arrow.charAt(0) - '0', arrow.charAt(1) - '0'));
    }
    return new CausalGraph(factors, set);
  }

  @Test
  void theGeneratorsParentsAreTheArrows() {
    assertEquals(graph(4, "02 03 12 13"), CausalGraph.of(new Pendulum(32).variables()));
    final var orphan = new Variable("b", 0, 1, false, List.of("a"));
    assertThrows(IllegalArgumentException.class, () -> CausalGraph.of(List.of(orphan)));
  }

  @Test
  void impossibleArrowsAreRefused() {
    for (final var arrows : List.of("00", "02", "20")) {
      assertThrows(IllegalArgumentException.class, () -> graph(2, arrows), arrows);
    }
  }

  @Test
  void anUnseenMediatorLeavesAnArrowAcross() {
    final var chain = graph(4, "01 12 23");
    assertEquals(chain, chain.among(List.of(0, 1, 2, 3)));
    assertEquals(graph(4, "02 23"), chain.among(List.of(0, 2, 3)));
    assertEquals(graph(4, "03"), chain.among(List.of(0, 3)));
    assertEquals(graph(4, ""), chain.among(List.of(2)));
    // A common cause that is not seen makes no arrow, nor does a common effect.
    assertEquals(graph(3, ""), graph(3, "01 02").among(List.of(1, 2)));
    assertEquals(graph(3, ""), graph(3, "02 12").among(List.of(0, 1)));
    // Past a seen factor the path is that factor's.
    assertEquals(graph(4, "01 13"), graph(4, "01 12 23").among(List.of(0, 1, 3)));
  }

  @Test
  void aCycleOfUnseenFactorsEnds() {
    assertEquals(graph(4, "03"), graph(4, "01 12 21 23").among(List.of(0, 3)));
  }
}
