package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @Test
    void evenArrivalsAreEquallyApartAndStartAtOnce() {
        List<Long> arrivals = all(RateProfile.constant(20, TEN_SECONDS), Arrivals.EVEN, 1);
        assertThat(arrivals).hasSize(200);
        for (int i = 0; i < arrivals.size(); i++) {
            assertThat(arrivals.get(i)).isCloseTo(i * 50_000_000L, within(1000L));
        }
    }

    @Test
    void poissonArrivalsHaveTheRateAndTheSpreadOfIndependentUsers() {
        List<Long> arrivals = all(RateProfile.constant(1000, TEN_SECONDS), Arrivals.POISSON, 42);
        // Five standard deviations of a Poisson count of 10,000.
        assertThat((double) arrivals.size()).isCloseTo(10_000, within(500.0));
        double mean = 0;
        double square = 0;
        for (int i = 1; i < arrivals.size(); i++) {
            double gap = (arrivals.get(i) - arrivals.get(i - 1)) / 1e6;
            mean += gap;
            square += gap * gap;
        }
        int gaps = arrivals.size() - 1;
        mean /= gaps;
        double deviation = Math.sqrt(square / gaps - mean * mean);
        assertThat(mean).isCloseTo(1.0, within(0.05));
        assertThat(deviation).isCloseTo(mean, within(0.05));
        // The memoryless law: exp(-2) of the gaps are longer than twice the mean.
        long[] longer = {0};
        for (int i = 1; i < arrivals.size(); i++) {
            longer[0] += arrivals.get(i) - arrivals.get(i - 1) > 2_000_000 ? 1 : 0;
        }
        assertThat(longer[0] / (double) gaps).isCloseTo(Math.exp(-2), within(0.015));
    }

    @Test
    void aRampSendsTheAreaUnderIt() {
        Duration half = Duration.ofSeconds(30);
        List<Long> arrivals = all(RateProfile.ramp(10, 80, half), Arrivals.EVEN, 1);
        assertThat(arrivals).hasSize(1350);
        long firstHalf = arrivals.stream().filter(t -> t < 15_000_000_000L).count();
        // 10 to 45 a second over 15 s.
        assertThat(firstHalf).isBetween(412L, 414L);
        assertThat(arrivals).isSorted();
        assertThat(arrivals.getLast()).isLessThan(half.toNanos());
    }

    @Test
    void aRampDownToNothingEnds() {
        List<Long> arrivals = all(RateProfile.ramp(100, 0, TEN_SECONDS), Arrivals.EVEN, 1);
        assertThat(arrivals).hasSize(500).isSorted();
        assertThat(arrivals.getLast()).isLessThan(TEN_SECONDS.toNanos());
    }

    @Test
    void stretchesFollowEachOther() {
        RateProfile profile =
                new RateProfile(
                        List.of(
                                new RateProfile.Segment(10, 10, Duration.ofSeconds(1)),
                                new RateProfile.Segment(0, 0, Duration.ofSeconds(5)),
                                new RateProfile.Segment(20, 20, Duration.ofSeconds(1))));
        List<Long> arrivals = all(profile, Arrivals.EVEN, 1);
        assertThat(arrivals).hasSize(30);
        assertThat(arrivals).noneMatch(t -> t >= 1_000_000_000L && t < 6_000_000_000L);
        assertThat(profile.lasting()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aSeedRepeatsItself() {
        RateProfile profile = RateProfile.ramp(10, 80, TEN_SECONDS);
        assertThat(all(profile, Arrivals.POISSON, 7)).isEqualTo(all(profile, Arrivals.POISSON, 7));
        assertThat(all(profile, Arrivals.POISSON, 7))
                .isNotEqualTo(all(profile, Arrivals.POISSON, 8));
    }

    private static List<Long> all(RateProfile profile, Arrivals arrivals, long seed) {
        Schedule schedule = new Schedule(profile, arrivals, seed);
        List<Long> times = new ArrayList<>();
        for (long at = schedule.next(); at != Schedule.END; at = schedule.next()) {
            times.add(at);
        }
        return times;
    }
}
