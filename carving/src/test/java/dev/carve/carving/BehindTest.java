package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import dev.carve.http.Loop;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Comparing that takes longer than there is time for. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class BehindTest {

    private static final int SENT_MAX = 2_000;

    @Test
    void whatIsNotComparedIsCountedWithItsReasonAndNoClientFeelsIt() throws Exception {
        var same = Script.perRequest(new Step.RespondText(200, List.of(), "same"));
        var caughtUp = new CountDownLatch(1);
        try (var old = ScriptedUpstream.start(same);
                var fresh = ScriptedUpstream.start(same);
                var carves =
                        RunningCarves.start(old.port(), fresh.port(), "mirror: 100%", "noise: 0%");
                var client = RawClient.connect(carves.port())) {
            keepWorkersBusy(carves, caughtUp);
            CarveCounts counts = carves.carve().counts();
            Findings findings = carves.carve().findings();
            for (int sent = 0; counts.skipped(Skip.BEHIND) < 5; sent++) {
                assertThat(sent).as("requests whose answers wait").isLessThan(SENT_MAX);
                get(client);
            }
            Await.until("copies to end", () -> carves.carves.budget().copiesUnderWay() == 0);
            assertThat(findings.compared()).isZero();
            long waiting = counts.mirrored() - counts.skipped(Skip.BEHIND);
            // One less where what keeps a worker busy still lies in the ring.
            assertThat(waiting).isBetween(511L, 512L);
            assertThat((Map<?, ?>) CarveStatus.of(carves.carve()).get("skipped"))
                    .extracting("behind")
                    .isEqualTo(counts.skipped(Skip.BEHIND));

            caughtUp.countDown();

            Await.until("what waits to be compared", () -> findings.compared() == waiting);
            get(client);
            Await.until("the next to be compared", () -> findings.compared() == waiting + 1);
            Await.until("memory to be given back", () -> carves.carves.budget().heldBytes() == 0);
        } finally {
            caughtUp.countDown();
        }
    }

    private static void get(RawClient client) throws Exception {
        assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read().bodyText())
                .isEqualTo("same");
    }

    /** Gives each thread that compares something that lasts until then. */
    private static void keepWorkersBusy(RunningCarves carves, CountDownLatch until)
            throws Exception {
        for (Loop each : carves.loops.all()) {
            var taken = new CompletableFuture<Boolean>();
            each.execute(() -> {
                Carve carve = carves.carve();
                Observation lasting = carve.comparisons().observation(each.number());
                carve.budget().takeBytes(Budget.OBSERVATION_BYTES);
                lasting.begin(carve, new Lasting(until), Side.OLD, each, false);
                taken.complete(carve.comparisons().offer(each.number(), lasting));
            });
            assertThat(taken.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private record Lasting(CountDownLatch until) implements Purpose {
        @Override
        public void compare(Comparing by, Observation of) {
            try {
                assertThat(until.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void sent(int loop) {}

        @Override
        public void ended(int loop, Side side, Ending ending, long nanos) {}

        @Override
        public void gaveUp(Observation of, Skip why) {}
    }
}
