package io.sallyport.edge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTests {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.sallyport.edge");

    @Test
    void itKnowsNeitherTheOtherGateNorThePki() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.sallyport.regional..", "io.sallyport.pki..", "io.sallyport.quickstart..")
                .because("the gates meet on the wire only, so that each can be replaced and rolled out alone")
                .check(CLASSES);
    }

    @Test
    void itLeavesTheCachesInsideToTheGate() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.sallyport.cache.rule..", "io.sallyport.cache.store..", "io.sallyport.cache.engine..")
                .because("what both gates do is said once, in gateway-common")
                .check(CLASSES);
    }

    @Test
    void bouncyCastleIsNotNeededHere() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("certificates are the business of the PKI and of the node's identity")
                .check(CLASSES);
    }

    @Test
    void wiringIsNotPublic() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Configuration")
                .should()
                .notBePublic()
                .because("wiring is found by Spring, not called")
                .check(CLASSES);
    }

    @Test
    void noCycles() {
        slices().matching("io.sallyport.edge.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a newcomer reads the packages in one order")
                .check(CLASSES);
    }

    @Test
    void wallClockTimeComesIn() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .because("time is a value that tests move by hand")
                .check(CLASSES);
    }
}
