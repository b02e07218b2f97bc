package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.csr.CertificationRequest;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.EnrollmentToken;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.ledger.NodeStatus;
import io.sallyport.pki.policy.IssuancePolicy;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Gives out one-time tokens and takes them back for certificates. */
public final class EnrollmentDesk {
    private static final Pattern TOKEN = Pattern.compile("sp1\\.([A-Za-z0-9_-]{43})\\.[0-9a-f]{64}");
    private static final Duration MAX_LIFE = Duration.ofHours(24);
    private static final int SECRET_OCTETS = 32;

    private final Ledger ledger;
    private final Issuers issuers;
    private final IssuancePolicy policy;
    private final Issuance issuance;
    private final InstantSource time;
    private final SecureRandom random;

    /** A desk for the active issuing CA. */
    public EnrollmentDesk(
            Ledger ledger,
            Issuers issuers,
            IssuancePolicy policy,
            Issuance issuance,
            InstantSource time,
            SecureRandom random) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.policy = policy;
        this.issuance = issuance;
        this.time = time;
        this.random = random;
    }

    /**
     * A token that was just made.
     *
     * @param token the whole text; it is shown once and stored nowhere
     * @param node whom it enrols
     * @param expiresAt its end
     */
    public record NewToken(String token, Node node, Instant expiresAt) {
        @Override
        public String toString() {
            return "token for " + node.id() + " until " + expiresAt;
        }
    }

    /** Registers a node with the names that it owns from now on, and makes a token for it. */
    public NewToken newToken(Node node, Duration life) {
        if (!life.isPositive() || life.compareTo(MAX_LIFE) > 0) {
            throw new RefusedException(Cause.LIFETIME_NOT_PERMITTED, "ttl must be more than PT0S and at most PT24H");
        }
        policy.judgeNode(node, issuers.active());
        Instant now = time.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiresAt = now.plus(life);
        byte[] secret = new byte[SECRET_OCTETS];
        random.nextBytes(secret);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        ledger.transactions().executeWithoutResult(_ -> {
            register(node, now);
            ledger.tokens().add(hash(text), node, now, expiresAt);
        });
        String root = Der.sha256(Pem.encoded(issuers.active().root()));
        return new NewToken("sp1." + text + "." + root, node, expiresAt);
    }

    private void register(Node node, Instant now) {
        ledger.nodes()
                .find(node.id())
                .filter(known -> known.role() != node.role())
                .ifPresent(known -> {
                    throw new RefusedException(
                            Cause.ROLE_NOT_PERMITTED,
                            "the node " + node.id() + " is registered as "
                                    + known.role().word());
                });
        ledger.nodes().save(node, now);
        Issuance.refuseInactive(ledger.nodes().registered(node.id()).orElseThrow());
    }

    /** Registers a node that an admin asks a certificate for, with the given names, unless it is known already. */
    public Node nodeOrNew(Node node) {
        Node known = ledger.nodes().find(node.id()).orElse(null);
        if (known == null || known.role() != node.role()) {
            policy.judgeNode(node, issuers.active());
            ledger.transactions().executeWithoutResult(_ -> register(node, time.instant()));
            return node;
        }
        return known;
    }

    /**
     * The certificate for a token. The token is looked at before the request is even read. Whatever is wrong with it
     * looks the same from outside.
     */
    public CertificateRecord enroll(@Nullable String token, Supplier<CertificationRequest> request) {
        String sha256 = hash(secret(token));
        EnrollmentToken known = ledger.tokens().find(sha256, time.instant()).orElseThrow(EnrollmentDesk::tokenInvalid);
        Node node = ledger.nodes()
                .registered(known.nodeId())
                .filter(registered -> registered.status() == NodeStatus.ACTIVE)
                .orElseThrow(EnrollmentDesk::tokenInvalid)
                .node();
        CertificationRequest read = request.get();
        return issuance.issue(new Application(node, read.requested(), read.der().sha256(), null, sha256, null, null));
    }

    private static String secret(@Nullable String token) {
        Matcher matcher = TOKEN.matcher(token == null ? "" : token);
        if (!matcher.matches()) {
            throw tokenInvalid();
        }
        return matcher.group(1);
    }

    private static String hash(String secret) {
        return Der.sha256(secret.getBytes(StandardCharsets.US_ASCII));
    }

    static RefusedException tokenInvalid() {
        return new RefusedException(Cause.TOKEN_INVALID, "a valid one-time token is needed");
    }
}
