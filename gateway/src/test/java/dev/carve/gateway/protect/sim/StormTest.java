package dev.carve.gateway.protect.sim;

import static dev.carve.gateway.protect.sim.Storm.OUTAGE_FROM;
import static dev.carve.gateway.protect.sim.Storm.OUTAGE_TO;
import static dev.carve.gateway.protect.sim.Storm.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.protect.sim.Gateway.Protection;
import dev.carve.runtime.Share;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Retry storms and the way out of them. A system that is stable at its load, and after an outage
 * stays down at the same load, is metastable (Bronson et al., Metastable Failures in Distributed
 * Systems, HotOS 2021): what keeps it down is the load of its own retries.
 */
class StormTest {

    private static final RetryBudget.Rule BUDGET = RetryBudget.Rule.DEFAULT;
    private static final RetryBudget.Rule TWO_PERCENT =
            new RetryBudget.Rule(new Share(0.02), 0, Duration.ofSeconds(10));
    private static final Limit.Rule LIMIT = new Limit.Rule(100, 100, Duration.ofMillis(500));
    private static final Protection ALL = new Protection(3, BUDGET, Breaker.Rule.DEFAULT, LIMIT);

    /** Long after the outage. */
    private static final int LATE = SECONDS - 30;

    private static Storm storm(long seed, Protection protection) {
        return new Storm(seed, protection, 1, true);
    }

    @Test
    void withoutAnOutageTheLoadIsCarriedUnprotected() {
        Storm storm = new Storm(1, Protection.none(3), 1, false);
        assertThat(storm.goodput(0, SECONDS)).as("%s", storm).isGreaterThan(0.999);
        assertThat(storm.attemptsPerUser(0, SECONDS)).isLessThan(1.001);
    }

    @Test
    void withoutAnOutageProtectionCostsNobodyAnAnswer() {
        Storm storm = new Storm(1, ALL, 1, false);
        assertThat(storm.goodput(0, SECONDS)).as("%s", storm).isGreaterThan(0.999);
        assertThat(storm.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void unprotectedTheStormOutlivesTheOutage(long seed) {
        Storm storm = storm(seed, Protection.none(3));
        assertThat(storm.attemptsPerUser(OUTAGE_FROM, OUTAGE_TO)).isGreaterThan(2.5);
        assertThat(storm.load(LATE, SECONDS)).as("%s", storm).isGreaterThan(1.5);
        assertThat(storm.goodput(LATE, SECONDS)).as("%s", storm).isLessThan(0.2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aBudgetAloneLetsTheLoadFallBack(long seed) {
        Storm storm = storm(seed, new Protection(3, TWO_PERCENT, null, null));
        assertThat(storm.recovered()).as("%s", storm).isLessThanOrEqualTo(OUTAGE_TO + 30);
        assertThat(storm.goodput(LATE, SECONDS)).as("%s", storm).isGreaterThan(0.999);
        assertThat(storm.backlog(SECONDS - 1)).isLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void budgetBreakerAndLimitTogetherComeBackByThemselves(long seed) {
        Storm storm = storm(seed, ALL);
        assertThat(storm.recovered()).as("%s", storm).isLessThanOrEqualTo(OUTAGE_TO + 60);
        assertThat(storm.goodput(LATE, SECONDS)).as("%s", storm).isGreaterThan(0.999);
        assertThat(storm.backlog(SECONDS - 1)).isLessThan(200);
        assertThat(storm.state()).isEqualTo(Breaker.State.CLOSED);
        // In the outage the breaker spares the service.
        assertThat(storm.load(OUTAGE_FROM + 5, OUTAGE_TO)).as("%s", storm).isLessThan(0.02);
    }

    @ParameterizedTest
    @ValueSource(longs = 1)
    void usersWhoTryAgainThemselvesKeepAnUnprotectedStormAlive(long seed) {
        Storm storm = new Storm(seed, Protection.none(1), 5, true);
        assertThat(storm.load(LATE, SECONDS)).as("%s", storm).isGreaterThan(1.5);
        assertThat(storm.goodput(LATE, SECONDS)).as("%s", storm).isLessThan(0.2);
    }

    /** No budget of the gateway counts their tries: limit and breaker must do. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void usersWhoTryAgainThemselvesAreServedAgainBehindALimit(long seed) {
        for (Breaker.Rule breaker : new Breaker.Rule[] {null, Breaker.Rule.DEFAULT}) {
            Storm storm = new Storm(seed, new Protection(1, null, breaker, LIMIT), 5, true);
            assertThat(storm.recovered()).as("%s", storm).isLessThanOrEqualTo(OUTAGE_TO + 60);
            assertThat(storm.goodput(LATE, SECONDS)).as("%s", storm).isGreaterThan(0.999);
            assertThat(storm.state()).isEqualTo(Breaker.State.CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aBudgetOfTwoPercentAddsAtMostTwoPercentInTheOutage(long seed) {
        Storm storm = storm(seed, new Protection(10, TWO_PERCENT, null, null));
        // All attempts of the whole run against all users, for a token lives ten seconds.
        assertThat(storm.acceptedPerUser(0, OUTAGE_TO)).as("%s", storm).isLessThanOrEqualTo(1.02);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whatIsRefusedIsTriedForNothingOnceAtEachInstance(long seed) {
        Storm storm = storm(seed, new Protection(10, TWO_PERCENT, null, null));
        // Both are full soon after the outage began: a call knocks at one and then at the other.
        assertThat(storm.attemptsPerUser(OUTAGE_FROM + 5, OUTAGE_TO))
                .as("%s", storm)
                .isBetween(1.9, 2.04);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        String seven = storm(7, ALL).toString();
        assertThat(storm(7, ALL)).hasToString(seven);
        assertThat(storm(8, ALL).toString()).isNotEqualTo(seven);
    }
}
