package org.novagpubinder;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
                .resideInAnyPackage(ROOT + "placement..", ROOT + "host.topology", "java..", "org.jspecify..")
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
    void aGuestsDevicesAreKnownFromItsDefinitionAndTheHost() {
        onlyDependOn("passthrough", "domain", "host", "placement").check(OURS);
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

    /** The rooms of each family of packages, from the bottom up: a room knows only those before it. */
    private static final List<List<String>> ROOMS = List.of(
            List.of(
                    "binding.work",
                    "binding.nova",
                    "binding.decision",
                    "binding.policy",
                    "binding.definition",
                    "binding.inventory",
                    "binding.steps",
                    "binding.restart",
                    "binding.release",
                    "binding.early",
                    "binding.apply",
                    "binding.rehearsal",
                    "binding.report",
                    "binding.daemon"),
            List.of("check.result", "check.broker", "check.config", "check.host", "check.libvirt", "check"),
            List.of("cli.terminal", "cli.files", "cli.live", "cli.daemon", "cli.render", "cli"),
            List.of("config.oslo", "config.settings", "config"),
            List.of(
                    "domain.xml",
                    "domain.record",
                    "domain.libvirt",
                    "domain.needs",
                    "domain.definition",
                    "domain.connection"),
            List.of("host.common", "host.topology", "host.files", "host.sysfs", "host.proc", "host"),
            List.of("notification.decode", "notification.amqp", "notification"),
            List.of("observability.http", "observability.metrics", "observability.systemd", "observability"),
            List.of("picture.svg", "picture", "picture.page"),
            List.of("placement.model", "placement.load", "placement.search", "placement", "placement.whatif"));

    private static final int MOST_FILES = 20;

    @Test
    void roomsKnowOnlyThoseBelowThem() {
        for (List<String> family : ROOMS) {
            for (int i = 0; i < family.size() - 1; i++) {
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + family.get(i))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(family.subList(i + 1, family.size()).stream()
                                .map(r -> ROOT + r)
                                .toArray(String[]::new))
                        .allowEmptyShould(false)
                        .check(OURS);
            }
        }
    }

    @Test
    void everyRoomOfAFamilyHasItsPlace() {
        List<String> families = ROOMS.stream()
                .map(f -> (f.get(0) + ".").replaceFirst("\\..*", "."))
                .toList();
        assertThat(OURS.stream().map(JavaClass::getPackageName).map(p -> p.substring(ROOT.length())))
                .filteredOn(p -> families.stream().anyMatch((p + ".")::startsWith))
                .isSubsetOf(ROOMS.stream().flatMap(List::stream).toList());
    }

    @Test
    void aPackageCanBeReadInOneGo() {
        Map<String, Long> files = OURS.stream()
                .filter(c -> c.isTopLevelClass() && !c.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files)
                .allSatisfy((name, count) ->
                        assertThat(count).as("files in %s: split it", name).isLessThanOrEqualTo(MOST_FILES));
    }

    @Test
    void noPackageIsPartOfACircle() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void whoOnlyTellsCannotTouchAGuest() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "check..", ROOT + "observability..", ROOT + "picture..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "binding.apply",
                        ROOT + "binding.early",
                        ROOT + "binding.rehearsal",
                        ROOT + "binding.restart",
                        ROOT + "binding.release")
                .check(OURS);
    }

    @Test
    void libvirtIsKnownByItsInterfaceButToWhoeverOpensAConnection() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + "domain..", ROOT + "binding.daemon", ROOT + "check.libvirt", ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "domain.connection")
                .check(OURS);
    }

    /** Guice hashes a module, and the hash of a record reads all that is in it: the whole configuration at each start. */
    @Test
    void aModuleIsNoRecord() {
        classes()
                .that()
                .implement(com.google.inject.Module.class)
                .should()
                .notBeRecords()
                .check(OURS);
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
