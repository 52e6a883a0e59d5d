package dev.carve.gateway.route;

/** What a route leads to, as far as the router has to know it. */
public interface RouteTarget {

    /**
     * Whether a request that different servers may read as different paths is refused instead of
     * passed: the route has a policy or a carve, or says {@code paths: refuse}. Asked only for such
     * requests; the answer does not change while the router lives.
     */
    boolean guarded();
}
