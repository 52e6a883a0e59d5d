package dev.carve.carving.keep;

import java.util.ArrayList;
import java.util.List;

/** Several texts as one, a line each, whatever they hold. */
final class Lines {

    private Lines() {}

    static String join(List<String> texts) {
        StringBuilder joined = new StringBuilder();
        for (String each : texts) {
            for (int i = 0; i < each.length(); i++) {
                char c = each.charAt(i);
                switch (c) {
                    case '\\' -> joined.append("\\\\");
                    case '\n' -> joined.append("\\n");
                    default -> joined.append(c);
                }
            }
            joined.append('\n');
        }
        return joined.toString();
    }

    /** What {@link #join} made, in the same order. */
    static List<String> split(String joined) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        boolean escaped = false;
        for (int i = 0; i < joined.length(); i++) {
            char c = joined.charAt(i);
            if (escaped) {
                text.append(c == 'n' ? '\n' : c);
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '\n') {
                texts.add(text.toString());
                text.setLength(0);
            } else {
                text.append(c);
            }
        }
        return texts;
    }
}
