package io.patchbay.tests.layout;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Which module may see which, and who may call what is dangerous.
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.patchbay");

  /// Far fewer classes than a module has: under this the scan has missed it.
  private static final Map<String, Integer> FEWEST =
      Map.of("ffi", 5, "engine", 40, "kernels", 40, "vae", 60, "analysis", 60, "tests", 8);

  /// Packages of the modules that each module sees, beside its own.
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "ffi", Set.of(),
          "engine", Set.of(),
          "kernels", Set.of("ffi", "engine"),
          "vae", Set.of("engine"),
          "analysis", Set.of("engine", "vae"),
          "tests", Set.of("engine", "kernels", "vae", "analysis"));

  /// The methods that need native access (`@Restricted` in the JDK).
  private static final Map<Class<?>, Set<String>> RESTRICTED =
      Map.of(
          MemorySegment.class, Set.of("reinterpret"),
          Linker.class, Set.of("downcallHandle", "upcallStub"),
          SymbolLookup.class, Set.of("libraryLookup"),
          AddressLayout.class, Set.of("withTargetLayout"),
          System.class, Set.of("load", "loadLibrary"),
          Runtime.class, Set.of("load", "loadLibrary"));

  @Test
  void theScanSeesEveryModule() {
    FEWEST.forEach((module, fewest) -> {
      final long count = CLASSES.stream().filter(c -> isIn(c, module)).count();
      assertTrue(count >= fewest, () -> "module=" + module + ", classes=" + count);
    });
  }

  private static boolean isIn(final JavaClass c, final String module) {
    final var packageName = c.getPackageName();
    final var own = "io.patchbay." + module;
    return packageName.equals(own) || packageName.startsWith(own + ".");
  }

  @TestFactory
  Stream<DynamicTest> seesOnlyWhatItMay() {
    return ARROWS.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> checkArrows(e.getKey(), e.getValue())));
  }

  private static void checkArrows(final String module, final Set<String> seen) {
    final DescribedPredicate<JavaClass> allowed =
        describe(
            "in " + module + " or " + seen,
            c ->
                !c.getPackageName().startsWith("io.patchbay")
                    || isIn(c, module)
                    || seen.stream().anyMatch(other -> isIn(c, other)));
    classes()
        .that()
        .resideInAPackage("io.patchbay." + module + "..")
        .should()
        .onlyDependOnClassesThat(allowed)
        .check(CLASSES);
  }

  /// A package sees no package that sees it, whichever are between.
  @TestFactory
  Stream<DynamicTest> itsPackagesHaveNoCycles() {
    return FEWEST.keySet().stream()
        .map(module -> DynamicTest.dynamicTest(module, () -> checkCycles(module)));
  }

  private static void checkCycles(final String module) {
    final var packages =
        new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(final JavaClass c) {
            return isIn(c, module)
                ? SliceIdentifier.of(c.getPackageName())
                : SliceIdentifier.ignore();
          }

          @Override
          public String getDescription() {
            return "packages of " + module;
          }
        };
    slices().assignedFrom(packages).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theEngineNeedsNothingButTheBaseModule() {
    final var base = ModuleLayer.boot().findModule("java.base").orElseThrow().getPackages();
    final DescribedPredicate<JavaClass> allowed =
        describe(
            "of java.base",
            c ->
                isIn(c, "engine")
                    || c.getBaseComponentType().isPrimitive()
                    || base.contains(c.getBaseComponentType().getPackageName())
                    || c.getPackageName().equals("org.jspecify.annotations"));
    classes()
        .that()
        .resideInAPackage("io.patchbay.engine..")
        .should()
        .onlyDependOnClassesThat(allowed)
        .check(CLASSES);
  }

  @Test
  void onlyNativeAndKernelsMakeRestrictedCalls() {
    final DescribedPredicate<JavaAccess<?>> restricted =
        describe(
            "that need native access",
            access ->
                RESTRICTED.entrySet().stream()
                    .anyMatch(e ->
                        access.getTargetOwner().isAssignableTo(e.getKey())
                            && e.getValue().contains(access.getName())));
    noClasses()
        .that()
        .resideOutsideOfPackages("io.patchbay.ffi..", "io.patchbay.kernels..")
        .should()
        .accessTargetWhere(restricted)
        .check(CLASSES);
    assertTrue(
        CLASSES.stream()
            .filter(c -> isIn(c, "ffi"))
            .flatMap(c -> c.getAccessesFromSelf().stream())
            .anyMatch(restricted),
        "the rule finds the calls that there are");
  }

  @Test
  void librariesDoNotPrint() {
    final DescribedPredicate<JavaAccess<?>> prints =
        describe(
            "that print",
            access ->
                access.getName().equals("printStackTrace")
                    || (access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(access.getName())));
    noClasses()
        .that()
        .resideOutsideOfPackages("io.patchbay.analysis.cli..", "io.patchbay.bench..")
        .should()
        .accessTargetWhere(prints)
        .check(CLASSES);
  }
}
