package io.sallyport;

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
            .importPackages("io.sallyport");

    private static final String JAVA = "java..";
    private static final String NULLNESS = "org.jspecify..";

    /** What is below the gate, without its connections past Spring. */
    private static final String OTHERS = "io.sallyport.gateway."
            + "[answer|client|console|fetch|hit|management|observe|pass|reload|request|route|setting|tls|upstream]..";

    @Test
    void httpKnowsOnlyJava() {
        classes()
                .that()
                .resideInAPackage("io.sallyport.http")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.sallyport.http", JAVA, NULLNESS, "org.greenbytes.http.sfv..")
                .because("the words of RFC 9110 mean the same whatever server speaks them")
                .check(CLASSES);
    }

    @Test
    void valuesAndRulesOfTheCacheArePure() {
        classes()
                .that()
                .resideInAnyPackage("io.sallyport.cache", "io.sallyport.cache.rule")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.sallyport.cache", "io.sallyport.cache.rule", "io.sallyport.http", JAVA, NULLNESS)
                .because("rules that need no server are tested without one, and say what the RFC says")
                .check(CLASSES);
    }

    @Test
    void theCachesValuesDoNotKnowItsRules() {
        noClasses()
                .that()
                .resideInAPackage("io.sallyport.cache")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.sallyport.cache.rule", "io.sallyport.cache.store", "io.sallyport.cache.engine")
                .because("a value is judged by rules and does not judge itself")
                .check(CLASSES);
    }

    @Test
    void theStoreKnowsBuffersAndNothingAboveIt() {
        classes()
                .that()
                .resideInAPackage("io.sallyport.cache.store")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.sallyport.cache",
                        "io.sallyport.cache.store",
                        "io.sallyport.http",
                        JAVA,
                        NULLNESS,
                        "com.github.benmanes.caffeine..",
                        "io.netty.buffer",
                        "io.netty.util..")
                .because("where responses live must not depend on how they are asked for")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNeitherSpringNorChannels() {
        noClasses()
                .that()
                .resideInAPackage("io.sallyport.cache..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..",
                        "reactor.netty..",
                        "io.netty.channel..",
                        "io.netty.handler..",
                        "io.sallyport.gateway..",
                        "io.sallyport.identity..")
                .because("the cache is an HTTP cache before it is a part of a gateway")
                .check(CLASSES);
    }

    @Test
    void identityKnowsNoSpringAndNoCache() {
        noClasses()
                .that()
                .resideInAPackage("io.sallyport.identity..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.sallyport.gateway..", "io.sallyport.cache..")
                .because("who a node is does not depend on what it serves")
                .check(CLASSES);
    }

    @Test
    void theDirectWayKnowsNoSpring() {
        noClasses()
                .that()
                .resideInAPackage("io.sallyport.gateway.direct")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.sallyport.gateway", OTHERS, "io.sallyport.identity..")
                .because("it is there to go past Spring, and what it says and to whom is decided by who calls it")
                .check(CLASSES);
    }

    @Test
    void nothingKnowsTheWiring() {
        noClasses()
                .that()
                .resideInAPackage("io.sallyport.gateway.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.sallyport.gateway")
                .because("the gate stands above its parts, and a part can be read without it")
                .check(CLASSES);
    }

    @Test
    void bouncyCastleOnlyMakesCertificationRequests() {
        noClasses()
                .that()
                .doNotHaveSimpleName("CertificationRequest")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .because("gates trust the platform's certificates and TLS; only a PKCS #10 request is beyond the JDK")
                .check(CLASSES);
    }

    @Test
    void noCycles() {
        slices().matching("io.sallyport.(**)")
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
