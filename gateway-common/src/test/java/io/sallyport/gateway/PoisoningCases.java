package io.sallyport.gateway;

import static io.sallyport.gateway.PoisoningCase.CACHEABLE;
import static io.sallyport.gateway.PoisoningCase.attempt;
import static io.sallyport.gateway.PoisoningCase.get;
import static io.sallyport.gateway.PoisoningCase.message;
import static io.sallyport.gateway.PoisoningCase.raw;
import static io.sallyport.gateway.PoisoningCase.request;
import static io.sallyport.gateway.PoisoningCase.with;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The matrix of poisoning and web cache deception. */
final class PoisoningCases {
    /** Fields that applications are known to take for the host, the scheme, the port, the path, the method or the address. */
    private static final List<String> MISTAKEN = List.of(
            "X-Forwarded-Host",
            "x-forwarded-host",
            "X_Forwarded_Host",
            "X-Forwarded_Host",
            "X-Forwarded",
            "X-Forwarded-Scheme",
            "X-Forwarded-Proto",
            "X-Forwarded-Protocol",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "X-Forwarded-Server",
            "X-Forwarded-For",
            "X-Forwarded-Ssl",
            "X-Forwarded-Uri",
            "X-Forwarded-Path",
            "Forwarded",
            "Forwarded-For",
            "X-Forward-Host",
            "X-Host",
            "X-Original-Host",
            "X-HTTP-Host-Override",
            "X-Backend-Host",
            "X-Original-URL",
            "X-Original-URI",
            "X-Rewrite-URL",
            "X-Override-URL",
            "X-Envoy-Original-Path",
            "X-HTTP-Method-Override",
            "X-HTTP-Method",
            "X-Method-Override",
            "X-Scheme",
            "X-Url-Scheme",
            "Front-End-Https",
            "X-Real-IP",
            "X-Client-IP",
            "X-Cluster-Client-IP",
            "X-Original-Remote-Addr",
            "True-Client-IP",
            "CF-Connecting-IP",
            "Client-IP",
            "Proxy",
            "Sallyport-Scheme",
            "Sallyport-Refresh",
            "SALLYPORT-ANYTHING",
            "Sallyport_Scheme",
            "X-Http2-Scheme");

    private static final List<String> HOP_BY_HOP =
            List.of("Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer");

    private PoisoningCases() {}

    static Stream<PoisoningCase> all() {
        List<PoisoningCase> cases = new ArrayList<>();
        fields(cases);
        hosts(cases);
        contents(cases);
        parameters(cases);
        paths(cases);
        deception(cases);
        errors(cases);
        lines(cases);
        smuggling(cases);
        parts(cases);
        variants(cases);
        brokenAnswers(cases);
        return cases.stream();
    }

    private static void fields(List<PoisoningCase> cases) {
        for (String name : MISTAKEN) {
            cases.add(attempt("unkeyed field " + name, get("/p", name + ": evil.example"), get("/p")));
        }
        cases.add(attempt("two lines of one field", get("/p", "X-Host: a", "X-Host: evil"), get("/p")));
        for (String name : HOP_BY_HOP) {
            cases.add(attempt("hop-by-hop field " + name, get("/p", name + ": evil"), get("/p")));
        }
        cases.add(attempt("nominated by Connection", get("/p", "Connection: close, X-Own", "X-Own: evil"), get("/p")));
        cases.add(attempt(
                        "Connection nominates a field that the response varies on",
                        get("/p", "Connection: close, X-Own", "X-Own: evil"),
                        get("/p"))
                .answering(with(CACHEABLE + "Vary: X-Own\r\n")));
        cases.add(
                attempt("Connection nominates Host", get("/p", "Connection: close, Host", "X-Host: evil"), get("/p")));
        cases.add(attempt("Upgrade", get("/p", "Connection: close, Upgrade", "Upgrade: evil/1"), get("/p")));
        cases.add(attempt("request Cache-Control", get("/p", "Cache-Control: no-cache", "X-Host: evil"), get("/p")));
        cases.add(attempt("internal scheme", get("/p", "Sallyport-Scheme: https", "X-Host: evil"), get("/p")));
        cases.add(attempt("origin nominates a reflected field", get("/p", "X-Host: evil"), get("/p"))
                .answering((asked, echo) ->
                        message(asked, "200 OK", CACHEABLE + "Connection: X-Own\r\nX-Own: evil\r\n", echo)));
        cases.add(attempt("origin sends an internal field", get("/p"), get("/p"))
                .answering(with(CACHEABLE + "Sallyport-Own: evil\r\n")));
    }

    private static void hosts(List<PoisoningCase> cases) {
        String line = "GET /p HTTP/1.1";
        cases.add(attempt("Host in upper case", raw(line, "Host: SHOP.example"), get("/p"))
                .hiding("SHOP"));
        cases.add(attempt("Host in mixed case", raw(line, "Host: shop.eXample"), get("/p"))
                .hiding("eXample"));
        cases.add(attempt("Host with the default port", raw(line, "Host: shop.example:80"), get("/p"))
                .hiding("shop.example:80"));
        cases.add(attempt("Host with zeros before the port", raw(line, "Host: shop.example:0080"), get("/p"))
                .hiding(":0080"));
        cases.add(attempt("Host with an empty port", raw(line, "Host: shop.example:"), get("/p"))
                .hiding("shop.example:\r"));
        cases.add(attempt("Host with another port", raw(line, "Host: shop.example:666"), get("/p"))
                .hiding(":666"));
        cases.add(attempt("Host with a port that is none", raw(line, "Host: shop.example:evil"), get("/p")));
        cases.add(attempt("Host with user information", raw(line, "Host: evil@shop.example"), get("/p")));
        cases.add(attempt("Host with a path", raw(line, "Host: shop.example/evil"), get("/p")));
        cases.add(attempt("Host with a query", raw(line, "Host: shop.example?evil"), get("/p")));
        cases.add(attempt("Host with a fragment", raw(line, "Host: shop.example#evil"), get("/p")));
        cases.add(attempt("Host with markup", raw(line, "Host: shop.example\"><evil>"), get("/p")));
        cases.add(attempt("Host with a comma", raw(line, "Host: shop.example, evil"), get("/p")));
        cases.add(attempt("Host with a space", raw(line, "Host: shop.example evil"), get("/p")));
        cases.add(attempt("Host with a dot at its end", raw(line, "Host: shop.example."), get("/p"))
                .hiding("shop.example.\n"));
        cases.add(attempt("another Host", raw(line, "Host: evil.example"), get("/p")));
        cases.add(attempt("two Hosts", raw(line, "Host: shop.example", "Host: evil.example"), get("/p")));
        cases.add(attempt(
                "two Hosts, the bad one first", raw(line, "Host: evil.example", "Host: shop.example"), get("/p")));
        cases.add(attempt("no Host", raw(line, "", "X-Host: evil"), get("/p")));
        cases.add(attempt("an empty Host", raw(line, "Host: ", "X-Host: evil"), get("/p")));
        cases.add(attempt("folded Host", raw(line, "Host: shop.example", " evil.example"), get("/p")));
        cases.add(attempt(
                "absolute form, another Host",
                raw("GET http://shop.example/p HTTP/1.1", "Host: evil.example"),
                get("/p")));
        cases.add(attempt(
                "absolute form of another host",
                raw("GET http://evil.example/p HTTP/1.1", "Host: shop.example"),
                get("/p")));
        for (String target : List.of(
                "HTTP://SHOP.example:80/p",
                "http://shop.example/p#evil",
                "http://shop.example/p?evil",
                "http://shop.example?/p",
                "http://shop.example#evil/p",
                "http://evil@shop.example/p",
                "http://shop.example:evil@shop.example/p",
                "http://shop.example\\evil/p",
                "http://shop.example%2Fevil/p",
                "http://shop.example:666/p",
                "https://shop.example/p",
                "https://evil.example/p",
                "ftp://shop.example/p",
                "http:shop.example/p",
                "http:/shop.example/p",
                "http:///p",
                "http://",
                "//evil.example/p",
                "evil.example:80")) {
            cases.add(attempt("target " + target, raw("GET " + target + " HTTP/1.1", "Host: evil.example"), get("/p"))
                    .hiding(target.contains(":666") ? ":666" : "evil"));
        }
        cases.add(attempt(
                "absolute form, two Hosts",
                raw("GET http://shop.example/p HTTP/1.1", "Host: shop.example", "Host: evil.example"),
                get("/p")));
        cases.add(attempt("absolute form, no Host", raw("GET http://evil.example/p HTTP/1.1", ""), get("/p")));
        cases.add(attempt(
                "absolute form in a POST",
                raw("POST http://shop.example/p HTTP/1.1", "Host: evil.example", "Content-Length: 4") + "evil",
                get("/p")));
        cases.add(attempt(
                "target without a slash", raw("GET @evil.example/p HTTP/1.1", "Host: shop.example"), get("/p")));
        cases.add(attempt("asterisk form", raw("GET * HTTP/1.1", "Host: shop.example", "X-Host: evil"), get("/p")));
        cases.add(attempt("HTTP/1.0", raw("GET /p HTTP/1.0", "Host: shop.example", "X-Host: evil"), get("/p")));
    }

    private static void contents(List<PoisoningCase> cases) {
        cases.add(attempt("GET with content", get("/p", "Content-Length: 4") + "evil", get("/p")));
        cases.add(attempt(
                "GET with chunked content",
                get("/p", "Transfer-Encoding: chunked") + "4\r\nevil\r\n0\r\n\r\n",
                get("/p")));
        cases.add(attempt(
                "GET with form content",
                get("/p?a=1", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 6") + "a=evil",
                get("/p?a=1")));
        cases.add(attempt("HEAD with content", request("HEAD", "/p", "Content-Length: 4") + "evil", get("/p")));
        cases.add(attempt("GET whose length is 00", get("/p", "Content-Length: 00", "X-Host: evil"), get("/p")));
        cases.add(attempt("POST", request("POST", "/p", "Content-Length: 4") + "evil", get("/p")));
        cases.add(attempt("PUT", request("PUT", "/p", "Content-Length: 4") + "evil", get("/p"))
                .answering((asked, echo) -> message(asked, "200 OK", CACHEABLE + "Content-Location: /p\r\n", echo)));
        cases.add(attempt("POST that names its own URI", request("POST", "/p", "Content-Length: 4") + "evil", get("/p"))
                .answering((asked, echo) -> message(asked, "200 OK", CACHEABLE + "Content-Location: /p\r\n", echo))
                .inSecureMode());
        cases.add(attempt("POST that names another URI", request("POST", "/q", "Content-Length: 4") + "evil", get("/p"))
                .answering((asked, echo) -> message(asked, "200 OK", CACHEABLE + "Content-Location: /p\r\n", echo)));
        cases.add(attempt(
                        "POST with a parameter that is not in the key",
                        request("POST", "/except/p?a=1&utm=evil", "Content-Length: 4") + "evil",
                        get("/except/p?a=1"))
                .answering((asked, echo) ->
                        message(asked, "200 OK", CACHEABLE + "Content-Location: " + asked.target() + "\r\n", echo)));
        cases.add(attempt("method in lower case", request("get", "/p", "Content-Length: 4") + "evil", get("/p")));
        cases.add(attempt("method of its own", request("EVIL", "/p"), get("/p")));
        cases.add(attempt("TRACE", request("TRACE", "/p", "X-Own: evil"), get("/p")));
        cases.add(attempt("OPTIONS", request("OPTIONS", "/p", "X-Own: evil"), get("/p")));
    }

    private static void parameters(List<PoisoningCase> cases) {
        for (String attack : List.of(
                "?a=1;b=evil",
                "?a=1&b=evil",
                "?b=evil&a=1",
                "?a=1&a=evil",
                "?a=evil&a=1",
                "?%61=evil&a=1",
                "?A=evil&a=1",
                "?a=1%26b=evil",
                "?a=1&&b=evil",
                "?a=1%00evil",
                "?a[]=evil&a=1",
                "?a=1&b%3Devil",
                "?a=1%0d%0aX: evil",
                "?a=1&_method=evil",
                "?a%20=evil&a=1",
                "?a+=evil&a=1",
                "?=evil&a=1",
                "?a=1?b=evil",
                "?a=1/evil")) {
            for (String folder : List.of("/p", "/only/p", "/except/p")) {
                cases.add(attempt("query " + folder + attack, get(folder + attack), get(folder + "?a=1")));
            }
        }
        cases.add(attempt("parameter that is not in the key", get("/except/p?a=1&utm=evil"), get("/except/p?a=1")));
        cases.add(
                attempt("encoded name that is not in the key", get("/except/p?a=1&%75tm=evil"), get("/except/p?a=1")));
        cases.add(attempt(
                "after a semicolon what is not in the key", get("/except/p?utm=x;a=evil&a=1"), get("/except/p?a=1")));
        cases.add(attempt("fragment after the query", get("/p?a=1#evil"), get("/p?a=1")));
        cases.add(attempt("empty query", get("/p?", "X-Host: evil"), get("/p")));
    }

    private static void paths(List<PoisoningCase> cases) {
        for (String attack : List.of(
                "/p%2Fevil",
                "/p%2fevil",
                "/p%5Cevil",
                "/p%00evil",
                "/p%23evil",
                "/p%3Fevil",
                "/p%20evil",
                "/p%0D%0Aevil",
                "/p;evil.css",
                "/p;evil=1/x",
                "/p/evil",
                "/p//evil",
                "//p/evil",
                "/p/./evil",
                "/p/../evil",
                "/p/%2e%2e/evil",
                "/p/%2E./evil",
                "/evil/../p",
                "/evil/%2e%2e/p",
                "/evil/..%2fp",
                "/evil/..;/p",
                "/evil%2f..%2fp",
                "//evil.example/p",
                "/\\evil.example/p",
                "/p\\evil",
                "/p|evil",
                "/p%2",
                "/p%zzevil",
                "/p\"evil",
                "/p<evil>",
                "/p{evil}",
                "/p^evil",
                "/p`evil",
                "/p\u00e4evil",
                "/p%C0%AFevil",
                "/p%ffevil",
                "/p%u0065vil",
                "/p#evil",
                "/p\tevil",
                "/EVIL/P")) {
            cases.add(attempt("path " + attack, get(attack), get("/p")));
        }
        cases.add(attempt("unreserved characters encoded", get("/%70", "X-Host: evil"), get("/p")));
        cases.add(attempt("slash at the end", get("/p/", "X-Host: evil"), get("/p")));
        cases.add(attempt("two slashes before", get("//p", "X-Host: evil"), get("/p")));
        cases.add(attempt("long path", get("/p" + "/evil".repeat(500)), get("/p")));
        cases.add(attempt("path too long", get("/p" + "/evil".repeat(5000)), get("/p")));
    }

    /** The first one is the customer whose page must stay with him, the second a stranger. */
    private static void deception(List<PoisoningCase> cases) {
        for (String control : List.of(
                "private",
                "Private",
                "PRIVATE, max-age=60",
                "max-age=60, private",
                "max-age=60,private",
                "max-age=60 , private ,",
                "max-age=60,\tprivate",
                "private, s-maxage=60",
                "public, private, max-age=60",
                "private=\"\", max-age=60",
                "private=\"x y\", max-age=60",
                "private=1 2, max-age=60",
                "private, max-age=60, x=\"",
                "x=\"a, max-age=60, private",
                "max-age=60;private",
                "no-store",
                "NO-STORE, max-age=60",
                "max-age=60, no-store",
                "no-store=\"x\", max-age=60",
                "no-cache",
                "max-age=0",
                "s-maxage=0, max-age=60",
                "max-age=\"0\"",
                "max-age=-1",
                "max-age=x",
                "max-age",
                "max-age=60 private")) {
            cases.add(deceived("Cache-Control: " + control, "/account/x.css", "Cache-Control: " + control + "\r\n"));
        }
        cases.add(deceived(
                "private in a second line",
                "/account/x.css",
                "Cache-Control: max-age=60\r\nCache-Control: private\r\n"));
        cases.add(deceived("private for this tier", "/account/x.css", CACHEABLE + "CDN-Cache-Control: private\r\n"));
        cases.add(deceived("no-store for this tier", "/account/x.css", CACHEABLE + "CDN-Cache-Control: no-store\r\n"));
        cases.add(deceived(
                "malformed for this tier, private for all",
                "/account/x.css",
                "CDN-Cache-Control: max-age==60\r\nCache-Control: private\r\n"));
        cases.add(deceived("Expires: 0", "/account/x.css", "Expires: 0\r\n"));
        cases.add(deceived("Expires that is no date", "/account/x.css", "Expires: tomorrow\r\n"));
        cases.add(deceived("Vary: *", "/account/x.css", CACHEABLE + "Vary: *\r\n"));
        cases.add(deceived("* in a list of Vary", "/account/x.css", CACHEABLE + "Vary: accept, *\r\n"));
        cases.add(deceived("* in a second Vary", "/account/x.css", CACHEABLE + "Vary: a\r\nVary: *\r\n"));
        cases.add(deceived("Vary: Cookie", "/account/x.css", CACHEABLE + "vary: COOKIE\r\n"));
        cases.add(deceived("Set-Cookie", "/account/x.css", "")
                .answering((asked, echo) -> asked.field("cookie").isEmpty()
                        ? message(asked, "200 OK", CACHEABLE, echo)
                        : message(asked, "200 OK", CACHEABLE + "Set-Cookie: id=secret\r\n", echo))
                .inSecureMode());
        cases.add(attempt(
                        "answer to Authorization",
                        get("/account/x.css", "Authorization: Basic secret"),
                        get("/account/x.css"))
                .hiding("secret")
                .answering(with("Cache-Control: max-age=60\r\n")));
        for (String path : List.of(
                "/account/x.css",
                "/account;x.css",
                "/account%2Fx.css",
                "/account%00x.css",
                "/account%23x.css",
                "/account%3Fx.css",
                "/account/..%2Fx.css",
                "/account/%2e%2e/static/x.css",
                "/account/x.css?y",
                "/account%0Ax.css",
                "/account/.css",
                "/account%3Bx.css",
                "/account//x.css")) {
            cases.add(deceived("nothing said of caching at " + path, path, ""));
        }
    }

    private static PoisoningCase deceived(String name, String path, String fields) {
        return attempt("deception: " + name, get(path, "Cookie: id=secret"), get(path))
                .hiding("secret")
                .answering(with(fields));
    }

    private static void errors(List<PoisoningCase> cases) {
        for (String status : List.of(
                "400 Bad Request",
                "405 Method Not Allowed",
                "413 Content Too Large",
                "414 URI Too Long",
                "431 Request Header Fields Too Large",
                "501 Not Implemented")) {
            cases.add(attempt("cached error " + status, get("/p", "X-Big: evil" + "x".repeat(5000)), get("/p"))
                    .answering((asked, echo) -> asked.field("x-big").isEmpty()
                            ? message(asked, "200 OK", CACHEABLE, echo)
                            : message(asked, status, CACHEABLE + "ETag: \"big\"\r\n", "evil"))
                    .after(11)
                    .inSecureMode());
            cases.add(attempt("error without lifetime " + status, get("/p", "X-Big: evil"), get("/p"))
                    .answering((asked, echo) -> asked.field("x-big").isEmpty()
                            ? message(asked, "200 OK", CACHEABLE, echo)
                            : message(
                                    asked,
                                    status,
                                    "Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT\r\nETag: \"big\"\r\n",
                                    "evil"))
                    .after(11)
                    .inSecureMode());
        }
        cases.add(attempt("field too large", get("/p", "X-Big: evil" + "x".repeat(20_000)), get("/p")));
        cases.add(attempt("too many fields", get("/p", manyFields()), get("/p")));
        cases.add(attempt("a redirect to the host that was asked for", get("/p", "X-Forwarded-Host: evil"), get("/p"))
                .answering((asked, echo) -> asked.field("x-forwarded-host").contains("evil")
                        ? message(asked, "301 Moved Permanently", CACHEABLE + "Location: //evil\r\n", "")
                        : message(asked, "200 OK", CACHEABLE, echo)));
    }

    private static String[] manyFields() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            lines.add("X-" + i + ": evil");
        }
        return lines.toArray(String[]::new);
    }

    private static void lines(List<PoisoningCase> cases) {
        for (String line : List.of(
                "X-Own: a\rX-Host: evil",
                "X-Own: a\nX-Host: evil",
                "X-Host: a\r\n X-Own: evil",
                "X-Host : evil",
                " X-Host: evil",
                "X-Host\u0000: evil",
                "X-Host\t: evil",
                ": evil",
                "X-Own\u000b: evil",
                "X Host: evil",
                "X-(Host): evil",
                "evil")) {
            cases.add(attempt(
                    "field line " + line.replaceAll("[\\x00-\\x1f]", "?"), get("/p", line, "X-Host: evil"), get("/p")));
        }
        for (String value : List.of("evil\u0007", "evil\u0000", "evil\u000b", "evil\u007f", "evil\u001b[m")) {
            cases.add(attempt("control character " + (int) value.charAt(4), get("/p", "X-Own: " + value), get("/p"))
                    .answering((asked, echo) -> asked.field("x-own").isEmpty()
                            ? message(asked, "200 OK", CACHEABLE, echo)
                            : message(asked, "400 Bad Request", "", "evil")));
        }
        cases.add(attempt(
                "request line with a tab",
                "GET\t/p\tHTTP/1.1\r\nHost: shop.example\r\nX-Host: evil\r\nConnection: close\r\n\r\n",
                get("/p")));
        cases.add(attempt(
                "request line with a CR",
                "GET /p\revil HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
                get("/p")));
        cases.add(attempt(
                "request line with two spaces",
                "GET  /p  evil HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
                get("/p")));
        cases.add(
                attempt("version of its own", raw("GET /p HTTP/9.9", "Host: shop.example", "X-Host: evil"), get("/p")));
        cases.add(attempt("no version", "GET /p\r\nHost: shop.example\r\nX-Host: evil\r\n\r\n", get("/p")));
        cases.add(attempt("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nevil", get("/p")));
    }

    private static void smuggling(List<PoisoningCase> cases) {
        String smuggled = "GET /evil HTTP/1.1\r\nHost: evil.example\r\nX-Evil: evil\r\nConnection: close\r\n\r\n";
        for (String framing : List.of(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: " + (smuggled.length() + 5) + "\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer-Encoding : chunked",
                "Content-Length: 5\r\nTransfer-Encoding: xchunked",
                "Content-Length: 5\r\nTransfer-Encoding: chunked, identity",
                "Content-Length: 5\r\nTransfer-Encoding: identity, chunked",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: cow",
                "Content-Length: 5\r\nTransfer-Encoding: cow\r\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer-Encoding:\u000bchunked",
                "Content-Length: 5\r\nTransfer-Encoding: \"chunked\"",
                "Content-Length: 5\r\n Transfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer-Encoding\r\n : chunked",
                "Content-Length: 5\r\nX: x\nTransfer-Encoding: chunked",
                "Content-Length: 5\r\nTransfer_Encoding: chunked",
                "Content-Length: 5\r\nConnection: Content-Length",
                "Content-Length: 5, " + smuggled.length(),
                "Content-Length: 5\r\nContent-Length: " + smuggled.length(),
                "Content-Length: 5\r\nContent-Length: 5",
                "Content-Length: +5",
                "Content-Length: 5 5",
                "Content-Length: 0x5",
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length:",
                "Content-Length: 5\r\nExpect: 100-continue")) {
            for (String method : List.of("POST", "GET")) {
                String attack =
                        method + " /p HTTP/1.1\r\nHost: shop.example\r\n" + framing + "\r\n\r\n0\r\n\r\n" + smuggled;
                cases.add(attempt(
                        "smuggling by " + method + " " + framing.replaceAll("[\\x00-\\x1f]+", "|"), attack, get("/p")));
            }
        }
        for (String chunk : List.of(
                "5;x=\r\n", "0x0\r\n", "-0\r\n", "0 \r\n", "00000000000000000000\r\n", "0\n", "z\r\n", "0\rX\r\n")) {
            cases.add(attempt(
                    "smuggling by chunk size " + chunk.replaceAll("[\\x00-\\x1f]+", "|"),
                    "POST /p HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "\r\n"
                            + smuggled,
                    get("/p")));
        }
        cases.add(attempt(
                "smuggling by HTTP/1.0",
                "POST /p HTTP/1.0\r\nHost: shop.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + smuggled,
                get("/p")));
        cases.add(attempt(
                "pipelined", "GET /p HTTP/1.1\r\nHost: shop.example\r\nX-Host: evil\r\n\r\n" + smuggled, get("/p")));
    }

    /** One part, or a head without content, must not become the whole. */
    private static void parts(List<PoisoningCase> cases) {
        PoisoningCase.Answer ranges = (asked, echo) -> {
            String fields = CACHEABLE + "ETag: \"e\"\r\n";
            return asked.field("range").isEmpty()
                    ? message(asked, "200 OK", fields, echo)
                    : message(asked, "206 Partial Content", fields + "Content-Range: bytes 0-3/4000\r\n", "evil");
        };
        for (String range : List.of("bytes=0-0", "bytes=0-", "bytes=-1", "bytes=0-0,2-2", "bytes=9999-", "evil=0-0")) {
            cases.add(attempt("Range: " + range, get("/p", "Range: " + range), get("/p"))
                    .answering(ranges));
        }
        cases.add(attempt("If-Range", get("/p", "Range: bytes=0-0", "If-Range: \"evil\""), get("/p"))
                .answering(ranges));
        cases.add(attempt("HEAD with Range", request("HEAD", "/p", "Range: bytes=0-0"), get("/p"))
                .answering(ranges));
        cases.add(attempt("206 to a request without Range", get("/p"), get("/p"))
                .answering(once((asked, echo) -> message(
                        asked, "206 Partial Content", CACHEABLE + "Content-Range: bytes 0-3/4000\r\n", "evil"))));
        cases.add(attempt("HEAD", request("HEAD", "/p", "X-Host: evil"), get("/p")));
        cases.add(attempt("If-None-Match", get("/p", "If-None-Match: \"evil\""), get("/p"))
                .answering((asked, echo) -> asked.field("if-none-match").isEmpty()
                        ? message(asked, "200 OK", CACHEABLE + "ETag: \"e\"\r\n", echo)
                        : "HTTP/1.1 304 Not Modified\r\n" + CACHEABLE + "ETag: \"evil\"\r\n\r\n"));
        cases.add(attempt("If-Match", get("/p", "If-Match: \"evil\""), get("/p"))
                .answering((asked, echo) -> asked.field("if-match").isEmpty()
                        ? message(asked, "200 OK", CACHEABLE, echo)
                        : message(asked, "412 Precondition Failed", CACHEABLE, "evil")));
        cases.add(attempt(
                        "If-Unmodified-Since",
                        get("/p", "If-Unmodified-Since: Wed, 01 Jan 2020 00:00:00 GMT"),
                        get("/p"))
                .answering((asked, echo) -> asked.field("if-unmodified-since").isEmpty()
                        ? message(asked, "200 OK", CACHEABLE, echo)
                        : message(asked, "412 Precondition Failed", CACHEABLE, "evil")));
        cases.add(attempt("304 to nobody's condition", get("/p"), get("/p"))
                .answering(once((asked, echo) -> "HTTP/1.1 304 Not Modified\r\n" + CACHEABLE + "X-Own: evil\r\n\r\n")));
    }

    private static void variants(List<PoisoningCase> cases) {
        for (String vary : List.of("X-Own", "x-own", "Accept, X-Own", "Accept\r\nVary: X-Own", ", X-Own,")) {
            cases.add(attempt("Vary: " + vary.replace("\r\n", "|"), get("/p", "X-Own: evil"), get("/p"))
                    .answering(with(CACHEABLE + "Vary: " + vary + "\r\n")));
        }
        cases.add(attempt("Vary of many names", get("/p", "X-Own: evil"), get("/p"))
                .answering(with(CACHEABLE + "Vary: a, b, c, d, e, f, g, h, x-own\r\n")));
        cases.add(attempt("Vary, the value empty", get("/p", "X-Own: evil"), get("/p", "X-Own:"))
                .answering(with(CACHEABLE + "Vary: X-Own\r\n")));
        cases.add(attempt("Vary, one line more", get("/p", "X-Own: a", "X-Own: evil"), get("/p", "X-Own: a"))
                .answering(with(CACHEABLE + "Vary: X-Own\r\n")));
        cases.add(attempt("Vary, separated by quotes", get("/p", "X-Own: \"a, evil\""), get("/p", "X-Own: \"a\", evi"))
                .answering(with(CACHEABLE + "Vary: X-Own\r\n")));
        cases.add(attempt("Vary on Host", raw("GET /p HTTP/1.1", "Host: shop.example:80", "X-Host: evil"), get("/p"))
                .answering(with(CACHEABLE + "Vary: Host\r\n")));
    }

    private static void brokenAnswers(List<PoisoningCase> cases) {
        cases.add(attempt("origin claims more content than it sends", get("/p"), get("/p"))
                .answering(
                        once((asked, echo) -> "HTTP/1.1 200 OK\r\n" + CACHEABLE + "Content-Length: 99\r\n\r\nevil")));
        cases.add(attempt("origin names two lengths", get("/p"), get("/p"))
                .answering(once((asked, echo) ->
                        "HTTP/1.1 200 OK\r\n" + CACHEABLE + "Content-Length: 4\r\nContent-Length: 9\r\n\r\nevil")));
        cases.add(attempt("origin sends more than it claims", get("/p"), get("/p"))
                .answering(once((asked, echo) -> "HTTP/1.1 200 OK\r\n" + CACHEABLE
                        + "Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
                .after(601));
        cases.add(attempt("origin never ends its chunks", get("/p"), get("/p"))
                .answering(once((asked, echo) ->
                        "HTTP/1.1 200 OK\r\n" + CACHEABLE + "Transfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n")));
        cases.add(attempt("origin uses an unknown transfer coding", get("/p"), get("/p"))
                .answering(once(
                        (asked, echo) -> "HTTP/1.1 200 OK\r\n" + CACHEABLE + "Transfer-Encoding: evil\r\n\r\nevil")));
        for (String age : List.of("Age: 601", "Age: 99999999999", "Date: Thu, 01 Jan 1970 00:00:00 GMT")) {
            cases.add(attempt("origin says " + age.replace("\r\n", "|"), get("/p"), get("/p"))
                    .answering(once((asked, echo) -> message(asked, "200 OK", CACHEABLE + age + "\r\n", "evil"))));
        }
    }

    /** Answers the first request like this and then reflects; the connection ends with the first answer. */
    private static PoisoningCase.Answer once(PoisoningCase.Answer first) {
        return new PoisoningCase.Answer() {
            private boolean answered;

            @Override
            public synchronized String to(ScriptedOrigin.Asked request, String echo) {
                if (answered) {
                    return PoisoningCase.REFLECTS.to(request, echo);
                }
                answered = true;
                return PoisoningScenarios.LAST + first.to(request, echo);
            }
        };
    }
}
