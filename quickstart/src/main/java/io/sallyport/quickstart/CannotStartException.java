package io.sallyport.quickstart;

/** Why the quickstart cannot start: one line that says what was expected, what came and what to change. */
final class CannotStartException extends RuntimeException {
    CannotStartException(String line) {
        super(line);
    }

    CannotStartException(String line, Throwable cause) {
        super(line, cause);
    }

    /** Answers in one line why something failed. */
    static String reason(Throwable problem) {
        String message = problem.getMessage() == null ? "" : problem.getMessage();
        return message.lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse(problem.getClass().getSimpleName());
    }
}
