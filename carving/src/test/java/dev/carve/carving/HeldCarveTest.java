package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.shift.Stage;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Carves whose store does not tell, when they are loaded, where they stood. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class HeldCarveTest {

    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir private Path folder = Path.of("");

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private Path file() {
        return folder.resolve("store/carve.db");
    }

    private static String yaml(ScriptedUpstream old, ScriptedUpstream fresh) {
        return RunningCarves.yaml(
                old.port(),
                fresh.port(),
                "",
                "mirror: 100%",
                "shift: { steps: [100%], every: 1h }");
    }

    /** Leaves a store behind in which the new side answers everything, out of reach. */
    private void shiftedBefore(String yaml) throws Exception {
        Files.createDirectory(folder.resolve("store"));
        try (var before = RunningCarves.kept(file(), yaml)) {
            before.command("route_approve");
            before.settle();
        }
        Files.move(folder.resolve("store"), folder.resolve("away"));
    }

    private void bringBack() throws IOException {
        Files.move(folder.resolve("away"), folder.resolve("store"));
    }

    @Test
    void oldSideAnswersUntilTheStoreTellsAndThenItGoesOnWhereItStood() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            shiftedBefore(yaml(old, fresh));
            try (var carves = RunningCarves.unpatient(file(), yaml(old, fresh))) {
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
                assertThat(carves.carve().isHeld()).isTrue();
                assertThat(carves.carve().waits()).contains("the store does not tell");
                assertThat(carves.carve().counts().mirrored()).isZero();
                assertThat(carves.command("route_approve"))
                        .isInstanceOfSatisfying(
                                AdminCommand.Refused.class,
                                refused ->
                                        assertThat(refused.text())
                                                .contains("the store does not tell"));
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");

                bringBack();

                Await.until(
                        "the stored stage",
                        LONG,
                        () -> carves.carve().state().stage() == Stage.SHIFT,
                        () -> carves.carve().state().toString());
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("new");
                assertThat(carves.carve().isHeld()).isFalse();
            }
            try (var after = RunningCarves.kept(file(), yaml(old, fresh))) {
                assertThat(after.carve().state().stage()).isEqualTo(Stage.SHIFT);
            }
        }
    }

    @Test
    void rollBackThatWasAskedForMeanwhileIsNotForgotten() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            shiftedBefore(yaml(old, fresh));
            try (var carves = RunningCarves.unpatient(file(), yaml(old, fresh))) {
                assertThat(carves.command("route_rollback"))
                        .isInstanceOfSatisfying(
                                AdminCommand.Done.class,
                                done -> assertThat(done.text()).contains("once the store tells"));

                bringBack();

                Await.until(
                        "the roll-back",
                        LONG,
                        () -> carves.carve().state().stage() == Stage.ROLLED_BACK,
                        () -> carves.carve().state().toString());
                carves.settle();
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
                assertThat(carves.carve().recent().getFirst().from().stage())
                        .isEqualTo(Stage.SHIFT);
            }
            try (var after = RunningCarves.kept(file(), yaml(old, fresh))) {
                assertThat(after.carve().state().stage()).isEqualTo(Stage.ROLLED_BACK);
            }
        }
    }

    @Test
    void operatorHearsWhetherTheStoreHasIt() throws Exception {
        Files.createDirectory(folder.resolve("store"));
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.kept(file(), yaml(old, fresh))) {
            assertThat(carves.command("route_approve"))
                    .isEqualTo(new AdminCommand.Done("shop: shift 100%"));
            try (var other = DriverManager.getConnection("jdbc:sqlite:" + file());
                    var statement = other.createStatement()) {
                statement.execute("begin exclusive");

                assertThat(carves.command("route_rollback"))
                        .isInstanceOfSatisfying(
                                AdminCommand.Done.class,
                                done ->
                                        assertThat(done.text())
                                                .startsWith("shop: rolled_back")
                                                .contains("the store has not taken it yet"));
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
                statement.execute("rollback");
            }
            assertThat(carves.command("route_start"))
                    .isEqualTo(new AdminCommand.Done("shop: mirror"));
        }
    }

    @Test
    void carveThatTheStoreKnowsNothingOfBegins() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.unpatient(file(), yaml(old, fresh))) {
            assertThat(carves.carve().isHeld()).isTrue();
            assertThat(carves.command("route_replay")).isInstanceOf(AdminCommand.Done.class);
            assertThat(String.valueOf(carves.view("route_replay").get("failure")))
                    .startsWith("the store does not tell what is kept: ");

            Files.createDirectory(folder.resolve("store"));

            Await.until(
                    "mirroring",
                    LONG,
                    () -> carves.carve().state().stage() == Stage.MIRROR,
                    () -> carves.carve().state().toString());
        }
    }

    @Test
    void carveThatLeftTheFileAndCameBackBeginsAnew() throws Exception {
        Files.createDirectory(folder.resolve("store"));
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            String yaml = yaml(old, fresh);
            try (var before = RunningCarves.kept(file(), yaml)) {
                before.command("route_approve");
                before.settle();
            }
            try (var carves = RunningCarves.kept(file(), yaml)) {
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("new");
                carves.reload(yaml.substring(0, yaml.indexOf("  carve:")));
                carves.reload(yaml);

                assertThat(carves.carve().state().stage()).isEqualTo(Stage.MIRROR);
                assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
            }
        }
    }
}
