package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.guard.Ending;
import dev.carve.runtime.Failure;
import dev.carve.runtime.Failure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EndingsTest {

    @ParameterizedTest
    @CsvSource({
        "CONNECT_REFUSED,   CONNECT_FAILED, CONNECT_FAILED",
        "CONNECT_FAILED,    CONNECT_FAILED, CONNECT_FAILED",
        "CONNECT_TIMEOUT,   CONNECT_FAILED, CONNECT_FAILED",
        "TLS_FAILED,        CONNECT_FAILED, CONNECT_FAILED",
        "NO_INSTANCE,       CONNECT_FAILED, CONNECT_FAILED",
        "RESPONSE_TIMEOUT,  TIMED_OUT,      TIMED_OUT",
        "IDLE_TIMEOUT,      TIMED_OUT,      TIMED_OUT",
        "DEADLINE_EXCEEDED, TIMED_OUT,      TIMED_OUT",
        "UPSTREAM_RESET,    LOST,           LOST",
        "UPSTREAM_CLOSED,   LOST,           LOST",
        "BAD_RESPONSE,      LOST,           LOST",
        "CIRCUIT_OPEN,      HELD_BACK,      IGNORED",
        "OVERLOADED,        HELD_BACK,      IGNORED",
        "SHUTTING_DOWN,     IGNORED,        IGNORED",
        "INTERNAL,          IGNORED,        IGNORED",
    })
    void failureOfASideCountsAgainstIt(Kind kind, Ending ofClient, Ending ofCopy) {
        assertThat(Endings.ofClient(Failure.of(kind, ""))).isEqualTo(ofClient);
        assertThat(Endings.of(Failure.of(kind, ""))).isEqualTo(ofCopy);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatTheClientDidCountsAgainstNobody(Kind kind) {
        if (kind.side() == Failure.Side.CLIENT) {
            assertThat(Endings.ofClient(Failure.of(kind, ""))).isEqualTo(Ending.IGNORED);
            assertThat(Endings.of(Failure.of(kind, ""))).isEqualTo(Ending.IGNORED);
        } else {
            assertThat(kind).isNotNull();
        }
    }
}
