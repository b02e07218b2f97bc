package io.sallyport.gateway;

import java.util.ArrayList;
import java.util.List;

/**
 * One attempt to make a cache give somebody what another one has influenced: what the first one sends, what the second one
 * sends, and how the origin answers. The second must get the whole answer to its own URL without the mark.
 *
 * @param name what is tried
 * @param first raw requests, each on a connection of its own
 * @param second the raw request of the one who must not be influenced
 * @param mark the text that the second must never see
 * @param answer what the origin says
 * @param secondsBetween how much time passes between the two
 * @param secureOnly whether only the mode {@code secure} promises it
 */
record PoisoningCase(
        String name,
        List<String> first,
        String second,
        String mark,
        Answer answer,
        int secondsBetween,
        boolean secureOnly) {
    /** The answer of the origin to a request, of which the echo tells everything that the origin was told. */
    @FunctionalInterface
    interface Answer {
        String to(ScriptedOrigin.Asked request, String echo);
    }

    static final String CACHEABLE = "Cache-Control: public, max-age=600\r\n";

    /** Reflects everything, cacheable for everyone. */
    static final Answer REFLECTS = with(CACHEABLE);

    PoisoningCase {
        first = List.copyOf(first);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Reflects everything in a response with these field lines. */
    static Answer with(String fields) {
        return (request, echo) -> message(request, "200 OK", fields, echo);
    }

    static String message(ScriptedOrigin.Asked request, String status, String fields, String content) {
        return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + content.length() + "\r\n\r\n"
                + (request.method().equals("HEAD") ? "" : content);
    }

    /** A GET request with these field lines. */
    static String get(String target, String... lines) {
        return request("GET", target, lines);
    }

    static String request(String method, String target, String... lines) {
        return raw(method + " " + target + " HTTP/1.1", "Host: shop.example", lines);
    }

    static String raw(String requestLine, String host, String... lines) {
        List<String> all = new ArrayList<>(List.of(requestLine));
        if (!host.isEmpty()) {
            all.add(host);
        }
        all.addAll(List.of(lines));
        if (all.stream().noneMatch(line -> line.startsWith("Connection:"))) {
            all.add("Connection: close");
        }
        return String.join("\r\n", all) + "\r\n\r\n";
    }

    static PoisoningCase attempt(String name, String first, String second) {
        return new PoisoningCase(name, List.of(first), second, "evil", REFLECTS, 0, false);
    }

    PoisoningCase answering(Answer other) {
        return new PoisoningCase(name, first, second, mark, other, secondsBetween, secureOnly);
    }

    PoisoningCase hiding(String other) {
        return new PoisoningCase(name, first, second, other, answer, secondsBetween, secureOnly);
    }

    PoisoningCase after(int seconds) {
        return new PoisoningCase(name, first, second, mark, answer, seconds, secureOnly);
    }

    PoisoningCase inSecureMode() {
        return new PoisoningCase(name, first, second, mark, answer, secondsBetween, true);
    }
}
