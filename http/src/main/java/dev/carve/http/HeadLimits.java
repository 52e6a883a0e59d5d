package dev.carve.http;

/**
 * The bounds on one head.
 *
 * @param headBytes start line and fields together, at most {@link Head#BYTES_MAX}
 * @param targetBytes request target
 * @param fields number of fields
 */
public record HeadLimits(int headBytes, int targetBytes, int fields) {

    public static final HeadLimits DEFAULT = new HeadLimits(64 * 1024, 16 * 1024, 128);

    public HeadLimits {
        if (headBytes < 64 || headBytes > Head.BYTES_MAX || targetBytes < 1 || fields < 1) {
            throw new IllegalArgumentException("head limits out of range");
        }
    }
}
