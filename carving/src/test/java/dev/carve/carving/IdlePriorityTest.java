package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdlePriorityTest {

    private static final Path STAT = Path.of("/proc/thread-self/stat");

    /** The field after the name that tells the scheduling policy (proc_pid_stat(5), field 41). */
    private static final int POLICY = 41 - 3;

    @Test
    void threadGivesWayToAllOthersAndOnlyThatThread() throws Exception {
        assumeTrue(Files.exists(STAT), "platform: no /proc of Linux");
        var policy = new CompletableFuture<String>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        assertThat(IdlePriority.take()).isTrue();
                        policy.complete(policy());
                    } catch (Throwable wrong) {
                        policy.completeExceptionally(wrong);
                    }
                });
        assertThat(policy.get(10, TimeUnit.SECONDS)).isEqualTo("5");
        assertThat(policy()).isEqualTo("0");
    }

    private static String policy() throws Exception {
        String stat = Files.readString(STAT);
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY];
    }
}
