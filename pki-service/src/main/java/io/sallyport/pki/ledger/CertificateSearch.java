package io.sallyport.pki.ledger;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What people look for in the inventory, the youngest first.
 *
 * @param text a part of the node's name or the begin of the serial, in any case; empty for all
 * @param status in this status; null for any
 * @param before recorded before this place in the order
 * @param limit at most so many
 */
public record CertificateSearch(String text, @Nullable CertificateStatus status, long before, int limit) {
    /** The text as a pattern of SQL, in which nothing that was typed has a meaning; escaped by {@code !}. */
    String pattern() {
        return text.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0");
    }
}
