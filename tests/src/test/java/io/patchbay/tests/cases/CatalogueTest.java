package io.patchbay.tests.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A new op without a case fails here.
final class CatalogueTest {
  /// Ops through which no gradient passes.
  private static final Set<Class<? extends Op>> WITHOUT_GRADIENT =
      Set.of(
          Op.Normal.class,
          Op.Assign.class,
          Op.Propagate.class,
          Op.StopGradient.class,
          Op.State.class);

  private static final List<OpCase> ALL = Catalogue.all();

  private static Stream<Node> nodes(final OpCase opCase) {
    return opCase.draw(2, 1).graph().nodes().stream();
  }

  @Test
  void everyOpHasThreeShapes() {
    final var shapes = shapes(ALL);
    final Set<Class<?>> scalars = Set.of(Op.Constant.class, Op.Count.class);
    for (final var op : Op.class.getPermittedSubclasses()) {
      final int count = shapes.getOrDefault(op, Set.of()).size();
      assertTrue(
          count >= (scalars.contains(op) ? 1 : 3),
          () -> "too few shapes: op=" + op.getSimpleName() + ", shapes=" + count);
    }
  }

  /// What a gradient is checked on: three shapes of every op that has one, an odd size among them.
  @Test
  void everyGradientHasThreeShapes() {
    final var shapes = shapes(ALL.stream().filter(OpCase::gradients).toList());
    final Set<Class<?>> others = Set.of(Op.Constant.class, Op.Count.class, Op.Input.class);
    for (final var op : Op.class.getPermittedSubclasses()) {
      if (!WITHOUT_GRADIENT.contains(op) && !others.contains(op)) {
        final var found = shapes.getOrDefault(op, Set.of());
        assertTrue(
            found.size() >= 3,
            () -> "too few shapes: op=" + op.getSimpleName() + ", shapes=" + found);
        assertTrue(
            found.stream().anyMatch(shape -> shape.matches(".*[13579]\\D.*")),
            () -> "no odd size: op=" + op.getSimpleName() + ", shapes=" + found);
      }
    }
  }

  private static Map<Class<?>, Set<String>> shapes(final List<OpCase> cases) {
    final var shapes = new HashMap<Class<?>, Set<String>>();
    for (final var opCase : cases) {
      nodes(opCase)
          .forEach(node ->
              shapes
                  .computeIfAbsent(node.op().getClass(), k -> new HashSet<>())
                  .add(node.inputs().stream().map(Node::shape).toList() + " " + node.shape()));
    }
    return shapes;
  }

  @Test
  void everyFunctionHasThreeShapes() {
    final Map<Enum<?>, Set<String>> shapes = new HashMap<>();
    ALL.stream()
        .flatMap(CatalogueTest::nodes)
        .forEach(node ->
            kind(node.op())
                .ifPresent(k ->
                    shapes
                        .computeIfAbsent(k, x -> new HashSet<>())
                        .add(node.input(0).shape().toString())));
    Stream.of(Op.UnaryKind.values(), Op.BinaryKind.values(), Op.ReduceKind.values())
        .flatMap(Arrays::stream)
        .forEach(k ->
            assertTrue(shapes.getOrDefault(k, Set.of()).size() >= 3, () -> "too few shapes: " + k));
  }

  private static Optional<Enum<?>> kind(final Op op) {
    return switch (op) {
      case final Op.Unary u -> Optional.of(u.kind());
      case final Op.Binary b -> Optional.of(b.kind());
      case final Op.Reduce r -> Optional.of(r.kind());
      default -> Optional.empty();
    };
  }

  @Test
  void everyDifferentiableOpHasACaseWithGradients() {
    final Set<Class<?>> checked =
        ALL.stream()
            .filter(OpCase::gradients)
            .flatMap(CatalogueTest::nodes)
            .map(node -> node.op().getClass())
            .collect(Collectors.toSet());
    for (final var op : Op.class.getPermittedSubclasses()) {
      assertEquals(
          !WITHOUT_GRADIENT.contains(op), checked.contains(op), () -> "op=" + op.getSimpleName());
    }
  }

  @Test
  void convolutionsHaveFortyLayersAndFortyOtherShapes() {
    assertTrue(ConvShape.layers().size() >= 40);
    assertTrue(ConvShape.generic().size() >= 40);
    Stream.concat(ConvShape.layers().stream(), ConvShape.generic().stream())
        .forEach(s -> assertTrue(s.outHeight() > 0 && s.outWidth() > 0, s::toString));
  }

  @Test
  void namesAreUnique() {
    final var names = ALL.stream().map(OpCase::name).toList();
    assertEquals(new TreeSet<>(names).size(), names.size());
  }

  @Test
  void aSeedGivesTheSameValuesAndAnotherSeedOthers() {
    final var opCase = ALL.get(0);
    final var first = opCase.draw(3, 7).floats().values().iterator().next();
    assertArrayEquals(first, opCase.draw(3, 7).floats().values().iterator().next());
    assertTrue(!Arrays.equals(first, opCase.draw(3, 8).floats().values().iterator().next()));
  }
}
