package dev.carve.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules that a gateway has learnt for one route, as they would stand below {@code compare:}.
 * Immutable.
 *
 * @param byKey of each list the rules, {@code ignore} and {@code ignore_headers}
 */
record LearntRules(Map<String, List<Rule>> byKey) {

    /**
     * One entry of a list.
     *
     * @param comment what it was learnt from
     */
    record Rule(String value, String comment) {

        /** As a double-quoted scalar of YAML 1.2. */
        String quoted() {
            StringBuilder text = new StringBuilder("\"");
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                boolean letter = c >= 0x80 && Character.isLetterOrDigit(c);
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (c < 0x20 || (c >= 0x7F && !letter)) {
                    text.append("\\u%04x".formatted((int) c));
                } else {
                    text.append(c);
                }
            }
            return text.append('"').toString();
        }
    }

    LearntRules {
        byKey = Map.copyOf(byKey);
    }

    /** Of one carve, as the gateway shows it. */
    static LearntRules of(JsonTree carve) {
        Map<String, List<Rule>> byKey = new LinkedHashMap<>();
        for (JsonTree each : carve.get("learnt_rules").items()) {
            byKey.computeIfAbsent(each.get("key").text(), _ -> new ArrayList<>())
                    .add(new Rule(each.get("value").text(), each.get("comment").text()));
        }
        return new LearntRules(byKey);
    }
}
