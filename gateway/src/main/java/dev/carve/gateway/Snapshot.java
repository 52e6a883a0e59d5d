package dev.carve.gateway;

import dev.carve.gateway.route.Router;
import java.util.List;

/**
 * The tables of one loaded configuration. Immutable; an exchange is pinned to the one it began
 * with.
 *
 * @param router from a head to its route
 * @param routes all of them, in the order of the file
 * @param errorAnswers what clients are told of failures
 */
record Snapshot(Router<Route> router, List<Route> routes, ErrorAnswers errorAnswers) {}
