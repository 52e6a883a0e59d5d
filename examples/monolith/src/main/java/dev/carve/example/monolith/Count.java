package dev.carve.example.monolith;

import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code POST /Count}: adds as many random whole numbers as asked for. They run from 0 to 100 and
 * are rounded from a fraction, so that the two ends come half as often as the others and the mean
 * is 50.
 */
final class Count implements Handler {

    /** Ten times the largest published load: about two seconds of the only thread. */
    static final int TIMES_MAX = 100_000_000;

    private final RandomGenerator random;

    Count(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Answer answer(Request request, List<String> parts) {
        JsonBody body = JsonBody.of(request).allowing(Set.of("times"), "times");
        return Answer.html(
                "Counted to %d \n".formatted(sum((int) body.whole("times", 1, TIMES_MAX))));
    }

    long sum(int times) {
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum += Math.round(random.nextDouble() * 100);
        }
        return sum;
    }
}
