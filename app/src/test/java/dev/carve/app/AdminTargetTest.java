package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a command finds the running gateway, and what it sends to be let in. */
class AdminTargetTest {

    @TempDir Path folder = Path.of("");

    private Map<String, String> environment = Map.of();

    private String file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("carve.yaml"), yaml).toString();
    }

    private AdminTarget find(
            @Nullable String admin, @Nullable String token, @Nullable String config) {
        return AdminTarget.find(new AdminTarget.Asked(admin, token, config), environment);
    }

    @Test
    void withoutFlagAndFileItIsTheDefaultOrWhatTheEnvironmentSays() {
        assertThat(find(null, null, null))
                .hasToString("127.0.0.1:9900 (the environment)")
                .returns(true, each -> each.token().isEmpty());
        environment = Map.of("CARVE_ADMIN_ADDRESS", "9901", "CARVE_ADMIN_TOKEN", "t");
        assertThat(find(null, null, null).shown()).isEqualTo("127.0.0.1:9901");
        assertThat(find(null, null, null).token()).contains("t");
    }

    @Test
    void fileCountsAfterItsVariablesAreFilledInAndTheEnvironmentIsOverIt() throws IOException {
        String file = file("admin: {address: \"${HOST}:9902\", token: inside}\n");
        environment = Map.of("HOST", "10.0.0.1");
        AdminTarget target = find(null, null, file);
        assertThat(target.shown()).isEqualTo("10.0.0.1:9902");
        assertThat(target.token()).contains("inside");
        assertThat(target.tokenFrom()).endsWith("carve.yaml");
        environment = Map.of("HOST", "10.0.0.1", "CARVE_ADMIN_ADDRESS", "127.0.0.1:7");
        assertThat(find(null, null, file).shown()).isEqualTo("127.0.0.1:7");
    }

    @Test
    void flagsAreOverTheFileEachByItself() throws IOException {
        String file = file("admin: {address: \"127.0.0.1:9902\", token: inside}\n");
        AdminTarget elsewhere = find("h:1", null, file);
        assertThat(elsewhere).hasToString("h:1 (--admin)");
        assertThat(elsewhere.token()).contains("inside");
        AdminTarget other = find(null, "given", file);
        assertThat(other.shown()).isEqualTo("127.0.0.1:9902");
        assertThat(other.token()).contains("given");
        assertThat(other.tokenFrom()).isEqualTo("--token");
    }

    @Test
    void mistakesOutsideTheAdminBlockAreNotInTheWay() throws IOException {
        String file = file("admin: 127.0.0.1:9903\nservices: {a: \"${UNSET}\"}\nnonsense: 1\n");
        assertThat(find(null, null, file).shown()).isEqualTo("127.0.0.1:9903");
    }

    @Test
    void unusableAdminBlockIsToldAtItsPlaceUnlessAFlagNamesTheAddress() throws IOException {
        String file = file("admin: {address: x:y:z, token: \"${UNSET}\"}\nservices: 1\n");
        assertThatThrownBy(() -> find(null, null, file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("carve.yaml:1:")
                .hasMessageContaining("admin.address")
                .hasMessageContaining("--admin HOST:PORT")
                .hasMessageNotContaining("services");
        AdminTarget target = find("127.0.0.1:1", null, file);
        assertThat(target.token()).isEmpty();
        assertThat(target.tokenFrom()).endsWith("carve.yaml, where it can not be read from here");
    }

    @Test
    void tokenThatOnlyTheGatewayKnowsIsNotInTheWay() throws IOException {
        String file = file("admin: {address: \"127.0.0.1:9902\", token: \"${ONLY_THERE}\"}\n");
        AdminTarget target = find(null, null, file);
        assertThat(target.shown()).isEqualTo("127.0.0.1:9902");
        assertThat(target.token()).isEmpty();
        assertThat(find(null, "given", file).token()).contains("given");
        environment = Map.of("ONLY_THERE", "here too");
        assertThatThrownBy(() -> find(null, null, file)).hasMessageContaining("holds blanks");
        environment = Map.of("ONLY_THERE", "here-too");
        assertThat(find(null, null, file).token()).contains("here-too");
    }

    @Test
    void fileThatIsNotThereIsToldAsThat() {
        String absent = folder.resolve("absent.yaml").toString();
        assertThatThrownBy(() -> find(null, null, absent))
                .isInstanceOf(UsageException.class)
                .hasMessage("--config: the file \"" + absent + "\" does not exist");
        assertThatThrownBy(() -> find(null, null, folder.toString()))
                .hasMessageEndingWith("is a folder (expected: a file)");
        assertThat(find("127.0.0.1:1", "t", absent).shown()).isEqualTo("127.0.0.1:1");
    }

    @Test
    void whoListensEverywhereIsAskedHere() throws IOException {
        assertThat(find(null, null, file("admin: \"*:9904\"")).shown()).isEqualTo("127.0.0.1:9904");
        assertThat(find(null, null, file("admin: \"[::]:9904\"")).shown()).isEqualTo("[::1]:9904");
        assertThat(find("9905", "t", null).shown()).isEqualTo("127.0.0.1:9905");
    }

    @Test
    void addressThatLeadsNowhereIsWrongUse() throws IOException {
        String off = file("admin: off");
        assertThatThrownBy(() -> find(null, null, off)).hasMessageContaining("nobody to ask");
        String chosen = file("admin: 127.0.0.1:0");
        assertThatThrownBy(() -> find(null, null, chosen)).hasMessageContaining("--admin");
        for (String wrong : new String[] {"off", "h:0", "a:b:c", "h:x"}) {
            assertThatThrownBy(() -> find(wrong, null, null))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("--admin: \"" + wrong + "\" is no address (expected: HOST:PORT)");
        }
    }

    @Test
    void tokenThatNoFieldCarriesIsRefusedWithoutBeingShown() {
        for (String wrong : new String[] {"", "two words", "a\r\nb", "größe"}) {
            assertThatThrownBy(() -> find("h:1", wrong, null))
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith("the token is empty or holds")
                    .hasMessageNotContaining("words");
        }
    }

    @Test
    void tokenIsInNoText() {
        assertThat(find("h:1", "s3cret", null).toString()).doesNotContain("s3cret");
    }
}
