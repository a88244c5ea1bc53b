package org.novagpubinder;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The direction in which the packages depend on each other. */
class LayersTest {
    private static final String ROOT = "org.novagpubinder.";

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.novagpubinder");

    @Test
    void thePlannerKnowsHostValuesAndNothingElse() {
        classes()
                .that()
                .resideInAPackage(ROOT + "placement..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "placement..", ROOT + "host..", "java..", "org.jspecify..")
                .check(OURS);
    }

    @Test
    void thePlannerDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "placement..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.concurrent..", "java.time..")
                .check(OURS);
    }

    @Test
    void theHostKnowsNoOtherPackageOfOurs() {
        onlyDependOn("host").check(OURS);
    }

    @Test
    void theConfigurationKnowsHostValues() {
        onlyDependOn("config", "host").check(OURS);
    }

    @Test
    void notificationsKnowTheConfiguration() {
        onlyDependOn("notification", "config", "host").check(OURS);
    }

    @Test
    void domainsKnowHostAndPlacementValues() {
        onlyDependOn("domain", "host", "placement").check(OURS);
    }

    @Test
    void whatAStartNeedsIsKnownFromDomainsAndTheHost() {
        onlyDependOn("start", "config", "domain", "host", "placement").check(OURS);
    }

    @Test
    void picturesKnowValuesAndWhoGivesThem() {
        onlyDependOn("picture", "binding", "config", "domain", "host", "notification", "placement")
                .check(OURS);
    }

    @Test
    void drawingDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "picture..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio.file..", "java.net..")
                .check(OURS);
    }

    @Test
    void checksLookAtWhatIsThereAndOnlyTheCommandLineKnowsThem() {
        onlyDependOn("check", "config", "notification", "domain", "host", "placement", "restarts", "start")
                .check(OURS);
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "check..", ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "check..")
                .check(OURS);
    }

    @Test
    void whatAnOperatorSeesIsKnownToNobodyButTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "cli..", ROOT + "observability..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "observability..")
                .check(OURS);
    }

    @Test
    void nobodyKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "cli..")
                .check(OURS);
    }

    @Test
    void packagesDependOnEachOtherInOneDirectionOnly() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(OURS);
    }

    private static com.tngtech.archunit.lang.ArchRule onlyDependOn(String name, String... others) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(others))
                .map(p -> ROOT + p + "..")
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> notAllowed = resideInAPackage("org.novagpubinder..")
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed)));
        return noClasses()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .dependOnClassesThat(notAllowed)
                .allowEmptyShould(false);
    }
}
