package dev.carve.testkit;

import java.util.List;

/**
 * A message body without its framing.
 *
 * @param framing how its end was found
 * @param kept its first bytes, up to the reader's bound; all of them for anything but bulk transfer
 * @param byteCount how many bytes it had
 * @param crc32 the CRC-32 of all its bytes, kept or not
 * @param chunks how many chunks of data it came in; 0 unless chunked
 * @param trailers the trailer fields in order
 */
public record Body(
        Framing framing,
        Octets kept,
        long byteCount,
        long crc32,
        int chunks,
        List<Field> trailers) {

    /** How the end of a body is found (RFC 9112 section 6.3). */
    public enum Framing {
        /** There is none. */
        NONE,
        /** By Content-Length. */
        LENGTH,
        /** By the last chunk. */
        CHUNKED,
        /** By the end of the connection; responses only. */
        UNTIL_CLOSE
    }

    static final Body NONE = new Body(Framing.NONE, Octets.EMPTY, 0, 0, 0, List.of());
}
