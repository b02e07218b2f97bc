package io.sallyport.pki.ca.ceremony;

import java.time.Period;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the issuing CA may certify and for how long it lives.
 *
 * @param trustDomain the host of the URIs that it may certify
 * @param dnsSuffixes the DNS names, with all below them, that it may certify
 * @param ipRanges the address ranges that it may certify, as {@code address/prefix length}
 * @param life from now on
 */
public record IssuingPlan(String trustDomain, List<String> dnsSuffixes, List<String> ipRanges, Period life) {
    /** The trust domain where none is chosen. */
    public static final String TRUST_DOMAIN = "sallyport.internal";

    private static final Pattern DOMAIN =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
    private static final Pattern RANGE = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

    public IssuingPlan {
        if (!DOMAIN.matcher(trustDomain).matches()) {
            throw new IllegalArgumentException("the trust domain must be a lower-case domain name: " + trustDomain);
        }
        dnsSuffixes = dnsSuffixes.isEmpty() ? List.of("localhost") : List.copyOf(dnsSuffixes);
        for (String suffix : dnsSuffixes) {
            if (!DOMAIN.matcher(suffix).matches()) {
                throw new IllegalArgumentException("a DNS suffix must be a lower-case domain name: " + suffix);
            }
        }
        ipRanges = ipRanges.isEmpty() ? List.of("127.0.0.0/8", "::1/128") : List.copyOf(ipRanges);
        for (String range : ipRanges) {
            if (!RANGE.matcher(range).matches()) {
                throw new IllegalArgumentException("an IP range must be address/prefix length: " + range);
            }
        }
    }

    /** For trials on one machine: localhost and the loopback addresses, two years. */
    public static IssuingPlan defaults() {
        return new IssuingPlan(TRUST_DOMAIN, List.of(), List.of(), Period.ofYears(2));
    }
}
