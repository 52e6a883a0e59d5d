package dev.carve.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields that the wire or the gateway has to know. A head stores the ordinal beside each field,
 * so that no name is compared twice; every other field is {@link #OTHER} and passes as bytes.
 *
 * <p>At most 63 constants: {@link Head} keeps the fields present as bits of one long.
 */
public enum Field {
    OTHER(""),
    HOST("Host"),
    CONNECTION("Connection"),
    CONTENT_LENGTH("Content-Length"),
    TRANSFER_ENCODING("Transfer-Encoding"),
    UPGRADE("Upgrade"),
    EXPECT("Expect"),
    TE("TE"),
    TRAILER("Trailer"),
    KEEP_ALIVE("Keep-Alive"),
    PROXY_CONNECTION("Proxy-Connection"),
    HTTP2_SETTINGS("HTTP2-Settings"),
    X_FORWARDED_FOR("X-Forwarded-For"),
    X_FORWARDED_PROTO("X-Forwarded-Proto"),
    X_FORWARDED_HOST("X-Forwarded-Host"),
    X_FORWARDED_PORT("X-Forwarded-Port"),
    FORWARDED("Forwarded"),
    X_REQUEST_ID("X-Request-Id"),
    TRACEPARENT("Traceparent"),
    CARVE_TIMEOUT("Carve-Timeout"),
    CARVE_ERROR("Carve-Error"),
    ACCEPT("Accept"),
    ACCEPT_ENCODING("Accept-Encoding"),
    AUTHORIZATION("Authorization"),
    PROXY_AUTHORIZATION("Proxy-Authorization"),
    COOKIE("Cookie"),
    SET_COOKIE("Set-Cookie"),
    USER_AGENT("User-Agent"),
    REFERER("Referer"),
    ORIGIN("Origin"),
    CONTENT_TYPE("Content-Type"),
    CONTENT_ENCODING("Content-Encoding"),
    LOCATION("Location"),
    RETRY_AFTER("Retry-After"),
    DATE("Date"),
    SERVER("Server"),
    VIA("Via"),
    IDEMPOTENCY_KEY("Idempotency-Key");

    private static final Field[] ALL = values();
    private static final byte[][] LOWER = lowerNames();
    private static final int SLOTS = 256;
    private static final int MULTIPLIER = findMultiplier();
    private static final byte[] BY_HASH = Objects.requireNonNull(tableOrNull(MULTIPLIER));

    private final String text;

    Field(String text) {
        this.text = text;
    }

    /** The name as Carve writes it. */
    public String text() {
        return text;
    }

    static Field of(int ordinal) {
        return ALL[ordinal];
    }

    /** The known field with this name, whatever its case; {@link #OTHER} if there is none. */
    public static Field named(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length == 0 ? OTHER : ALL[find(bytes, 0, bytes.length)];
    }

    /**
     * The ordinal of the field whose name stands in {@code bytes[start..end)}, 0 if it is none of
     * these. One hash over length and four bytes, and one comparison.
     */
    static int find(byte[] bytes, int start, int end) {
        int candidate = BY_HASH[hash(bytes, start, end, MULTIPLIER)];
        return candidate != 0 && Ascii.equalsLower(bytes, start, end, LOWER[candidate])
                ? candidate
                : 0;
    }

    private static int hash(byte[] bytes, int start, int end, int multiplier) {
        int length = end - start;
        int mixed =
                (bytes[start] | 0x20)
                        + (bytes[end - 1] | 0x20) * 31
                        + (bytes[start + length / 2] | 0x20) * 961
                        + (bytes[start + length * 3 / 4] | 0x20) * 923521
                        + length * 29791;
        return (mixed * multiplier) >>> 24;
    }

    private static byte[][] lowerNames() {
        byte[][] names = new byte[ALL.length][];
        for (Field field : ALL) {
            names[field.ordinal()] =
                    field.text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        }
        return names;
    }

    private static int findMultiplier() {
        for (int i = 0; i < 1_000_000; i++) {
            int multiplier = 0x9E3779B1 + 2 * i;
            if (tableOrNull(multiplier) != null) {
                return multiplier;
            }
        }
        throw new IllegalStateException("no hash tells the known fields apart");
    }

    /** The table for a multiplier, null if two names share a slot. */
    private static byte @Nullable [] tableOrNull(int multiplier) {
        byte[] slots = new byte[SLOTS];
        for (Field field : ALL) {
            if (field == OTHER) {
                continue;
            }
            byte[] name = LOWER[field.ordinal()];
            int slot = hash(name, 0, name.length, multiplier);
            if (slots[slot] != 0) {
                return null;
            }
            slots[slot] = (byte) field.ordinal();
        }
        return slots;
    }
}
