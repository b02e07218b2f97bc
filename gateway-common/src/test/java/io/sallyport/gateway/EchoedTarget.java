package io.sallyport.gateway;

/** An origin whose content is the target that was asked for, repeated where the target says how often. */
final class EchoedTarget {
    static final String MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT";

    private EchoedTarget() {}

    /** Has an origin answer so; what begins with {@code /unstored} may not be stored. */
    static void script(ScriptedOrigin origin) {
        origin.script((request, connection) -> {
            String content = content(request.target());
            boolean stored = !request.target().startsWith("/unstored");
            connection.say("HTTP/1.1 200 OK\r\nDate: Wed, 01 Jul 2026 00:00:00 GMT\r\nCache-Control: "
                    + (stored ? "max-age=60" : "no-store")
                    + "\r\nETag: \"one\"\r\nLast-Modified: " + MODIFIED
                    + "\r\nContent-Type: text/plain\r\nSallyport-Secret: no\r\nContent-Length: " + content.length()
                    + "\r\n\r\n"
                    + (request.method().equals("HEAD") ? "" : content));
        });
    }

    /** The content that a target has, such as {@code /a*3}: {@code /a/a/a}. */
    static String content(String target) {
        int times = target.lastIndexOf('*');
        return times < 0 ? target : target.substring(0, times).repeat(Integer.parseInt(target.substring(times + 1)));
    }
}
