package dev.carve.carving.keep;

import static dev.carve.carving.keep.OpenKeep.USERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.KeepBounds.LedgerBounds;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a process that is killed while it changes a carve. */
class KeepProcessTest {

    private static final int CHANGES = 300;

    @TempDir private Path folder;

    private static Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Loads a part of the bounds before the whole. */
    static final class PartFirstMain {
        private PartFirstMain() {}

        static void main(String[] arguments) {
            System.out.println(DifferenceBounds.DEFAULT.equals(KeepBounds.DEFAULT.differences()));
            System.out.println(LedgerBounds.DEFAULT.equals(KeepBounds.DEFAULT.ledger()));
        }
    }

    @Test
    void boundsAreTheSameInWhateverOrderTheyAreLoaded() throws Exception {
        Process process = start(PartFirstMain.class);
        assertThat(process.inputReader(StandardCharsets.UTF_8).lines())
                .containsExactly("true", "true");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void stateAndLedgerAreRightAfterTheProcessWasKilled() throws Exception {
        Path file = folder.resolve("carve.db");
        long told = 0;
        Process process = start(ShiftingMain.class, file.toString());
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < CHANGES; i++) {
                told = Long.parseLong(String.valueOf(lines.readLine()));
            }
            // Not the process's own method, which also closes what is still to be read.
            process.toHandle().destroyForcibly();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // A last line that is cut is a smaller number.
                told = Math.max(told, Long.parseLong(line));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (OpenKeep open = new OpenKeep(file)) {
            CarveState state = open.keep.states().all().join().getFirst();
            assertThat(state.version()).isGreaterThanOrEqualTo(told);
            assertThat(state)
                    .isEqualTo(OpenKeep.state(USERS, (int) (state.version() - 1), state.version()));
            List<LedgerEntry> ledger =
                    open.keep.ledger().latest("users", Integer.MAX_VALUE).join().reversed();
            int first = number(ledger);
            assertThat(ledger)
                    .as("entries in order, without a gap, none twice")
                    .isEqualTo(
                            IntStream.range(first, first + ledger.size())
                                    .mapToObj(number -> OpenKeep.entry(USERS, number))
                                    .toList());
            // The entry before the last waits at most for the change after it.
            assertThat(first + ledger.size() - 1).isGreaterThanOrEqualTo((int) told - 2);
        }
    }

    /** The first entry's number. */
    private static int number(List<LedgerEntry> ledger) {
        return (int) (ledger.getFirst().at().toEpochMilli() - OpenKeep.THEN.toEpochMilli());
    }
}
