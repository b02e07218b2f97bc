package io.sallyport.gateway.route;

/** A route with the filter {@code HttpCache} that carries what a cached route may not have. */
public final class InvalidCachedRouteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * States what is wrong.
     *
     * @param property what of the route, such as its filters or an argument of one
     * @param value what it has
     * @param allowed what it may have, or why not this
     */
    InvalidCachedRouteException(String route, String property, String value, String allowed) {
        super("route " + route + " cannot be cached: " + property + " has " + value + "; " + allowed);
        this.action = "Change the definition of the route " + route + " below"
                + " spring.cloud.gateway.server.webflux, or take the filter HttpCache from it.";
    }

    /** What the one who made the route is to do. */
    public String action() {
        return action;
    }
}
