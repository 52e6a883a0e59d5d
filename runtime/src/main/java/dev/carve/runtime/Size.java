package dev.carve.runtime;

import java.util.Locale;

/**
 * A number of bytes, written with its unit: {@code 512B}, {@code 64KiB}, {@code 32MiB}, {@code
 * 2GiB}.
 *
 * @param bytes at least 0
 */
public record Size(long bytes) implements Comparable<Size> {

    /** What a message says was expected. */
    public static final String EXPECTED = "a size such as 512B, 64KiB, 32MiB or 2GiB";

    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size " + bytes);
        }
    }

    public static Size ofKiB(long kibibytes) {
        return new Size(Math.multiplyExact(kibibytes, 1024L));
    }

    public static Size ofMiB(long mebibytes) {
        return new Size(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /**
     * Reads a whole number directly followed by B, KiB, MiB, GiB or TiB.
     *
     * @throws IllegalArgumentException if it is anything else or does not fit a long
     */
    public static Size parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 18) {
            throw new IllegalArgumentException("no size: " + text);
        }
        long unit =
                switch (text.substring(digits).toLowerCase(Locale.ROOT)) {
                    case "b" -> 1L;
                    case "kib" -> 1L << 10;
                    case "mib" -> 1L << 20;
                    case "gib" -> 1L << 30;
                    case "tib" -> 1L << 40;
                    default -> throw new IllegalArgumentException("no size: " + text);
                };
        try {
            return new Size(Math.multiplyExact(Long.parseLong(text.substring(0, digits)), unit));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("size too large: " + text, tooLarge);
        }
    }

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The largest unit that leaves a whole number, as {@link #parse} reads it. */
    @Override
    public String toString() {
        if (bytes == 0) {
            return "0B";
        }
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.length - 1);
        return (bytes >> (10 * unit)) + units[unit];
    }
}
