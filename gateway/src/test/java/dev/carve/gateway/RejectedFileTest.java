package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.config.Alternative;
import dev.carve.config.Key;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Schema;
import dev.carve.config.Short;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file that turns out to be unusable while it is built. */
class RejectedFileTest {

    /** An action that no module runs. */
    @Key("unknown")
    record Unknown(@Short String text) implements ActionSettings {}

    private static Loader loader() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.add(new Alternative<>(ActionSettings.class, Unknown.class));
        return Loader.of(Schema.of(blocks));
    }

    @Test
    void leavesNothingInTheRegistry() {
        try (RunningGateway gateway = RunningGateway.to(9)) {
            Registry registry = gateway.gateway.registry();
            GatewaySettings wrong =
                    GatewaySettings.of(
                            RunningGateway.load(
                                    loader(),
                                    """
                                    services: {n: "http://127.0.0.1:9"}
                                    routes:
                                    - {match: /new, to: n}
                                    - {match: /wrong, unknown: x}
                                    """));
            assertThatThrownBy(() -> gateway.gateway.load(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Unknown");
            assertThat(registry.routeMetrics()).containsOnlyKeys("/", Registry.UNROUTED);
            assertThat(registry.serviceMetrics()).containsOnlyKeys("m");
            assertThat(registry.services()).hasSize(1);
        }
    }
}
