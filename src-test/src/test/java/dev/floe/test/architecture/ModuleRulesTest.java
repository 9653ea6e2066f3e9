package dev.floe.test.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may import whom. {@code cli} is the only module that sees all others. */
@AnalyzeClasses(packages = "dev.floe", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRulesTest {
  private static final String FLOE = "dev.floe..";

  @ArchTest static final ArchRule protocolImportsNoOtherModule = module("protocol");

  @ArchTest static final ArchRule sweepsImportsProtocol = module("sweeps", "protocol");

  @ArchTest static final ArchRule workerImportsProtocol = module("worker", "protocol");

  @ArchTest
  static final ArchRule coordinatorImportsSweepsAndProtocol =
      module("coordinator", "sweeps", "protocol");

  @ArchTest static final ArchRule dashboardsImportsProtocol = module("dashboards", "protocol");

  @ArchTest
  static final ArchRule onlyWorkerImportsDjl =
      noClasses()
          .that(not(resideInAPackage("dev.floe.worker..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule sweepsIsPureJava =
      noClasses()
          .that()
          .resideInAPackage("dev.floe.sweeps..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.pekko..", "ai.djl..");

  @ArchTest
  static final ArchRule packagesAreModuleAndRoom =
      classes()
          .should()
          .resideInAnyPackage(
              "dev.floe.protocol",
              "dev.floe.sweeps",
              "dev.floe.worker",
              "dev.floe.coordinator",
              "dev.floe.dashboards",
              "dev.floe.cli",
              "dev.floe.protocol.*",
              "dev.floe.sweeps.*",
              "dev.floe.worker.*",
              "dev.floe.coordinator.*",
              "dev.floe.dashboards.*",
              "dev.floe.cli.*");

  /** A module's own package holds what composes its rooms or serves all of them. */
  @ArchTest
  static final ArchRule roomsHaveNoCycles =
      slices().matching("dev.floe.(*).(*)..").should().beFreeOfCycles();

  /** A rule about classes that were not looked at would hold too. */
  @ArchTest
  static void everyModuleIsLookedAt(JavaClasses classes) {
    for (String module :
        new String[] {"protocol", "sweeps", "worker", "coordinator", "dashboards", "cli"}) {
      assertThat(classes.that(resideInAPackage("dev.floe." + module + ".."))).isNotEmpty();
    }
  }

  private static ArchRule module(String name, String... imports) {
    String[] allowed = new String[imports.length + 1];
    allowed[0] = "dev.floe." + name + "..";
    for (int i = 0; i < imports.length; i++) {
      allowed[i + 1] = "dev.floe." + imports[i] + "..";
    }
    return noClasses()
        .that()
        .resideInAPackage(allowed[0])
        .should()
        .dependOnClassesThat(resideInAPackage(FLOE).and(not(resideInAnyPackage(allowed))));
  }
}
