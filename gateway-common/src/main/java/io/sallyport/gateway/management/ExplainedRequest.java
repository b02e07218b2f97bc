package io.sallyport.gateway.management;

import io.sallyport.gateway.request.RequestHeads;
import io.sallyport.gateway.request.RequestTarget;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The request that an operator asks about, read from the parameters of {@link ExplainEndpoint}. */
sealed interface ExplainedRequest {
    /** The head of the request. */
    record Read(RequestHead head) implements ExplainedRequest {}

    /** What was expected and what came. Holds no field value. */
    record Malformed(String message) implements ExplainedRequest {}

    int LONGEST_URL = 2_048;
    int LONGEST_HEADER = 1_024;
    int MOST_HEADERS = 32;

    /** Reads the parameters, each a text, several texts, or absent. */
    static ExplainedRequest of(@Nullable Object url, @Nullable Object header, @Nullable Object method) {
        List<String> urls = texts(url);
        if (urls.size() != 1 || urls.getFirst().isEmpty()) {
            return new Malformed("url: expected one absolute URL, such as https://host/path?query; came "
                    + (urls.size() > 1 ? urls.size() + " of them" : "none"));
        }
        List<String> methods = texts(method);
        if (methods.size() > 1 || (methods.size() == 1 && !FieldParser.isToken(methods.getFirst()))) {
            return new Malformed("method: expected one method, such as GET; came " + shown(String.join(", ", methods)));
        }
        List<String> headers = texts(header);
        if (headers.size() > MOST_HEADERS) {
            return new Malformed("header: expected at most " + MOST_HEADERS + "; came " + headers.size());
        }
        Fields.Builder fields = Fields.builder();
        for (int i = 0; i < headers.size(); i++) {
            Optional<String> fault = add(headers.get(i), fields);
            if (fault.isPresent()) {
                return new Malformed("header " + (i + 1) + ": " + fault.get());
            }
        }
        return target(urls.getFirst(), methods.isEmpty() ? "GET" : methods.getFirst(), fields);
    }

    private static ExplainedRequest target(String url, String method, Fields.Builder fields) {
        if (url.length() > LONGEST_URL) {
            return new Malformed(
                    "url: expected at most " + LONGEST_URL + " characters; came " + url.length() + " characters");
        }
        int separator = url.indexOf("://");
        String scheme = separator < 0 ? "" : url.substring(0, separator).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return new Malformed(
                    "url: expected an absolute URL that begins with http:// or https://; came " + shown(url));
        }
        int start = separator + "://".length();
        int end = start;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        String authority = url.substring(start, end);
        if (authority.indexOf('@') >= 0) {
            return new Malformed("url: expected no user information; came some before @");
        }
        int fragment = url.indexOf('#', end);
        String rest = url.substring(end, fragment < 0 ? url.length() : fragment);
        String target = rest.startsWith("/") ? rest : "/" + rest;
        fields.add("Host", authority);
        return RequestHeads.of(method, scheme, authority, RequestTarget.of(null, target), fields.build())
                .<ExplainedRequest>map(Read::new)
                .orElseGet(() -> new Malformed(
                        "url: expected a host name or address and a target of RFC 3986, which the gate would not answer"
                                + " with 400; came " + shown(url)));
    }

    /** Adds a line, or says what is wrong with it. */
    private static Optional<String> add(String line, Fields.Builder fields) {
        if (line.length() > LONGEST_HEADER) {
            return Optional.of("expected at most " + LONGEST_HEADER + " characters; came " + line.length());
        }
        int colon = line.indexOf(':');
        if (colon < 0) {
            return Optional.of("expected Name: value; came " + line.length() + " characters without a colon");
        }
        String name = line.substring(0, colon);
        String value = FieldParser.trim(line.substring(colon + 1));
        if (!FieldParser.isToken(name)) {
            return Optional.of("expected a field name of token characters; came " + shown(name));
        }
        if (name.equalsIgnoreCase("Host")) {
            return Optional.of("expected no Host, which is the url's; came one");
        }
        if (value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7F)) {
            return Optional.of("expected a value without control characters; came one in " + name);
        }
        fields.add(name, value);
        return Optional.empty();
    }

    private static List<String> texts(@Nullable Object parameter) {
        return switch (parameter) {
            case null -> List.of();
            case List<?> several -> several.stream().map(String::valueOf).toList();
            default -> List.of(parameter.toString());
        };
    }

    private static String shown(String text) {
        String cut = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
