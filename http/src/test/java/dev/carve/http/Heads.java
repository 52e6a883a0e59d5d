package dev.carve.http;

/** Whole heads, read by the parser from text as a peer would send it. Any thread. */
final class Heads {

    private Heads() {}

    static Head request(String text) {
        return read(true, text);
    }

    static Head response(String text) {
        return read(false, text);
    }

    private static Head read(boolean request, String text) {
        Head head = new Head();
        byte[] bytes = Ascii.bytes(text);
        head.reserve(bytes.length);
        System.arraycopy(bytes, 0, head.bytes, 0, bytes.length);
        head.length = bytes.length;
        HeadParser parser = new HeadParser();
        int end =
                request
                        ? parser.request(head, HeadLimits.DEFAULT)
                        : parser.response(head, HeadLimits.DEFAULT);
        if (end != bytes.length) {
            throw new IllegalArgumentException(
                    "no whole head (%s): %s".formatted(parser.problem(), text));
        }
        return head;
    }
}
