package dev.carve.carving.keep;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Which carve: a route that is given another match or another new side begins a new one, so that it
 * does not inherit a share that was earned by something else. Immutable.
 *
 * @param route name of the route
 * @param fingerprint of match and new side
 */
public record CarveKey(String route, String fingerprint) {

    private static final int FINGERPRINT_BYTES = 8;

    public CarveKey {
        if (route.isEmpty() || fingerprint.isEmpty()) {
            throw new IllegalArgumentException(
                    "carve \"%s\" \"%s\" (expected: a route and a fingerprint)"
                            .formatted(route, fingerprint));
        }
    }

    /**
     * The key of a route's carve.
     *
     * @param match as the file writes it
     * @param to the new side in a form that changes exactly when it means something else
     */
    public static CarveKey of(String route, String match, String to) {
        MessageDigest digest = sha256();
        digest.update(match.getBytes(StandardCharsets.UTF_8));
        // Ends the match, which holds no such byte.
        digest.update((byte) 0);
        digest.update(to.getBytes(StandardCharsets.UTF_8));
        return new CarveKey(route, HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return route + " (" + fingerprint + ")";
    }
}
