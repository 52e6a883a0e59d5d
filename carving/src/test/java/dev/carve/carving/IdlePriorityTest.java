package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carve.testkit.Await;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

    @Test
    void threadsThatCompareGiveWay() throws Exception {
        assumeTrue(Files.exists(STAT), "platform: no /proc of Linux");
        Script answer = Script.perRequest(new Step.RespondText(200, List.of(), "x"));
        try (var old = ScriptedUpstream.start(answer);
                var fresh = ScriptedUpstream.start(answer);
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            carves.get("/", "u");
            Await.until("a comparison", () -> carves.carve().findings().compared() == 1);

            assertThat(policiesOf("carve-compare-")).isNotEmpty().containsOnly("5");
            assertThat(policiesOf("carve-loop-")).isNotEmpty().containsOnly("0");
        }
    }

    /** Of all threads of this process whose names begin so. */
    private static List<String> policiesOf(String name) throws IOException {
        List<String> policies = new ArrayList<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path each : threads.toList()) {
                String stat = read(each.resolve("stat"));
                if (stat.contains("(" + name)) {
                    policies.add(policy(stat));
                }
            }
        }
        return policies;
    }

    /** Empty for a thread that has just ended. */
    private static String read(Path stat) {
        try {
            return Files.readString(stat);
        } catch (IOException ended) {
            return "";
        }
    }

    private static String policy() throws Exception {
        return policy(Files.readString(STAT));
    }

    private static String policy(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY];
    }
}
