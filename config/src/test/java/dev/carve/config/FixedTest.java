package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FixedTest {

    private static List<Fixed> fixed(Loaded loaded) {
        return Fixed.of(loaded, SecretMarks.none());
    }

    @Test
    void whatOnlyTheFileSaysIsFree() {
        assertThat(fixed(LoaderTest.load(LoaderTest.FILE))).isEmpty();
    }

    @Test
    void flagAndVariableFixTheirSettingAlone() {
        Loaded loaded =
                LoaderTest.load(
                        LoaderTest.FILE,
                        Map.of("CARVE_SERVICES_USERS_TIMEOUTS_RESPONSE", "7s"),
                        List.of("shutdown.grace=3s"));
        assertThat(fixed(loaded))
                .containsExactlyInAnyOrder(
                        new Fixed(
                                "services.users.timeouts.response",
                                "environment CARVE_SERVICES_USERS_TIMEOUTS_RESPONSE",
                                "7s"),
                        new Fixed("shutdown.grace", "flag shutdown.grace", "3s"));
    }

    @Test
    void listGivenAsAWholeIsOne() {
        Loaded loaded = LoaderTest.load("listen: 1", Map.of(), List.of("listen=[7, 8]"));
        assertThat(fixed(loaded))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.path()).isEqualTo("listen");
                    assertThat(each.value()).startsWith("[{").contains("7").contains("8");
                });
    }

    @Test
    void givenAsFlagsToAnotherFileTheyMeanTheSame() {
        Loaded there =
                LoaderTest.load(
                        LoaderTest.FILE,
                        Map.of("CARVE_LISTEN", "[7, 8]", "CARVE_SHUTDOWN_GRACE", "3s"),
                        List.of());
        List<String> flags =
                fixed(there).stream().map(each -> each.path() + "=" + each.value()).toList();
        Loaded here = LoaderTest.load(LoaderTest.FILE, Map.of(), flags);
        assertThat(Diff.between(there, here)).isEmpty();
    }

    @Test
    void secretIsFixedWithoutBeingShown() {
        Loaded loaded =
                LoaderTest.load(
                        "listen: { address: 1, tls: { certificate: c, key: k } }",
                        Map.of("CARVE_LISTEN_0_TLS_KEY", "topsecret"),
                        List.of());
        assertThat(fixed(loaded))
                .containsExactly(
                        new Fixed(
                                "listen[0].tls.key",
                                "environment CARVE_LISTEN_0_TLS_KEY",
                                "carve-secret-0"));
    }
}
