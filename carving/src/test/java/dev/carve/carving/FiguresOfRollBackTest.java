package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.shift.LedgerEntry;
import dev.carve.carving.shift.Stage;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger says of the moment in which the guard rolled back. */
@Timeout(120)
@ExtendWith(NoLeaks.class)
class FiguresOfRollBackTest {

    private static final int REQUESTS_MAX = 100_000;

    @TempDir private Path folder = Path.of("");

    private static Script answering(int status, String text) {
        return Script.perRequest(new Step.RespondText(status, List.of(), text));
    }

    private static int get(RawClient client, String user) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: " + user + "\r\n\r\n")
                .read()
                .status();
    }

    private static String user(RunningCarves carves, String side) throws IOException {
        int user = 0;
        while (!carves.get("/", "user" + user).bodyText().equals(side)) {
            user++;
        }
        return "user" + user;
    }

    @Test
    void ledgerHoldsTheFiguresThatTheGuardWentBackFor() throws Exception {
        try (var old = ScriptedUpstream.start(answering(200, "old"));
                var fresh = ScriptedUpstream.start(answering(200, "new"));
                var carves =
                        RunningCarves.kept(
                                folder.resolve("carve.db"),
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "",
                                        "shift: { steps: [50%], every: 1h, sticky:"
                                                + " \"header:x-user\" }",
                                        "guard: { p95: off }"));
                var client = RawClient.connect(carves.port())) {
            carves.command("route_approve");
            String atOld = user(carves, "old");
            String atNew = user(carves, "new");
            for (int i = 0; i < 100; i++) {
                assertThat(get(client, atOld)).isEqualTo(200);
                assertThat(get(client, atNew)).isEqualTo(200);
            }
            fresh.script(answering(500, "new"));
            fresh.cutConnections();
            for (int i = 0; carves.carve().state().stage() == Stage.SHIFT; i++) {
                assertThat(i).as("requests without a roll-back").isLessThan(REQUESTS_MAX);
                get(client, atOld);
                get(client, atNew);
            }
            // The share falls first; what is told of it follows.
            Await.until(
                    "the roll-back", () -> carves.carve().recent().getFirst().by().equals("guard"));

            LedgerEntry entry = carves.carve().recent().getFirst();
            assertThat(entry.to().stage()).isEqualTo(Stage.ROLLED_BACK);
            assertThat(entry.reason()).startsWith("errors ").contains(": worse, ");
            assertThat(entry.figures())
                    .as("of the moment, not of the look before it")
                    .filteredOn(each -> each.startsWith("errors "))
                    .singleElement()
                    .asString()
                    .contains(": worse, ");
            carves.settle();
            var kept = carves.keep().ledger().latest("shop", 1).join().getFirst();
            assertThat(kept.by()).isEqualTo("guard");
            assertThat(kept.reason()).isEqualTo(entry.reason());
            assertThat(kept.figures()).containsPattern("\"errors [^\"]*: worse, ");
        }
    }
}
