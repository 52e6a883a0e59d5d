package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gateway and new side killed at each stage, under load: where the carve stands afterwards, and
 * that clients lose nothing that the kill does not explain.
 */
@Timeout(240)
class KillTest {

    private static final String MIRRORED = "mirror: 100%";
    private static final int READERS = 6;
    private static final int WRITERS = 2;

    @TempDir private Path folder = Path.of("");

    /**
     * Somewhere for the carve to be.
     *
     * @param commands that lead there from the one before
     * @param stands as {@link Shop#stands} tells it
     * @param kept as the store has it
     */
    private record Place(String name, List<String> commands, String stands, String kept) {}

    private static final List<Place> WAY =
            List.of(
                    new Place("mirroring", List.of(), "mirror 0.0", "mirror 0"),
                    new Place("at a step", List.of("route_approve"), "shift 0.5", "shift 5000"),
                    new Place("paused", List.of("route_pause"), "paused 0.5", "paused 5000"),
                    new Place(
                            "mirrored back at the last step",
                            List.of("route_resume", "route_approve"),
                            "shift 1.0",
                            "shift 10000"),
                    new Place(
                            "rolled back",
                            List.of("route_rollback"),
                            "rolled_back 0.0",
                            "rolled_back 0"),
                    new Place(
                            "done",
                            List.of(
                                    "route_start",
                                    "route_approve",
                                    "route_approve",
                                    "route_finish"),
                            "done 1.0",
                            "done 10000"));

    private @Nullable GatewayProcess running;

    @AfterEach
    void close() {
        if (running != null) {
            running.close();
        }
    }

    private Path store() {
        return folder.resolve("carve.db");
    }

    private GatewayProcess start(String file) throws IOException {
        GatewayProcess started = GatewayProcess.start(folder, file);
        running = started;
        return started;
    }

    private static void kill(GatewayProcess gateway) throws Exception {
        gateway.signal("KILL");
        assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isNotEqualTo(-1);
        gateway.close();
    }

    @Test
    void gatewayThatIsKilledGoesOnWhereItWas() throws Exception {
        try (SideProcess old = SideProcess.start(folder, "old");
                SideProcess fresh = SideProcess.start(folder, "new")) {
            String file = Shop.carved(store(), old.port(), fresh.port(), MIRRORED);
            GatewayProcess gateway = start(file);
            try (LiveLoad load = LiveLoad.start(gateway.port(), READERS, 0)) {
                for (Place place : WAY) {
                    for (String command : place.commands()) {
                        Shop.command(gateway, command);
                    }
                    gateway = killedAt(place, gateway, load, file);
                }
                killedAfterTheBlockLeftTheFile(
                        gateway, load, file, Shop.uncarved(store(), old.port(), fresh.port()));
            }
        }
    }

    private GatewayProcess killedAt(Place place, GatewayProcess gateway, LiveLoad load, String file)
            throws Exception {
        StoreFile.awaitState(store(), place.kept(), gateway::errors);
        Map<String, String> before = Shop.sides(gateway);
        load.awaitAnswers(50);
        assertThat(load.lost()).as("%s: before the kill", place.name()).isEmpty();

        GatewayProcess next = restarted(gateway, load, file);

        assertThat(Shop.stands(next))
                .as("%s: right after the start", place.name())
                .isEqualTo(place.stands());
        assertThat(Shop.sides(next)).as("%s: who is where", place.name()).isEqualTo(before);
        load.awaitAnswers(50);
        assertThat(load.lost()).as("%s: after the start", place.name()).isEmpty();
        return next;
    }

    /** Kills it; what the load lost must be explained by that, and is then forgotten. */
    private GatewayProcess restarted(GatewayProcess gateway, LiveLoad load, String file)
            throws Exception {
        int port = gateway.port();
        long killed = System.nanoTime();
        kill(gateway);
        GatewayProcess next = start(file);
        load.to(next.port());
        load.awaitAnswers(READERS);
        assertThat(load.lost())
                .as("all that was lost was under way when the gateway was killed")
                .allMatch(each -> each.port() == port && each.status() == 0)
                .allMatch(each -> each.atNanos() - killed >= 0);
        assertThat(load.refusing()).isSubsetOf(port);
        load.forget();
        return next;
    }

    /** With the block again, the carve begins anew. */
    private void killedAfterTheBlockLeftTheFile(
            GatewayProcess gateway, LiveLoad load, String file, String without) throws Exception {
        gateway.rewrite(without);
        gateway.hangUp();
        StoreFile.awaitState(store(), "off 0", gateway::errors);
        GatewayProcess off = restarted(gateway, load, without);
        assertThat(Shop.sides(off)).as("off").doesNotContainValue("new");
        GatewayProcess again = restarted(off, load, file);
        assertThat(Shop.stands(again)).as("after off").isEqualTo("mirror 0.0");
        assertThat(Shop.sides(again)).as("after off").doesNotContainValue("new");
    }

    /** The command was answered, and whether the store has it by then is open. */
    @Test
    void gatewayThatIsKilledWhileItRollsBackStandsBeforeOrAfter() throws Exception {
        try (SideProcess old = SideProcess.start(folder, "old");
                SideProcess fresh = SideProcess.start(folder, "new")) {
            String file = Shop.carved(store(), old.port(), fresh.port(), MIRRORED);
            GatewayProcess gateway = start(file);
            Shop.command(gateway, "route_approve");
            StoreFile.awaitState(store(), "shift 5000", gateway::errors);
            Map<String, String> shifted = Shop.sides(gateway);
            Shop.command(gateway, "route_rollback");
            kill(gateway);

            GatewayProcess next = start(file);
            String stands = Shop.stands(next);
            assertThat(stands).isIn("shift 0.5", "rolled_back 0.0");
            if (stands.equals("shift 0.5")) {
                assertThat(Shop.sides(next)).isEqualTo(shifted);
                Shop.command(next, "route_rollback");
            }
            assertThat(Shop.sides(next)).doesNotContainValue("new");
            StoreFile.awaitState(store(), "rolled_back 0", next::errors);
        }
    }

    @Test
    void newSideThatIsKilledIsNotMissedByWhoeverReads() throws Exception {
        try (SideProcess old = SideProcess.start(folder, "old");
                SideProcess fresh = SideProcess.start(folder, "new");
                LiveLoad load =
                        LiveLoad.start(
                                start(Shop.carved(store(), old.port(), fresh.port(), MIRRORED))
                                        .port(),
                                READERS,
                                WRITERS)) {
            GatewayProcess gateway = Objects.requireNonNull(running);
            mirrorKilled(gateway, fresh, load);
            fresh.again();
            for (List<String> way :
                    List.of(
                            // What failed while it was mirrored can not be approved as it stands.
                            List.of("route_rollback", "route_start", "route_approve"),
                            List.of("route_start", "route_approve", "route_pause"),
                            List.of("route_start", "route_approve", "route_approve"))) {
                for (String command : way) {
                    Shop.command(gateway, command);
                }
                shiftKilled(gateway, fresh, load, way);
                fresh.again();
            }
            rolledBackKilled(gateway, fresh, load);
            fresh.again();
            doneKilled(gateway, fresh, load);
        }
    }

    /** Copies fail, and nobody feels it. */
    private static void mirrorKilled(GatewayProcess gateway, SideProcess fresh, LiveLoad load)
            throws Exception {
        load.awaitAnswers(100);
        fresh.kill();
        load.awaitAnswers(300);
        assertThat(load.lost()).as("mirroring").isEmpty();
        assertThat(Shop.stands(gateway)).isEqualTo("mirror 0.0");
        Scrape now = gateway.scrape();
        assertThat(now.sum("carve_mirror_skipped_total", "reason=\"copy_failed\"")).isPositive();
        assertThat(now.sum("carve_fallbacks_total")).isZero();
    }

    /** The old side answers instead, and the guard takes the route back. */
    private static void shiftKilled(
            GatewayProcess gateway, SideProcess fresh, LiveLoad load, List<String> way)
            throws Exception {
        load.awaitAnswers(100);
        assertThat(load.lost()).as("%s: before the kill", way).isEmpty();
        double fallbacks = gateway.scrape().sum("carve_fallbacks_total");
        fresh.kill();
        Shop.awaitStanding(gateway, "rolled_back 0.0");

        // Whoever was asked before the roll-back may hear of the kill after it.
        load.awaitAnswers(10 * (READERS + WRITERS));
        assertThat(load.lost("GET")).as("%s: readers", way).isEmpty();
        assertThat(load.lost("POST"))
                .as("%s: writers, whose requests nobody may repeat", way)
                .allMatch(each -> each.status() == 502 || each.status() == 503);
        assertThat(gateway.scrape().sum("carve_fallbacks_total")).isGreaterThan(fallbacks);
        load.forget();
        load.awaitAnswers(100);
        assertThat(load.lost()).as("%s: after the roll-back", way).isEmpty();
    }

    private static void rolledBackKilled(GatewayProcess gateway, SideProcess fresh, LiveLoad load)
            throws Exception {
        fresh.kill();
        load.awaitAnswers(100);
        assertThat(load.lost()).as("rolled back").isEmpty();
        assertThat(Shop.stands(gateway)).isEqualTo("rolled_back 0.0");
    }

    /** A finished carve has no other side: clients are told so until a person takes it back. */
    private static void doneKilled(GatewayProcess gateway, SideProcess fresh, LiveLoad load)
            throws IOException, InterruptedException {
        for (String command :
                List.of("route_start", "route_approve", "route_approve", "route_finish")) {
            Shop.command(gateway, command);
        }
        load.awaitAnswers(100);
        assertThat(load.lost()).as("done").isEmpty();
        fresh.kill();
        assertThat(Shop.stands(gateway)).isEqualTo("done 1.0");
        Shop.command(gateway, "route_rollback");
        load.awaitAnswers(10 * (READERS + WRITERS));
        assertThat(load.lost())
                .as("what a killed side with nobody beside it explains")
                .allMatch(each -> each.status() == 502 || each.status() == 503);
        load.forget();
        load.awaitAnswers(100);
        assertThat(load.lost()).as("done, then taken back").isEmpty();
    }
}
