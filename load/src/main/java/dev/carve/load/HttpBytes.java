package dev.carve.load;

/**
 * The character classes of RFC 9110 section 5.6.2 and RFC 9112 that requests and answers are held
 * to.
 */
final class HttpBytes {

    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (int c = 0x21; c < 0x7f; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private HttpBytes() {}

    static boolean isToken(byte b) {
        return b >= 0 && TOKEN[b];
    }

    static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c < 128 && TOKEN[c]);
    }

    static boolean isFieldValue(String text) {
        return text.chars().allMatch(c -> (c >= 0x20 && c != 0x7f) || c == '\t');
    }

    /** Whether a request target may hold it: visible ASCII without the fragment mark. */
    static boolean isTargetByte(int c) {
        return c > 0x20 && c < 0x7f && c != '#';
    }

    /** Compares with a lower-case name, ignoring ASCII case. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            int b = bytes[from + i];
            int folded = b >= 'A' && b <= 'Z' ? b | 0x20 : b;
            if (folded != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
