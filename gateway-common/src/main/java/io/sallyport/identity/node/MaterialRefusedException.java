package io.sallyport.identity.node;

import io.sallyport.identity.IdentityException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Key material in a file that cannot be served. */
final class MaterialRefusedException extends IdentityException {
    private final transient IdentityProblem problem;
    private final transient Path file;

    MaterialRefusedException(IdentityProblem problem, Path file, IdentityException cause) {
        super(withFile(file, String.valueOf(cause.getMessage())), cause);
        this.problem = problem;
        this.file = file;
    }

    private static String withFile(Path file, String message) {
        return message.contains(file.toString()) ? message : file + ": " + message;
    }

    /** Names the file in which a step goes wrong. */
    static <T> T in(IdentityProblem problem, Path file, Supplier<T> step) {
        try {
            return step.get();
        } catch (MaterialRefusedException e) {
            throw e;
        } catch (IdentityException e) {
            throw new MaterialRefusedException(problem, file, e);
        }
    }

    IdentityProblem problem() {
        return problem;
    }

    Path file() {
        return file;
    }
}
