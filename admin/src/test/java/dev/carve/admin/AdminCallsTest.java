package dev.carve.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AdminCallsTest {

    @Test
    void argumentsThatAreSecretAreKeptOutOfTheLog() {
        assertThat(AdminCalls.shown(Map.of("route", "shop", "secret_headers", "Authorization: x")))
                .isEqualTo(Map.of("route", "shop", "secret_headers", "***"));
    }
}
