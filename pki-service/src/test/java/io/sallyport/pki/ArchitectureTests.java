package io.sallyport.pki;

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
            .importPackages("io.sallyport.pki");

    @Test
    void theTreeIsTheFlow() {
        String[] flow = {"api", "listener", "authority", "csr", "policy", "ledger", "ca"};
        for (int i = 1; i < flow.length; i++) {
            for (int j = 0; j < i; j++) {
                noClasses()
                        .that()
                        .resideInAPackage("io.sallyport.pki." + flow[i] + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.sallyport.pki." + flow[j] + "..")
                        .because(
                                "a request flows api → csr → policy → ledger → ca, and nothing knows what comes before it")
                        .check(CLASSES);
            }
        }
    }

    @Test
    void whatIsSignedKnowsNoSpring() {
        noClasses()
                .that()
                .resideInAnyPackage("io.sallyport.pki.ca..", "io.sallyport.pki.csr..", "io.sallyport.pki.policy..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework..")
                .because("the rules of issuance are plain Java, tested without a context")
                .check(CLASSES);
    }

    @Test
    void bouncyCastleStaysInTwoPackages() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.sallyport.pki.ca..", "io.sallyport.pki.csr..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("ASN.1 is read in csr and written in ca, and nowhere else")
                .check(CLASSES);
    }

    @Test
    void timeComesIn() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .because("tests move time by hand")
                .check(CLASSES);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("io.sallyport.pki.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a package that needs its user cannot be understood alone")
                .check(CLASSES);
    }

    @Test
    void thePkiKnowsNoGateway() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.sallyport.cache..",
                        "io.sallyport.gateway..",
                        "io.sallyport.identity..",
                        "io.sallyport.http..")
                .because("the authority stands alone")
                .check(CLASSES);
    }
}
