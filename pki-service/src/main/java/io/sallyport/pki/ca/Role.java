package io.sallyport.pki.ca;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * What the holder of a certificate may do. It stands in the certificate as the first path segment of the URI
 * subjectAltName, {@code spiffe://<trust domain>/<role>/<name>}.
 */
public enum Role {
    /** The outer gate: a TLS client of regional gates and of the PKI. */
    EDGE,
    /** The inner gate: a TLS server for edges and a client of the PKI. */
    REGIONAL,
    /** The PKI service itself. */
    PKI,
    /** A person or a program that administers the PKI. */
    ADMIN;

    /** The lower-case word that names the role in URIs, JSON and meters. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether holders are TLS servers, so that their certificates carry DNS names and addresses. */
    public boolean serves() {
        return this == REGIONAL || this == PKI;
    }

    /** The URI subjectAltName of a holder. */
    public URI uri(String trustDomain, String name) {
        return URI.create("spiffe://" + trustDomain + "/" + word() + "/" + name);
    }

    /** The role with the given word; empty where there is none. */
    public static Optional<Role> ofWord(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
