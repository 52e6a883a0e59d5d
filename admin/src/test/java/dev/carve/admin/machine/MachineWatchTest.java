package dev.carve.admin.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.carve.admin.machine.MachineState.Reason;
import dev.carve.runtime.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineWatchTest {

    private static final String STAT = "cpu  %d 0 100 %d 50 0 0 %d 0 0\ncpu0 1 2 3\nintr 5\n";
    private static final String GROUP =
            "usage_usec 1\nuser_usec 1\nnr_periods %d\nnr_throttled %d\nthrottled_usec %d\n";

    @TempDir private Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private MachineWatch watch() {
        return new MachineWatch(root, Clock.system(), 2);
    }

    @Test
    void throttledProcessOfVersionTwoIsShort() throws IOException {
        write("proc/self/cgroup", "0::/system.slice/carve.service\n");
        write("sys/fs/cgroup/system.slice/carve.service/cpu.stat", GROUP.formatted(100, 1, 10));
        try (MachineWatch watch = watch()) {
            write(
                    "sys/fs/cgroup/system.slice/carve.service/cpu.stat",
                    GROUP.formatted(200, 21, 500_000));
            watch.sample();
            assertThat(watch.state().throttledShare()).isEqualTo(0.2);
            assertThat(watch.state().reasons()).containsExactly(Reason.THROTTLED);
            assertThat(watch.state().busyShare()).isNull();
        }
    }

    @Test
    void containerSeesItsOwnGroupAtTheRoot() throws IOException {
        write("proc/self/cgroup", "0::/../../kubepods/pod1\n");
        write("sys/fs/cgroup/cpu.stat", GROUP.formatted(1, 0, 0));
        try (MachineWatch watch = watch()) {
            watch.sample();
            // A path that leads out of the mount is not followed.
            assertThat(watch.state().throttledShare()).isNull();
        }
        write("proc/self/cgroup", "0::/kubepods/pod1\n");
        try (MachineWatch watch = watch()) {
            watch.sample();
            assertThat(watch.state().throttledShare()).isZero();
        }
    }

    @Test
    void versionOneCountsNanoseconds() throws IOException {
        write("proc/self/cgroup", "12:memory:/a\n4:cpu,cpuacct:/docker/1\n0::/ignored\n");
        write(
                "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.stat",
                "nr_periods 10\nnr_throttled 5\nthrottled_time 7000000\n");
        assertThat(new MachineFiles(root).sample(Clock.system()).throttling())
                .isEqualTo(new CpuSample.Throttling(10, 5, 7000));
    }

    @Test
    void stolenAndBusyAreSharesOfTheWindow() throws IOException {
        write("proc/stat", STAT.formatted(1000, 5000, 0));
        write("proc/loadavg", "4.50 1.00 0.50 3/321 12345\n");
        try (MachineWatch watch = watch()) {
            write("proc/stat", STAT.formatted(1960, 5020, 20));
            watch.sample();
            MachineState state = watch.state();
            assertThat(state.busyShare()).isCloseTo(0.96, within(1e-9));
            assertThat(state.stolenShare()).isCloseTo(0.02, within(1e-9));
            assertThat(state.loadPerCore()).isEqualTo(2.25);
            assertThat(state.reasons()).containsExactly(Reason.BUSY, Reason.LOAD);
            write("proc/stat", STAT.formatted(1960, 5020, 120));
            watch.sample();
            assertThat(watch.state().reasons()).contains(Reason.STEAL);
        }
    }

    @Test
    void systemThatTellsNothingIsNotShort() throws IOException {
        try (MachineWatch watch = watch()) {
            watch.sample();
            assertThat(watch.state()).isEqualTo(MachineState.unknown(2));
        }
        write("proc/self/cgroup", "nonsense\n::\n");
        write("proc/stat", "cpu x y\n");
        write("proc/loadavg", "high\n");
        try (MachineWatch watch = watch()) {
            watch.sample();
            assertThat(watch.state()).isEqualTo(MachineState.unknown(2));
        }
    }

    @Test
    void residentMemoryIsRead() {
        assertThat(ProcessMetrics.residentBytes("Name:\tjava\nVmRSS:\t   2048 kB\nX: 1\n"))
                .isEqualTo(2_097_152);
        assertThat(ProcessMetrics.residentBytes("Name:\tjava\n")).isNull();
    }
}
