package dev.carve.load;

/**
 * The random numbers of one request at a time, drawn from the run's seed and the request's number
 * (SplitMix64), so that request 17 of a seed is the same bytes however many loops share the run and
 * however the answers came. One thread.
 */
final class RequestRandom {

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long seed;
    private long number;
    private long state;

    RequestRandom(long seed) {
        this.seed = mix(seed);
    }

    /** Turns to the request with this number, counted from 1. */
    void turnTo(long request) {
        number = request;
        state = mix(seed + request * GOLDEN);
    }

    long number() {
        return number;
    }

    long next() {
        state += GOLDEN;
        return mix(state);
    }

    /**
     * Evenly from one to the other, both included; the bias of the shortcut is below 2^-44 for a
     * million.
     */
    long between(long from, long to) {
        long span = to - from + 1;
        return from + Math.unsignedMultiplyHigh(next(), span);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
