package io.sallyport.pki.command;

import io.sallyport.pki.ca.ceremony.CeremonyCommand;
import java.util.Arrays;
import java.util.OptionalInt;

/** What the jar does other than serving, by its first argument: {@code ceremony}, {@code trial}, {@code token}. */
public final class Commands {
    private Commands() {}

    /** Runs the command that the arguments begin with; answers its exit code, or nothing where there is none. */
    public static OptionalInt run(String... arguments) {
        if (arguments.length == 0) {
            return OptionalInt.empty();
        }
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        return switch (arguments[0]) {
            case "ceremony" -> OptionalInt.of(CeremonyCommand.run(rest));
            case "trial" -> OptionalInt.of(TrialCommand.run(rest));
            case "token" -> OptionalInt.of(TokenCommand.run(rest));
            default -> OptionalInt.empty();
        };
    }
}
