package dev.carve.bench.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcTest {

    private static final String STAT =
            "812 (odd) (name x) S 1 812 812 0 -1 4194560 5120 9 0 0 250 130 40 2 20 0 3 0 1200 9 9\n";

    @TempDir Path root;

    @Test
    void cpuTimeIsReadBehindANameWithBlanksAndParentheses() {
        ProcessStat stat = ProcessStat.parse(STAT);

        assertThat(stat.ticks()).isEqualTo(380);
        assertThat(stat.endedChildrenTicks()).isEqualTo(42);
        assertThat(CpuTime.micros(stat.ticks())).isEqualTo(3_800_000);
    }

    @Test
    void aShortStatLineIsRefusedWithItsText() {
        assertThatThrownBy(() -> ProcessStat.parse("1 (x) S 1")).hasMessageContaining("1 (x) S 1");
    }

    @Test
    void processesAreSummedAndVanishedOnesCountAsZero() throws IOException {
        process(812, STAT);
        process(813, STAT);

        assertThat(new Proc(root).cpuTicks(List.of(812L, 813L, 999L))).isEqualTo(760);
    }

    @Test
    void memoryIsReadInKibibytes() throws IOException {
        process(812, STAT);
        Path folder = root.resolve("812");
        Files.writeString(
                folder.resolve("smaps_rollup"),
                "5581-7ffd ---p 00000000 00:00 0 [rollup]\nRss:  9000 kB\nPss:  5120 kB\nPss_Dirty: 7 kB\n");
        Files.writeString(
                folder.resolve("status"), "Name:\tx\nVmPeak:\t 1 kB\nVmHWM:\t   2048 kB\n");
        Proc proc = new Proc(root);

        assertThat(proc.pssBytes(List.of(812L, 999L))).isEqualTo(5120 * 1024);
        assertThat(proc.peakResidentBytes(List.of(812L))).isEqualTo(2048 * 1024);
        assertThatThrownBy(() -> KibField.parse("Rss: 1 kB", "Pss:")).hasMessageContaining("Pss:");
    }

    @Test
    void whatIsBusyBeyondTheKnownTicksIsOthersAndSoIsSteal() {
        MachineTicks start = MachineTicks.parse("cpu  100 0 100 1000 0 0 0 10 0 0\ncpu0 1 1\n");
        MachineTicks end = MachineTicks.parse("cpu  150 5 120 1100 10 5 10 30 9 9\n");

        MachineTicks passed = end.since(start);

        assertThat(passed).isEqualTo(new MachineTicks(90, 20, 220));
        assertThat(passed.othersShare(60)).isCloseTo((30 + 20) / 220.0, within(1e-12));
        assertThat(passed.othersShare(500)).isCloseTo(20 / 220.0, within(1e-12));
    }

    @Test
    void aRealProcessIsRead() throws IOException {
        Proc proc = new Proc();
        List<Long> own = Proc.family(ProcessHandle.current());

        assertThat(proc.cpuTicks(own)).isPositive();
        assertThat(proc.pssBytes(own)).isGreaterThan(1024 * 1024);
        assertThat(proc.machine().total()).isPositive();
    }

    @Test
    void pausesAreReadFromTheLogOfAnyCollector() {
        List<GcLog.Pause> pauses =
                GcLog.parse(
                        """
                        [0.1s][info][gc] Using Serial
                        [1.0s][info][gc] GC(0) Pause Full (Diagnostic Command) 9M->3M(15M) 11.5ms
                        [1.2s][info][gc] GC(1) Pause Young (Allocation Failure) 7M->3M(15M) 0.812ms
                        [1.3s][info][gc] GC(2) Pause Young (Normal) (G1 Evacuation Pause) 8M->4096K(15M) 1.25ms
                        [1.4s][info][gc] GC(3) Concurrent Mark Cycle
                        [1.5s][info][gc] GC(4) Pause Full (Diagnostic Command) 6M->3M(15M) 12.5ms
                        """);

        assertThat(pauses).hasSize(4);
        // 3 to 7, 3 to 8 and 4 to 6 MiB.
        assertThat(GcLog.allocatedBytes(pauses)).isEqualTo(11L << 20);
        assertThat(GcLog.longestMillis(pauses)).isEqualTo(1.25);
    }

    private void process(long pid, String stat) throws IOException {
        Path folder = Files.createDirectories(root.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), stat);
    }
}
