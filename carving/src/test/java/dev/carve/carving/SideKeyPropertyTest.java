package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
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

    private static final String BEHIND_A_PROXY = "forwarded: { trusted: [127.0.0.0/8] }\n";

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    /**
     * Who asks, and with what.
     *
     * @param from the client's address, null for any
     */
    record User(@Nullable InetAddress from, String request) {}

    private static User asking(String request) {
        return new User(null, request);
    }

    /** One of the addresses of this machine that are there for itself alone. */
    private static User at(long key) {
        byte[] address = {127, (byte) (key >> 16), (byte) (key >> 8), (byte) (key | 1)};
        try {
            return new User(
                    InetAddress.getByAddress(address), "GET /things/x HTTP/1.1\r\nHost: h\r\n\r\n");
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Arguments> keys() {
        LongFunction<User> header =
                key ->
                        asking(
                                "GET /things/x HTTP/1.1\r\nHost: h\r\nX-User: "
                                        + Long.toString(key, 36)
                                        + "\r\n\r\n");
        LongFunction<User> cookie =
                key ->
                        asking(
                                "GET /things/x HTTP/1.1\r\nHost: h\r\nCookie: a=b; sid="
                                        + Long.toString(key, 36)
                                        + "\r\n\r\n");
        LongFunction<User> path =
                key ->
                        asking(
                                "GET /things/"
                                        + Long.toString(key, 36)
                                        + " HTTP/1.1\r\nHost: h\r\n\r\n");
        LongFunction<User> address = SideKeyPropertyTest::at;
        LongFunction<User> forwarded =
                key ->
                        asking(
                                "GET /things/x HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 2001:db8::"
                                        + Long.toString(key & 0xffff, 16)
                                        + ":"
                                        + Long.toString((key >> 16) & 0xffff, 16)
                                        + "\r\n\r\n");
        return Stream.of(
                Arguments.of("header:x-user", "", header),
                Arguments.of("cookie:sid", "", cookie),
                Arguments.of("path:id", "", path),
                Arguments.of("address", "", address),
                Arguments.of("address", BEHIND_A_PROXY, forwarded),
                Arguments.of("header:x-user", BEHIND_A_PROXY, forwarded));
    }

    private static Set<User> atNew(RunningCarves carves, List<User> users) throws Exception {
        InetSocketAddress gateway =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), carves.port());
        Set<User> found = new HashSet<>();
        RawClient client = RawClient.connect(gateway);
        try {
            for (User user : users) {
                if (user.from() != null) {
                    client.close();
                    client = RawClient.connect(gateway, user.from());
                }
                if (client.send(user.request()).read().bodyText().equals("new")) {
                    found.add(user);
                }
            }
        } finally {
            client.close();
        }
        return found;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("keys")
    void shareIsRightAndNobodyGoesBackOrFlips(String sticky, String top, LongFunction<User> user)
            throws Exception {
        assumeTrue(
                user.apply(1).from() == null || OS.LINUX.isCurrentOs(),
                "platform: this system has one loopback address");
        long seed = 20_261;
        Random random = new Random(seed);
        List<User> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            users.add(user.apply(random.nextLong(1L << 62)));
        }
        double[] steps = {0.05, 0.2, 0.5, 0.9, 1};
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                                old.port(),
                                                fresh.port(),
                                                top,
                                                "shift: { steps: [5%, 20%, 50%, 90%, 100%], every:"
                                                        + " 1h, sticky: \""
                                                        + sticky
                                                        + "\" }")
                                        .replace("match: /\n", "match: /things/{id}\n"))) {
            assertThat(atNew(carves, users)).isEmpty();
            Set<User> before = Set.of();
            for (double step : steps) {
                carves.command("route_approve");
                Set<User> now = atNew(carves, users);
                // Five standard deviations: one seed in two million fails.
                double slack = 5 * Math.sqrt(step * (1 - step) * USERS);
                assertThat((double) now.size())
                        .as("seed %d: users at %s", seed, step)
                        .isBetween(step * USERS - slack, step * USERS + slack);
                assertThat(now).as("seed %d: at %s", seed, step).containsAll(before);
                assertThat(atNew(carves, users)).as("seed %d: again", seed).isEqualTo(now);
                before = now;
            }
        }
    }

    /** Browsers, whose cookie says at a larger share what it said at the smaller one. */
    @Test
    void ownCookieKeepsTheNewSideFromStepToStep() throws Exception {
        double[] steps = {0.05, 0.1, 0.5, 1};
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "shift: { steps: [5%, 10%, 50%, 100%], every: 1h, sticky: own }")) {
            carves.command("route_approve");
            List<User> requests = new ArrayList<>();
            Set<User> before = new HashSet<>();
            try (RawClient client = RawClient.connect(carves.port())) {
                for (int i = 0; i < 2 * USERS; i++) {
                    RawResponse first = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read();
                    String cookie = first.field("Set-Cookie").orElseThrow().split(";", 2)[0];
                    requests.add(
                            asking("GET / HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n"));
                    if (first.bodyText().equals("new")) {
                        before.add(requests.getLast());
                    }
                }
            }
            assertThat(requests).doesNotHaveDuplicates();
            assertThat(before).as("at the new side from their first request on").isNotEmpty();
            assertThat(atNew(carves, requests)).as("at 5 %, again").isEqualTo(before);
            for (double step : steps) {
                if (step > steps[0]) {
                    carves.command("route_approve");
                }
                Set<User> now = atNew(carves, requests);
                double slack = 5 * Math.sqrt(step * (1 - step) * requests.size());
                assertThat((double) now.size())
                        .as("users at %s", step)
                        .isBetween(step * requests.size() - slack, step * requests.size() + slack);
                assertThat(now).as("at %s", step).containsAll(before);
                assertThat(atNew(carves, requests)).as("at %s, again", step).isEqualTo(now);
                before = now;
            }
        }
    }
}
