package io.sallyport.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.LoggerFactory;

/**
 * Lets the JVM spend less on code that runs hot only while an application starts: what Spring does to its configuration,
 * reflection, and the loading of classes. The second compiler (C2) would take more of two cores for it than the start
 * itself, and nothing is left of that afterwards; the first (C1) compiles it. What answers requests must stay off the list: what
 * C2 must not compile it cannot inline either.
 */
public final class LeanStart {
    private static final String REFLECTION = "jdk.reflect.useNativeAccessorOnly";
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
    private static final String FLIGHT_RECORDER_EVENTS = "io.netty.jfr.enabled";
    private static final String KEY_STORE_ITERATIONS = "keystore.pkcs12.keyPbeIterationCount";
    private static final String DIRECTIVES = "start.directives";

    private LeanStart() {}

    /**
     * Tells the JVM, as the first thing in a process. One whose command line says how it reflects has been told there, as in
     * the images; one that cannot be told starts as it would have.
     */
    public static void prepareJvm() {
        // Netty would follow one buffer of 128 with stack traces; a build's tests follow them all.
        presume(LEAK_DETECTION, "disabled");
        // Netty's first buffer would load the JDK's flight recorder for events of its allocator.
        presume(FLIGHT_RECORDER_EVENTS, "false");
        // Boot puts a bundle of PEM files into a PKCS #12 store in memory, where the many rounds of PBKDF2 guard
        // nothing each time that the key goes in or comes out. Stores that are files say their own count.
        presume(KEY_STORE_ITERATIONS, "1");
        if (System.getProperty(REFLECTION) == null) {
            // Spring calls a method by reflection once or twice; a method handle for each costs more than it saves.
            System.setProperty(REFLECTION, "true");
            Thread.ofPlatform().daemon().name("lean-start").start(LeanStart::directCompilers);
        }
    }

    private static void presume(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void directCompilers() {
        try {
            var _ = tell();
        } catch (IOException | JMException e) {
            LoggerFactory.getLogger(LeanStart.class).debug("the JVM takes no compiler directives", e);
        }
    }

    /** Hands the directives to the JVM and answers what it says. */
    static Object tell() throws IOException, JMException {
        Path file = Files.createTempFile("sallyport-start", ".directives");
        try (InputStream directives =
                Objects.requireNonNull(LeanStart.class.getResourceAsStream(DIRECTIVES), DIRECTIVES)) {
            Files.copy(directives, file, StandardCopyOption.REPLACE_EXISTING);
            return ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "compilerDirectivesAdd",
                            new Object[] {new String[] {file.toString()}},
                            new String[] {String[].class.getName()});
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
