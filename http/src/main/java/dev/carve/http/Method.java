package dev.carve.http;

/** The methods that have a meaning of their own to a gateway; every other token is OTHER. */
public enum Method {
    OTHER,
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    PATCH,
    OPTIONS,
    TRACE,
    CONNECT;

    private static final Method[] ALL = values();
    private static final byte[][] NAMES = new byte[ALL.length][];

    static {
        for (Method method : ALL) {
            NAMES[method.ordinal()] = Ascii.bytes(method.name());
        }
    }

    /** RFC 9110 section 9.1: methods are case-sensitive. */
    static Method find(byte[] bytes, int start, int end) {
        int length = end - start;
        for (int i = 1; i < ALL.length; i++) {
            byte[] name = NAMES[i];
            if (name.length == length && name[0] == bytes[start] && same(bytes, start, name)) {
                return ALL[i];
            }
        }
        return OTHER;
    }

    private static boolean same(byte[] bytes, int start, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (bytes[start + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
