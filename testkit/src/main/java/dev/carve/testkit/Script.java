package dev.carve.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * What a scripted upstream does on one connection: its steps in order and then, if it repeats, from
 * the first again while the connection lasts. A script that ends closes the connection.
 *
 * @param steps the steps
 * @param repeats whether it starts again at its end
 */
public record Script(List<Step> steps, boolean repeats) {

    /** These steps once, from the moment the connection is accepted. */
    public static Script once(Step... steps) {
        return new Script(List.of(steps), false);
    }

    /** Reads a request and runs these steps, for as many requests as come. */
    public static Script perRequest(Step... steps) {
        return new Script(afterRequest(steps), true);
    }

    /** Reads one request, runs these steps, and closes. */
    public static Script oneRequest(Step... steps) {
        return new Script(afterRequest(steps), false);
    }

    private static List<Step> afterRequest(Step... steps) {
        var all = new ArrayList<Step>();
        all.add(new Step.ReadRequest());
        all.addAll(List.of(steps));
        return List.copyOf(all);
    }
}
