package dev.carve.bench.peer;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Assumptions;

/**
 * Outside programs that a test needs: without them it is skipped by name, or fails where CI says
 * so.
 */
public final class Outside {

    private Outside() {}

    public static void needs(String... programs) {
        for (String program : programs) {
            if (Tools.find(program).isPresent()) {
                continue;
            }
            if ("1".equals(System.getenv("CARVE_REQUIRE_ALL"))) {
                fail(program + " is not installed and CARVE_REQUIRE_ALL=1");
            }
            Assumptions.abort(program + " is not installed");
        }
    }
}
