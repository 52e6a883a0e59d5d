package dev.carve.carving.compare;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Hashes of keys and values, mixed with a seed so that nobody who writes a body can choose keys
 * that collide. Eight bytes a step, each folded by a multiplication to 128 bits.
 *
 * <p>Stateless; any thread.
 */
final class WordHash {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;
    private static final int LONG_RANGE = 64;
    private static final long OTHER = 0xD6E8_FEB8_6659_FD93L;

    private WordHash() {}

    static long of(long seed, byte[] bytes, int from, int to) {
        long hash = seed + (to - from) * OTHER;
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) {
            hash = fold(hash ^ (long) LONGS.get(bytes, at), seed ^ FACTOR);
        }
        int rest = to - at;
        if (rest > 0) {
            hash = fold(hash ^ tail(bytes, to, rest), seed ^ OTHER);
        }
        return hash;
    }

    /** The last bytes of a range as one word, whatever stands before them. */
    private static long tail(byte[] bytes, int to, int rest) {
        if (to >= Long.BYTES) {
            return (long) LONGS.get(bytes, to - Long.BYTES) >>> ((Long.BYTES - rest) << 3);
        }
        long word = 0;
        for (int i = 0; i < rest; i++) {
            word |= (bytes[to - rest + i] & 0xFFL) << (i << 3);
        }
        return word;
    }

    /** Whether two ranges hold the same bytes; for short ones, where most keys and values end. */
    static boolean same(byte[] one, int from, int to, byte[] other, int otherFrom, int otherTo) {
        int length = to - from;
        if (length != otherTo - otherFrom) {
            return false;
        }
        if (length >= LONG_RANGE) {
            return Arrays.equals(one, from, to, other, otherFrom, otherTo);
        }
        if (length < Long.BYTES) {
            for (int i = 0; i < length; i++) {
                if (one[from + i] != other[otherFrom + i]) {
                    return false;
                }
            }
            return true;
        }
        for (int i = 0; i < length - Long.BYTES; i += Long.BYTES) {
            if ((long) LONGS.get(one, from + i) != (long) LONGS.get(other, otherFrom + i)) {
                return false;
            }
        }
        // The last eight, some of them a second time.
        return (long) LONGS.get(one, to - Long.BYTES)
                == (long) LONGS.get(other, otherTo - Long.BYTES);
    }

    /** One number that depends on both and on their order. */
    static long join(long first, long second) {
        return fold(fold(first + OTHER, FACTOR) ^ second, OTHER);
    }

    /** Every bit of the first counts; of the second, all but the lowest. */
    private static long fold(long bits, long by) {
        long odd = by | 1;
        return (bits * odd) ^ Math.unsignedMultiplyHigh(bits, odd) ^ (bits >>> 29);
    }
}
