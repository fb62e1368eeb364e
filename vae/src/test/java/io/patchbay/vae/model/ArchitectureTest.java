package io.patchbay.vae.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.Shape;
import io.patchbay.vae.data.ImageShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
  private static final Axis ROWS = new Axis("rows");

  private static Vae vae(final Architecture architecture, final int side, final int channels) {
    return new Vae(
        architecture, new ImageShape(channels, side, side), 10, new Likelihood.Bernoulli());
  }

  private static Architecture named(final String name) {
    final var found = Architecture.named(name);
    if (found == null) {
      throw new AssertionError("no architecture: " + name);
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "conv4, 1, 764245",
    "locatello, 1, 690517",
    "locatello, 3, 692567",
    "burgess, 1, 502005"
  })
  void parameterCounts(final String name, final int channels, final long count) {
    assertEquals(count, vae(named(name), 64, channels).parameterCount());
  }

  @Test
  void theCatalogueHoldsThree() {
    assertEquals(
        List.of("conv4", "locatello", "burgess"),
        Architecture.catalogue().stream().map(Architecture::name).toList());
    assertNull(Architecture.named("conv5"));
  }

  @Test
  void sitesOfConv4() {
    final var graph = VaeGraph.sampled(vae(Architecture.CONV4, 64, 3), ROWS).graph();
    final var expected = new ArrayList<String>(List.of("input"));
    for (int k = 1; k <= 4; k++) {
      expected.addAll(List.of("encoder.conv" + k + ".pre", "encoder.conv" + k));
    }
    expected.addAll(
        List.of("encoder.fc1.pre", "encoder.fc1", "encoder.mu", "encoder.logvar", "latent.eps"));
    expected.addAll(List.of("latent.z", "decoder.fc1.pre", "decoder.fc1"));
    expected.addAll(List.of("decoder.fc2.pre", "decoder.fc2"));
    for (int k = 1; k <= 3; k++) {
      expected.addAll(List.of("decoder.convt" + k + ".pre", "decoder.convt" + k));
    }
    expected.addAll(List.of("output.logits", "output"));
    assertEquals(expected, List.copyOf(graph.sites().keySet()));
    expectShape(graph.sites(), "encoder.conv1", 32, 32, 32);
    expectShape(graph.sites(), "encoder.conv4.pre", 64, 4, 4);
    expectShape(graph.sites(), "encoder.fc1", 256);
    expectShape(graph.sites(), "latent.eps", 10);
    expectShape(graph.sites(), "decoder.fc2", 1024);
    expectShape(graph.sites(), "decoder.convt1", 64, 8, 8);
    expectShape(graph.sites(), "decoder.convt3", 32, 32, 32);
    expectShape(graph.sites(), "output", 3, 64, 64);
  }

  private static void expectShape(
      final Map<String, Node> sites, final String name, final int... dims) {
    final var node = sites.get(name);
    assertEquals(Shape.batched(ROWS, dims), node == null ? null : node.shape(), name);
  }

  @Test
  void sitesOfBurgessAndLocatello() {
    final var burgess = VaeGraph.analysis(vae(Architecture.BURGESS, 64, 1), ROWS).graph().sites();
    expectShape(burgess, "encoder.fc2.pre", 256);
    expectShape(burgess, "encoder.mu", 10);
    expectShape(burgess, "encoder.logvar", 10);
    expectShape(burgess, "decoder.fc3", 512);
    expectShape(burgess, "decoder.convt3", 32, 32, 32);
    assertTrue(!burgess.containsKey("latent.eps"));
    assertSame(burgess.get("encoder.mu"), burgess.get("latent.z"));
    final var locatello = VaeGraph.analysis(vae(Architecture.LOCATELLO, 64, 1), ROWS).graph();
    expectShape(locatello.sites(), "encoder.conv2", 32, 16, 16);
    expectShape(locatello.sites(), "encoder.conv3", 64, 8, 8);
    expectShape(locatello.sites(), "encoder.conv4", 64, 4, 4);
  }

  @ParameterizedTest
  @CsvSource({"64, 1", "96, 3", "65, 1", "63, 2", "17, 1", "32, 3"})
  void theOutputHasTheSizeOfTheInput(final int side, final int channels) {
    for (final var architecture : Architecture.catalogue()) {
      final var graph = VaeGraph.analysis(vae(architecture, side, channels), ROWS);
      assertEquals(graph.image().shape(), graph.decoded().output().shape());
    }
  }

  @Test
  void parametersHavePytorchsNamesAndLayouts() {
    final var shapes = vae(Architecture.CONV4, 64, 1).parameters();
    assertEquals(Shape.of(32, 1, 4, 4), shapes.get("encoder.conv1.weight"));
    assertEquals(Shape.of(64, 32, 4, 4), shapes.get("encoder.conv3.weight"));
    assertEquals(Shape.of(256, 1024), shapes.get("encoder.fc1.weight"));
    assertEquals(Shape.of(256), shapes.get("encoder.fc1.bias"));
    assertEquals(Shape.of(10, 256), shapes.get("encoder.mu.weight"));
    assertEquals(Shape.of(1024, 256), shapes.get("decoder.fc2.weight"));
    assertEquals(Shape.of(64, 32, 4, 4), shapes.get("decoder.convt2.weight"));
    assertEquals(Shape.of(32, 1, 4, 4), shapes.get("decoder.convt4.weight"));
    assertEquals(Shape.of(1), shapes.get("decoder.convt4.bias"));
    final var pairs = vae(Architecture.BURGESS, 64, 1).parameters();
    assertEquals(Shape.of(20, 256), pairs.get("encoder.mu_logvar.weight"));
  }

  @Test
  void denseNetsHaveNoConvolutions() {
    final var dense =
        Architecture.mirrored(
            "dense",
            List.of(),
            List.of(7),
            Architecture.Heads.SEPARATE,
            Initialisation.GLOROT_UNIFORM);
    final var graph = VaeGraph.analysis(vae(dense, 5, 1), ROWS);
    assertEquals(
        List.of(
            "input",
            "encoder.fc1.pre",
            "encoder.fc1",
            "encoder.mu",
            "encoder.logvar",
            "latent.z",
            "decoder.fc1.pre",
            "decoder.fc1",
            "output.logits",
            "output"),
        List.copyOf(graph.graph().sites().keySet()));
  }

  @Test
  void initialValuesFollowTheirRule() {
    final var glorot = vae(Architecture.CONV4, 64, 1).initial(3);
    // conv3: fan-in 32 * 16, fan-out 64 * 16.
    expectUniform(values(glorot, "encoder.conv3.weight"), Math.sqrt(6 / (512.0 + 1024)));
    expectUniform(values(glorot, "encoder.fc1.weight"), Math.sqrt(6 / (1024.0 + 256)));
    assertArrayEquals(new float[256], values(glorot, "encoder.fc1.bias"));
    final var kaiming = vae(Architecture.BURGESS, 64, 1).initial(3);
    expectUniform(values(kaiming, "encoder.fc1.weight"), Math.sqrt(6 / 512.0));
    // A transposed convolution's fan-in is out * kh * kw.
    expectUniform(values(kaiming, "decoder.convt1.weight"), Math.sqrt(6 / 512.0));
    expectUniform(values(kaiming, "encoder.fc1.bias"), Math.sqrt(1 / 512.0));
  }

  private static float[] values(final Map<String, float[]> all, final String name) {
    final var values = all.get(name);
    if (values == null) {
      throw new AssertionError("no values: " + name);
    }
    return values;
  }

  private static void expectUniform(final float[] values, final double bound) {
    double squares = 0;
    double largest = 0;
    for (final float value : values) {
      squares += (double) value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= bound, "bound");
    assertTrue(largest > 0.97 * bound, "the whole range");
    assertEquals(1.0 / 3, squares / values.length / bound / bound, 0.07, "variance");
  }

  @Test
  void initialValuesDependOnSeedAndParameterAlone() {
    final var one = vae(Architecture.CONV4, 64, 1).initial(7);
    final var same = vae(Architecture.CONV4, 64, 1).initial(7);
    final var other = vae(Architecture.CONV4, 64, 1).initial(8);
    final var name = "encoder.conv2.weight";
    assertArrayEquals(values(one, name), values(same, name));
    assertNotEquals(values(one, name)[0], values(other, name)[0]);
    assertNotEquals(values(one, name)[0], values(one, "decoder.convt3.weight")[0]);
  }

  @Test
  void wrongNetsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> vae(Architecture.CONV4, 8, 1));
    assertThrows(IllegalArgumentException.class, () -> new ConvLayer(0, 4, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new ConvLayer(4, 4, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new ConvLayer(4, 4, 2, 4));
    assertThrows(IllegalArgumentException.class, () -> new Likelihood.Gaussian(0, true));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Vae(Architecture.CONV4, new ImageShape(1, 64, 64), 0, new Likelihood.Bernoulli()));
  }
}
