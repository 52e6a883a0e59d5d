package dev.carve.it.fuzz;

import dev.carve.testkit.Octets;
import java.util.List;
import java.util.random.RandomGenerator;

/** Breaks messages at random; the same seed breaks them alike. One thread. */
final class Mutator {

    private static final int CHANGES_MAX = 3;
    private static final List<String> LINES =
            List.of(
                    "Content-Length: 3\r\n",
                    "Content-Length: +5\r\n",
                    "Content-Length: 5, 5\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Transfer-Encoding: identity\r\n",
                    "Transfer-Encoding : chunked\r\n",
                    "Connection: close\r\n",
                    "Connection: Content-Length\r\n",
                    "Expect: 100-continue\r\n",
                    "Host: other\r\n",
                    " folded\r\n",
                    "X: a\rb\r\n",
                    "\r\n",
                    "\n");
    private static final List<String> SIZES =
            List.of("0", "1", "6", "0x5", "5;a=b", "5 ", "-5", "fffffffff", "00005", "5\n", "");

    private final RandomGenerator random;

    Mutator(RandomGenerator random) {
        this.random = random;
    }

    /** That message with one to three changes. */
    Octets broken(Octets message) {
        String text = message.text();
        for (int i = random.nextInt(CHANGES_MAX) + 1; i > 0; i--) {
            text = changed(text);
        }
        return Octets.of(text);
    }

    private String changed(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int at = random.nextInt(text.length());
        return switch (random.nextInt(9)) {
            case 0 ->
                    replaced(
                            text,
                            at,
                            at + 1,
                            "" + (char) (text.charAt(at) ^ 1 << random.nextInt(8)));
            case 1 -> replaced(text, at, at, "" + (char) random.nextInt(256));
            case 2 -> replaced(text, at, Math.min(text.length(), at + 1 + random.nextInt(4)), "");
            case 3 -> text.substring(0, at);
            case 4 -> withLineTwice(text, at);
            case 5 -> replaced(text, lineStart(text, at), lineStart(text, at), any(LINES));
            case 6 -> withOtherSize(text);
            case 7 -> replaced(text, at, at, text.substring(0, at));
            default -> text.replaceFirst("\r\n", random.nextBoolean() ? "\n" : "\r");
        };
    }

    /** Offsets at which a message is sent in pieces; often none. */
    int[] splits(int length) {
        int count = length < 2 || random.nextInt(3) > 0 ? 0 : random.nextInt(4);
        return random.ints(count, 1, Math.max(2, length)).sorted().distinct().toArray();
    }

    <T> T any(List<? extends T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static String withLineTwice(String text, int at) {
        int from = lineStart(text, at);
        int end = text.indexOf('\n', at);
        return end < 0 ? text : replaced(text, from, from, text.substring(from, end + 1));
    }

    private String withOtherSize(String text) {
        return text.replaceFirst("\r\n5(;[^\r]*)?\r\n", "\r\n" + any(SIZES) + "\r\n");
    }

    private static int lineStart(String text, int at) {
        return text.lastIndexOf('\n', at) + 1;
    }

    private static String replaced(String text, int from, int to, String by) {
        return text.substring(0, from) + by + text.substring(to);
    }
}
