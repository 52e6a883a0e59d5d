package dev.carve.bench.micro;

import java.util.Random;

/**
 * Routes as a large monolith would have them: areas of fifty, four shapes, and requests that hit
 * each with the same likelihood.
 */
final class SampleRoutes {

    private static final int AREA = 50;

    private SampleRoutes() {}

    /** The match of route {@code number}; the first takes what no other does. */
    static String match(int number) {
        if (number == 0) {
            return "/";
        }
        String area = "/api/v1/area" + number / AREA;
        return switch (number % 4) {
            case 0 -> area + "/thing" + number + "/{id}";
            case 1 -> "GET " + area + "/thing" + number + "/{id}/orders/{order}";
            case 2 -> area + "/thing" + number + "/";
            default -> "POST " + area + "/thing" + number;
        };
    }

    /** A request's method and target, for one of {@code routes} routes. */
    static Line line(int routes, Random random) {
        String match = match(random.nextInt(routes));
        int path = match.indexOf('/');
        String method = path == 0 ? "GET" : match.substring(0, path - 1);
        String target =
                match.substring(path)
                        .replace("{id}", Integer.toString(random.nextInt(1_000_000)))
                        .replace("{order}", Integer.toString(random.nextInt(1_000_000)));
        return new Line(method, target + "?page=2");
    }

    /** The first line of a request. */
    record Line(String method, String target) {}
}
