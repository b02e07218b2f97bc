package io.sallyport.quickstart;

import io.sallyport.pki.ca.Role;
import java.util.List;

/**
 * A gate, as the PKI knows it.
 *
 * @param id its name
 * @param role what it may be
 * @param dnsNames the names that its certificate is for
 * @param ipAddresses the addresses that its certificate is for
 */
record Node(String id, Role role, List<String> dnsNames, List<String> ipAddresses) {
    Node {
        dnsNames = List.copyOf(dnsNames);
        ipAddresses = List.copyOf(ipAddresses);
    }

    /** Answers the edge with a number from 1 on; it serves nobody under its own certificate. */
    static Node edge(int number) {
        return new Node("edge-" + number, Role.EDGE, List.of(), List.of());
    }

    /** Answers the regional gate, which serves this machine only. */
    static Node regional() {
        return new Node("regional-1", Role.REGIONAL, List.of("localhost"), List.of("127.0.0.1", "::1"));
    }
}
