package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who is at the new side, asked through a running gateway for each kind of key: the share is right
 * within statistics, whoever was there stays there with each step, and nobody flips.
 */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class SideKeyPropertyTest {

    private static final int USERS = 400;

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private static Stream<Arguments> keys() {
        Function<String, String> header =
                key -> "GET /things/x HTTP/1.1\r\nHost: h\r\nX-User: " + key + "\r\n\r\n";
        Function<String, String> cookie =
                key -> "GET /things/x HTTP/1.1\r\nHost: h\r\nCookie: a=b; sid=" + key + "\r\n\r\n";
        Function<String, String> path =
                key -> "GET /things/" + key + " HTTP/1.1\r\nHost: h\r\n\r\n";
        return Stream.of(
                Arguments.of("header:x-user", header),
                Arguments.of("cookie:sid", cookie),
                Arguments.of("path:id", path));
    }

    private static Set<String> atNew(RunningCarves carves, List<String> requests) throws Exception {
        Set<String> found = new HashSet<>();
        try (RawClient client = RawClient.connect(carves.port())) {
            for (String request : requests) {
                if (client.send(request).read().bodyText().equals("new")) {
                    found.add(request);
                }
            }
        }
        return found;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void shareIsRightAndNobodyGoesBackOrFlips(String sticky, Function<String, String> request)
            throws Exception {
        long seed = 20_261;
        Random random = new Random(seed);
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            requests.add(request.apply(Long.toString(random.nextLong(1L << 62), 36)));
        }
        double[] steps = {0.05, 0.2, 0.5, 0.9, 1};
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                                old.port(),
                                                fresh.port(),
                                                "",
                                                "shift: { steps: [5%, 20%, 50%, 90%, 100%], every:"
                                                        + " 1h, sticky: \""
                                                        + sticky
                                                        + "\" }")
                                        .replace("match: /\n", "match: /things/{id}\n"))) {
            assertThat(atNew(carves, requests)).isEmpty();
            Set<String> before = Set.of();
            for (double step : steps) {
                carves.command("route_approve");
                Set<String> now = atNew(carves, requests);
                // Five standard deviations: one seed in two million fails.
                double slack = 5 * Math.sqrt(step * (1 - step) * USERS);
                assertThat((double) now.size())
                        .as("seed %d: users at %s", seed, step)
                        .isBetween(step * USERS - slack, step * USERS + slack);
                assertThat(now).as("seed %d: at %s", seed, step).containsAll(before);
                assertThat(atNew(carves, requests)).as("seed %d: again", seed).isEqualTo(now);
                before = now;
            }
        }
    }
}
