package dev.carve.gateway.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Turns bytes into 64 well mixed bits, the same in every process: several gateways send one key to
 * one instance. Eight bytes a step, each folded by a multiplication to 128 bits. Not against those
 * who choose keys to collide: whoever chooses his key chooses his instance anyway.
 *
 * <p>Stateless; any thread.
 */
public final class KeyHash {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private KeyHash() {}

    /** The hash of a range of bytes, never {@link Picker#NO_KEY}. */
    public static long of(byte[] bytes, int from, int to) {
        long hash = fold(FACTOR + (to - from));
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) {
            hash = fold(hash ^ (long) LONGS.get(bytes, at));
        }
        long rest = 1;
        for (; at < to; at++) {
            rest = (rest << 8) | (bytes[at] & 0xFF);
        }
        long mixed = mix(fold(hash ^ rest));
        return mixed == Picker.NO_KEY ? 1 : mixed;
    }

    private static long fold(long bits) {
        return (bits * FACTOR) ^ Math.unsignedMultiplyHigh(bits, FACTOR);
    }

    /**
     * Spreads every bit over all others (the finisher of SplitMix64: Steele, Lea and Flood, 2014).
     */
    public static long mix(long bits) {
        long mixed = bits;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
