package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.Field;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A running gateway whose store is locked or full: no client feels it, the way back works at once,
 * and what happened is written when there is a store again.
 */
@Timeout(120)
class StoreTroubleTest {

    private static final int READERS = 4;
    private static final String BEGAN = "off > mirror by file";
    private static final String SHIFTED = "mirror > shift 50% by operator";

    @TempDir private Path folder = Path.of("");

    private static Script side(String name) {
        return Script.perRequest(
                new Step.RespondText(200, List.of(new Field("X-Side", name)), "the same"));
    }

    private static void locked(Connection other) throws Exception {
        try (Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
        }
    }

    private static void unlocked(Connection other) throws Exception {
        try (Statement statement = other.createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    private static void kill(GatewayProcess gateway) throws Exception {
        gateway.signal("KILL");
        assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isNotEqualTo(-1);
    }

    @Test
    void lockedStoreKeepsNeitherClientsNorTheWayBackWaiting() throws Exception {
        Path store = folder.resolve("carve.db");
        try (var old = ScriptedUpstream.start(side("old"));
                var fresh = ScriptedUpstream.start(side("new"))) {
            String file = Shop.carved(store, old.port(), fresh.port());
            try (GatewayProcess gateway = GatewayProcess.start(folder, file);
                    LiveLoad load = LiveLoad.start(gateway.port(), READERS, 0)) {
                StoreFile.awaitState(store, "mirror 0", gateway::errors);
                try (Connection other = StoreFile.open(store)) {
                    locked(other);
                    Shop.command(gateway, "route_approve");
                    assertThat(Shop.sides(gateway)).containsValue("new");
                    load.awaitAnswers(200);
                    Shop.command(gateway, "rollback_all");
                    assertThat(Shop.sides(gateway)).doesNotContainValue("new");
                    load.awaitAnswers(100);
                    assertThat(load.lost()).isEmpty();
                    assertThat(Shop.scrape(gateway).sum("carve_ledger_pending_entries"))
                            .isEqualTo(2);
                    unlocked(other);
                }
                StoreFile.awaitState(store, "rolled_back 0", gateway::errors);
                awaitLedger(gateway);
                assertThat(StoreFile.ledger(store))
                        .containsExactly(BEGAN, SHIFTED, "shift 50% > rolled_back by operator");
                kill(gateway);
            }
            try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                assertThat(Shop.stands(gateway)).isEqualTo("rolled_back 0.0");
            }
        }
    }

    private static void awaitLedger(GatewayProcess gateway) {
        Await.until(
                "the ledger to be written",
                Duration.ofSeconds(30),
                () -> Shop.scrape(gateway).sum("carve_ledger_pending_entries") == 0,
                gateway::errors);
    }

    /** Where the carve stood is known as soon as the store tells it, and never forgotten. */
    @Test
    void gatewayThatStartsWhileItsStoreIsLockedFindsWhereItStood() throws Exception {
        Path store = folder.resolve("carve.db");
        try (var old = ScriptedUpstream.start(side("old"));
                var fresh = ScriptedUpstream.start(side("new"))) {
            String file = Shop.carved(store, old.port(), fresh.port());
            Map<String, String> before;
            try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                Shop.command(gateway, "route_approve");
                before = Shop.sides(gateway);
                StoreFile.awaitState(store, "shift 5000", gateway::errors);
                kill(gateway);
            }
            try (Connection other = StoreFile.open(store)) {
                locked(other);
                try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                    assertThat(Shop.stands(gateway)).isEqualTo("off 0.0");
                    assertThat(Shop.sides(gateway)).doesNotContainValue("new");
                    unlocked(other);
                    Shop.awaitStanding(gateway, "shift 0.5");
                    assertThat(Shop.sides(gateway)).isEqualTo(before);
                    StoreFile.awaitState(store, "shift 5000", gateway::errors);
                }
            }
        }
    }

    /** What a person did meanwhile is newer than what the store knows. */
    @Test
    void whatWasDoneWhileTheStoreWasLockedAtTheStartCounts() throws Exception {
        Path store = folder.resolve("carve.db");
        try (var old = ScriptedUpstream.start(side("old"));
                var fresh = ScriptedUpstream.start(side("new"))) {
            String file = Shop.carved(store, old.port(), fresh.port());
            try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                Shop.command(gateway, "route_approve");
                StoreFile.awaitState(store, "shift 5000", gateway::errors);
                kill(gateway);
            }
            try (Connection other = StoreFile.open(store)) {
                locked(other);
                try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                    Shop.command(gateway, "rollback_all");
                    unlocked(other);
                    StoreFile.awaitState(store, "rolled_back 0", gateway::errors);
                    assertThat(Shop.stands(gateway)).isEqualTo("rolled_back 0.0");
                }
            }
        }
    }

    @Test
    void fullDiskKeepsNeitherClientsNorTheGuardWaiting() throws Exception {
        try (var old = ScriptedUpstream.start(side("old"));
                var fresh = ScriptedUpstream.start(side("new"));
                SmallDisk disk = SmallDisk.mount(folder.resolve("disk"))) {
            Path store = disk.folder().resolve("carve.db");
            String file = Shop.carved(store, old.port(), fresh.port());
            try (GatewayProcess gateway = GatewayProcess.start(folder, file);
                    LiveLoad load = LiveLoad.start(gateway.port(), READERS, 0)) {
                StoreFile.awaitState(store, "mirror 0", gateway::errors);
                disk.fill();
                Shop.command(gateway, "route_approve");
                assertThat(Shop.sides(gateway)).containsValue("new");
                load.awaitAnswers(100);
                fresh.refuseConnections();
                fresh.cutConnections();
                assertThat(Shop.sides(gateway)).doesNotContainValue("new");
                Shop.awaitStanding(gateway, "rolled_back 0.0");
                load.awaitAnswers(100);
                assertThat(load.lost()).isEmpty();
                assertThat(Shop.scrape(gateway).sum("carve_ledger_pending_entries")).isEqualTo(2);
                disk.free();
                awaitLedger(gateway);
                StoreFile.awaitState(store, "rolled_back 0", gateway::errors);
                assertThat(StoreFile.ledger(store))
                        .containsExactly(BEGAN, SHIFTED, "shift 50% > rolled_back by guard");
                kill(gateway);
            }
            try (GatewayProcess gateway = GatewayProcess.start(folder, file)) {
                assertThat(Shop.stands(gateway)).isEqualTo("rolled_back 0.0");
            }
        }
    }

    /** A file system of one MiB that the test can fill. */
    private record SmallDisk(Path folder) implements AutoCloseable {

        private static final int MOST = 2 << 20;

        static SmallDisk mount(Path folder) throws IOException {
            Files.createDirectories(folder);
            Optional<Path> mount = OutsidePrograms.find("mount");
            Assumptions.assumeTrue(
                    mount.isPresent()
                            && run("mount", "-t", "tmpfs", "-o", "size=1m", "carve", folder) == 0,
                    "platform: this user may not mount a file system");
            return new SmallDisk(folder);
        }

        private static int run(Object... command) throws IOException {
            List<String> words = Stream.of(command).map(Object::toString).toList();
            return new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
        }

        private Path filler() {
            return folder.resolve("filler");
        }

        void fill() throws IOException {
            byte[] page = new byte[4096];
            boolean full = false;
            try (OutputStream out = Files.newOutputStream(filler())) {
                for (int written = 0; written < MOST; written += page.length) {
                    out.write(page);
                }
            } catch (IOException noSpaceLeft) {
                full = true;
            }
            assertThat(full).as("a file system that is full").isTrue();
        }

        void free() throws IOException {
            Files.delete(filler());
        }

        @Override
        public void close() throws IOException {
            run("umount", "-l", folder);
        }
    }
}
