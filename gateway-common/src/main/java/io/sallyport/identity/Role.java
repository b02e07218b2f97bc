package io.sallyport.identity;

import java.util.Locale;
import java.util.Optional;

/** What a certificate of the trust domain lets its holder be; the first segment of the URI subjectAltName's path. */
public enum Role {
    EDGE,
    REGIONAL,
    PKI,
    ADMIN;

    /** The role as it stands in a certificate: {@code edge}, {@code regional}, {@code pki}, {@code admin}. */
    public String segment() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of a path segment; empty when it names none. */
    public static Optional<Role> ofSegment(String segment) {
        for (Role role : values()) {
            if (role.segment().equals(segment)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
