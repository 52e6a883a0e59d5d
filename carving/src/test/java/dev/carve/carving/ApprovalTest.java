package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.guard.Advice;
import dev.carve.carving.shift.Stage;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person may let through, and what not. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ApprovalTest {

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    /** Some traffic, and whether the guard calls the new side worse by then. */
    private static boolean isWorseAfterMore(RunningCarves carves) {
        try {
            for (int i = 0; i < 10; i++) {
                carves.get("/", "u");
            }
            return carves.judged().advice() instanceof Advice.RollBack;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void newSideThatAnswersOtherwiseCanNotBeApproved() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "shift: { steps: [100%], every: 1h }")) {
            Await.until("the guard to be sure", () -> isWorseAfterMore(carves));

            assertThat(carves.command("route_approve"))
                    .isInstanceOfSatisfying(
                            AdminCommand.Refused.class,
                            refused ->
                                    assertThat(refused.text())
                                            .contains(
                                                    "cannot approve in stage mirror", "mismatches")
                                            .contains("worse"));
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.MIRROR);
            assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
        }
    }

    @Test
    void withoutDataAPersonDecides() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "shift: { steps: [100%], every: 1h }")) {
            assertThat(carves.command("route_approve")).isInstanceOf(AdminCommand.Done.class);
            assertThat(carves.carve().recent().getFirst().figures()).isNotEmpty();
        }
    }
}
