package dev.carve.store;

import static dev.carve.store.OpenStore.BOUNDS;
import static dev.carve.store.OpenStore.failureOf;
import static dev.carve.store.OpenStore.kindOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.store.StoreException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds between processes: one at a time, and nothing lost when one is killed. */
class StoreProcessTest {

    private static final int ROUNDS = 3;
    private static final int NUMBERS_EACH = 300;

    @TempDir private Path folder;

    private static Process start(List<String> flags, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void killedWriterLosesNothingThatItWasToldIsWritten() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            Path of = folder.resolve("round" + round + ".db");
            long told = 0;
            Process writer = start(List.of(), WritingMain.class, of.toString());
            try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
                for (int i = 0; i < NUMBERS_EACH * round; i++) {
                    told = Math.max(told, Long.parseLong(String.valueOf(lines.readLine())));
                }
                // Not the process's own method, which also closes what is still to be read.
                writer.toHandle().destroyForcibly();
                // What it was told before it died, but we had not read yet.
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    // A last line that is cut is a smaller number.
                    told = Math.max(told, Long.parseLong(line));
                }
            } finally {
                writer.destroyForcibly().waitFor();
            }
            assertThat(told).isGreaterThanOrEqualTo((long) NUMBERS_EACH * round);
            try (OpenStore open = new OpenStore(of, BOUNDS, WritingMain.PAIRS)) {
                assertThat(pairs(open, "pairs_left")).isEqualTo(pairs(open, "pairs_right"));
                long kept = pairs(open, "pairs_left").size();
                assertThat(pairs(open, "pairs_left").getLast())
                        .as("numbers without a gap")
                        .isEqualTo(kept);
                assertThat(kept).isGreaterThanOrEqualTo(told);
            }
        }
    }

    private static List<Long> pairs(OpenStore open, String table) {
        return open.store
                .submit(session ->
                        session.query(
                                "SELECT number FROM " + table + " ORDER BY number",
                                row -> row.number("number")))
                .join();
    }

    @Test
    void databaseOfARunningProcessIsRefusedWithItsNumberAndFreeOnceThatIsKilled() throws Exception {
        Path file = folder.resolve("carve.db");
        Process writer = start(List.of(), WritingMain.class, file.toString());
        try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isNotNull();
            try (OpenStore open = new OpenStore(file, BOUNDS, WritingMain.PAIRS)) {
                assertThat(kindOf(open.store.opened())).isEqualTo(Kind.HELD);
                assertThat(failureOf(open.store.opened()))
                        .hasMessageContaining(
                                "in use by another running Carve (process " + writer.pid() + ")");
                writer.destroyForcibly().waitFor();
                open.awaitState(Health.State.UP);
                assertThat(pairs(open, "pairs_left")).isNotEmpty();
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** Knows the store, as a gateway without one does. */
    static final class UnusedMain {
        private UnusedMain() {}

        static void main(String[] arguments) throws ClassNotFoundException {
            Class.forName(Store.class.getName());
            System.out.println(
                    StoreUrl.parse(arguments[0], Path.of("/")) + ", " + StoreBounds.DEFAULT);
        }
    }

    @Test
    void driverIsNotLoadedBeforeAStoreIsOpened() throws Exception {
        Process process =
                start(List.of("-Xlog:class+load:stdout"), UnusedMain.class, "/nowhere/carve.db");
        String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(loaded).contains("dev.carve.store.Store ", "/nowhere/carve.db, StoreBounds");
        assertThat(loaded).doesNotContain("org.sqlite", "java.sql");
    }
}
