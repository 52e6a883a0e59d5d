package dev.carve.carving.shift;

import dev.carve.runtime.Share;
import java.nio.charset.StandardCharsets;

/**
 * Which keys of a route belong to a share of it. A key has one fixed point in 0 to 2^32 - 1, and it
 * belongs to the share if the point lies below share times 2^32: a larger share holds whoever a
 * smaller one held, and nobody goes back and forth. The point follows from route, purpose and key
 * alone, so every gateway and every restart answers alike; routes differ, or the same users would
 * try out everything first.
 *
 * <p>Implementation notes: the points for shifting and for mirroring come from different salts, so
 * that the mirrored sample is not made of those already shifted (or of those never shifted). The
 * hash is no protection: whoever chooses his key chooses his side. What it answers is part of the
 * stored state in effect, and must not change between versions; a test holds some points fixed.
 *
 * <p>Immutable; any thread.
 */
public final class Split {

    private static final long SHIFT = 0x7368_6966_7420_2031L;
    private static final long MIRROR = 0x6D69_7272_6F72_2031L;
    private static final long FNV_OFFSET = 0xCBF2_9CE4_8422_2325L;
    private static final long FNV_PRIME = 0x0000_0100_0000_01B3L;
    private static final double POINTS = 0x1p32;

    private final long salt;
    private final long bound;

    private Split(String route, long purpose, Share share) {
        salt = salt(route, purpose);
        bound = Math.round(share.fraction() * POINTS);
    }

    /** Who is served by the new side. */
    public static Split shift(String route, Share share) {
        return new Split(route, SHIFT, share);
    }

    /** Whose requests are mirrored; independent of who is shifted. */
    public static Split mirror(String route, Share share) {
        return new Split(route, MIRROR, share);
    }

    /** Whether the key with this hash is within the share. */
    public boolean isNew(long keyHash) {
        return point(keyHash) < bound;
    }

    /** The key's place, 0 to 2^32 - 1. */
    long point(long keyHash) {
        return mix(keyHash ^ salt) >>> 32;
    }

    /** FNV-1a over the route's name, mixed with the purpose. */
    private static long salt(String route, long purpose) {
        long hash = FNV_OFFSET;
        for (byte each : route.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xFF)) * FNV_PRIME;
        }
        return mix(hash ^ mix(purpose));
    }

    /** Spreads every bit over all others (Stafford's variant 13 of the MurmurHash3 finisher). */
    private static long mix(long bits) {
        long mixed = bits;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
