package dev.carve.gateway.balance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A member whose load the test sets. */
final class Stand implements Member {

    private final long identity;
    int inFlight;
    int max = Integer.MAX_VALUE;

    Stand(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        identity = KeyHash.of(bytes, 0, bytes.length);
    }

    static Stand[] many(int count) {
        Stand[] all = new Stand[count];
        Arrays.setAll(all, i -> new Stand("http://10.0." + i / 250 + "." + i % 250 + ":8000"));
        return all;
    }

    static int[] ones(int count) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        return weights;
    }

    @Override
    public long identity() {
        return identity;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public boolean allows() {
        return inFlight < max;
    }
}
