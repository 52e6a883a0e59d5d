package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.ChangingSide.Told;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The old side against itself. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class SelfCheckTest {

    private static ChangingSide counting() throws Exception {
        AtomicInteger count = new AtomicInteger();
        return ChangingSide.answering(
                _ -> new Told(200, "{\"id\":7,\"served\":" + count.incrementAndGet() + "}"));
    }

    private static void begin(RunningCarves carves, int requests) {
        assertThat(
                        carves.command(
                                "route_compare_self",
                                Map.of("requests", Integer.toString(requests), "seconds", "600")))
                .isInstanceOf(AdminCommand.Done.class);
    }

    @Test
    void oldSideIsAskedTwiceAndTheNewOneNotAtAll() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            begin(carves, 5);
            for (int i = 0; i < 5; i++) {
                carves.get("/" + i, "u");
            }

            Map<?, ?> view = carves.view("route_compare_self");

            assertThat(view.get("state")).isEqualTo("done");
            assertThat(view.get("compared")).isEqualTo(5);
            assertThat(view.get("differing")).isEqualTo(5L);
            assertThat((List<?>) view.get("places"))
                    .isEqualTo(List.of(Map.of("place", "/served", "pairs", 5L, "differing", 5L)));
            assertThat(view.get("lines"))
                    .isEqualTo(
                            List.of(
                                    "ignore:",
                                    "  - \"/served\"  # differs in 5 of 5 pairs of old answers"));
            assertThat(fresh.asked()).isEmpty();
            assertThat(old.asked()).hasSize(10);
            assertThat(old.asked().stream().filter(each -> each.mark().equals("copy"))).hasSize(5);
        }
    }

    @Test
    void itEndsWithTheLastPairAndMirroringGoesOn() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            begin(carves, 1);
            carves.get("/1", "u");
            assertThat(carves.view("route_compare_self").get("state")).isEqualTo("done");

            carves.get("/2", "u");

            Await.until("a copy at the new side", () -> fresh.asked().size() == 1);
            assertThat(fresh.asked().getFirst().target()).isEqualTo("/2");
            assertThat(old.asked()).hasSize(3);
        }
    }

    @Test
    void itWorksWhereNothingIsMirrored() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            carves.command("route_rollback");
            assertThat(carves.carve().plan().idle()).isTrue();
            begin(carves, 1);

            carves.get("/1", "u");

            assertThat(carves.view("route_compare_self").get("compared")).isEqualTo(1);
            assertThat(old.asked()).hasSize(2);
            assertThat(fresh.asked()).isEmpty();
            assertThat(carves.carve().plan().check()).isNull();
        }
    }

    @Test
    void whoIsAtTheNewSideStaysThereAndIsNotMirrored() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{\"fresh\":1}");
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "shift: { steps: [50%, 100%], sticky: \"header:x-user\" }")) {
            carves.command("route_approve");
            begin(carves, 5);
            int atNew = 0;
            for (int i = 0; i < 40; i++) {
                atNew += carves.get("/", "user" + i).bodyText().contains("fresh") ? 1 : 0;
            }
            // Of 40 with even chances; what is mirrored after the fifth pair has a mark.
            assertThat(carves.view("route_compare_self").get("compared")).isEqualTo(5);
            assertThat(fresh.asked().stream().filter(each -> each.mark().isEmpty())).hasSize(atNew);
            assertThat(atNew).isBetween(4, 36);
        }
    }

    @Test
    void finishedCarveHasNoOldSideToCheck() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves =
                        RunningCarves.start(old.port(), fresh.port(), "shift: { steps: [100%] }")) {
            carves.command("route_approve");
            carves.command("route_finish");

            assertThat(carves.command("route_compare_self"))
                    .isEqualTo(
                            new AdminCommand.Refused(
                                    "shop: the old side gets no requests in stage done"));
        }
    }

    @Test
    void requestThatMayChangeSomethingIsNotSentTwice() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves = RunningCarves.start(old.port(), fresh.port(), "writes: all")) {
            begin(carves, 1);
            carves.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
            carves.get("/1", "u");

            assertThat(carves.view("route_compare_self").get("compared")).isEqualTo(1);
            assertThat(old.asked().stream().filter(each -> each.method().equals("POST")))
                    .hasSize(1);
        }
    }

    @Test
    void oneThatCanNotBeComparedMakesRoomForAnother() throws Exception {
        try (var old =
                        ChangingSide.answering(asked ->
                                new Told(
                                        200,
                                        asked.target().equals("/large")
                                                ? "x".repeat(20_000)
                                                : "{\"a\":1}"));
                var fresh = ChangingSide.answering("{}");
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { answer: 10KiB }\n",
                                        "mirror: 0%"))) {
            begin(carves, 1);
            carves.get("/large", "u");
            Await.until(
                    "the large one to be given up",
                    () -> carves.carve().counts().skipped(Skip.TOO_LARGE) == 1);
            carves.get("/small", "u");

            Map<?, ?> view = carves.view("route_compare_self");
            assertThat(view.get("compared")).isEqualTo(1);
            assertThat(view.get("skipped")).isEqualTo(1L);
            assertThat(view.get("differing")).isEqualTo(0L);
        }
    }

    @Test
    void secondOneWaitsForTheFirst() throws Exception {
        try (var old = counting();
                var fresh = ChangingSide.answering("{}");
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 0%")) {
            begin(carves, 1);
            assertThat(carves.command("route_compare_self"))
                    .isEqualTo(
                            new AdminCommand.Refused(
                                    "shop: its old side is being checked already"));
        }
    }
}
