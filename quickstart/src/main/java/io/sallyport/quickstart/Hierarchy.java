package io.sallyport.quickstart;

import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.ca.ceremony.AdminPlan;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.pki.ca.ceremony.IssuingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The root, issuing CA, admin and customer-side certificates in the state directory, made by the PKI's own ceremony. */
final class Hierarchy {
    /** A certificate that ends sooner than this is made anew at a start. */
    private static final Duration ENOUGH = Duration.ofDays(1);

    private final StateDirectory state;
    private final InstantSource clock;

    Hierarchy(StateDirectory state, InstantSource clock) {
        this.state = state;
        this.clock = clock;
    }

    /** Makes what is missing or at its end; answers whether a root was made. */
    boolean prepare() {
        boolean rootIsNew = !Files.exists(root());
        try {
            Ceremony ceremony = Ceremony.in(state.path());
            if (rootIsNew) {
                ceremony.root();
            }
            if (!Files.exists(state.resolve("issuing/issuing.pem"))) {
                ceremony.issuing(IssuingPlan.defaults());
            }
            Instant soon = clock.instant().plus(ENOUGH);
            if (!admin().serveAt(soon, root())) {
                ceremony.admin(AdminPlan.defaults());
            }
            if (!customer().serveAt(soon, customerCa())) {
                ceremony.customer(List.of());
            }
            requireValid(admin(), root());
            Files.copy(customerCa(), state.resolve("customer-ca.pem"), StandardCopyOption.REPLACE_EXISTING);
        } catch (UnusableFileException | IOException e) {
            throw new CannotStartException(
                    "the certificates in --state %s cannot be used: %s; choose an empty directory"
                            .formatted(state.path(), e.getMessage()),
                    e);
        }
        return rootIsNew;
    }

    /** Answers the admin's credentials at the PKI. */
    Credentials admin() {
        return Credentials.in(state.resolve("admin"));
    }

    /** Answers the credentials that the edges show to customers. */
    Credentials customer() {
        return Credentials.in(state.resolve("customer"));
    }

    /** Answers the file of the root. */
    Path root() {
        return state.resolve("root/root.pem");
    }

    private Path customerCa() {
        return state.resolve("customer/customer-ca.pem");
    }

    private void requireValid(Credentials made, Path root) {
        if (!made.serveAt(clock.instant(), root)) {
            throw new UnusableFileException("its issuing CA has ended or belongs to another root");
        }
    }
}
