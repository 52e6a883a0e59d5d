package dev.carve.bench.proc;

/** One {@code Key: 123 kB} line of {@code smaps_rollup} or {@code status}. */
final class KibField {

    private KibField() {}

    static long parse(String text, String key) {
        for (String line : text.lines().toList()) {
            if (line.startsWith(key) && line.endsWith(" kB")) {
                return Long.parseLong(line.substring(key.length(), line.length() - 3).strip());
            }
        }
        throw new IllegalArgumentException("no line \"" + key + " … kB\"");
    }
}
