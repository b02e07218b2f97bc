package io.sallyport.gateway.setting;

import java.util.List;

/** A setting with a value that a gate cannot work with. */
public final class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    private InvalidSettingException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** A setting under which Spring would see another URL than the gate, or change what it stored. */
    public static InvalidSettingException incompatible(String name, String value, String required) {
        return new InvalidSettingException(
                name + " is " + value + ", which a gate cannot work with: its cache would not match what Spring sees",
                "Set " + name + " to be " + required + (required.equals("not set") ? "." : ", or remove it."));
    }

    /** A setting that asks for more than there is. */
    public static InvalidSettingException exceeding(String message, String action) {
        return new InvalidSettingException(message, action);
    }

    /** Routes that Spring Cloud Gateway cannot read. */
    public static InvalidSettingException unreadableRoutes(Throwable failure) {
        return new InvalidSettingException(
                "a route of spring.cloud.gateway.server.webflux.routes cannot be read: " + RootMessage.of(failure),
                "Correct the predicates and filters of the routes.");
    }

    /** A route to a list of gates that does not exist. */
    public static InvalidSettingException noSuchList(String route, String uri, List<String> known) {
        return new InvalidSettingException(
                "route " + route + " has the uri " + uri + ", but there is no such list of gates; there are " + known,
                "Name the gates below sallyport.upstream.regionals, or correct the uri of the route.");
    }

    /** What the one who made the setting is to do. */
    public String action() {
        return action;
    }
}
