package dev.carve.it.carving;

import dev.carve.testkit.Field;
import dev.carve.testkit.RawResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where two answers differ, found without any of Carve's code, from what docs/carve-a-route.md and
 * docs/internals/compare.md promise: the truth that Carve's findings are held against. A place is
 * told as Carve tells it. Stateless.
 */
final class DirectDiff {

    private static final List<String> FIELDS =
            List.of(
                    "content-type",
                    "content-language",
                    "content-disposition",
                    "content-range",
                    "location",
                    "link",
                    "cache-control",
                    "allow",
                    "www-authenticate",
                    "access-control-allow-origin",
                    "access-control-allow-credentials");
    private static final Set<String> SETS = Set.of("cache-control", "allow");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Set<String> places = new TreeSet<>();

    private DirectDiff() {}

    /** Every place where they differ. */
    static Set<String> of(RawResponse old, RawResponse fresh) {
        var diff = new DirectDiff();
        if (old.status() != fresh.status()) {
            diff.places.add("status");
        }
        if (old.status() / 100 == fresh.status() / 100) {
            for (String name : FIELDS) {
                if (!field(old, name).equals(field(fresh, name))) {
                    diff.places.add("header " + name);
                }
            }
            diff.bodies(old, fresh);
        }
        return diff.places;
    }

    private static Optional<Object> field(RawResponse answer, String name) {
        List<String> values =
                answer.fields().stream()
                        .filter(each -> each.name().equalsIgnoreCase(name))
                        .map(Field::value)
                        .toList();
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String joined = String.join(", ", values);
        if (SETS.contains(name)) {
            return Optional.of(
                    new TreeSet<>(
                            Arrays.asList(joined.toLowerCase(Locale.ROOT).split(" *, *", -1))));
        }
        boolean type = name.equals("content-type");
        return Optional.of(type ? joined.toLowerCase(Locale.ROOT).replaceAll("[ \"]", "") : joined);
    }

    private void bodies(RawResponse old, RawResponse fresh) {
        byte[] one = body(old);
        byte[] other = body(fresh);
        if (Arrays.equals(one, other)) {
            return;
        }
        if (isJson(old) || isJson(fresh)) {
            try {
                value("", JSON.readTree(one), JSON.readTree(other));
                return;
            } catch (JacksonException notJson) {
                // Compared as text.
            }
        }
        places.add("body");
    }

    private static boolean isJson(RawResponse answer) {
        return answer.field("Content-Type").orElse("").contains("application/json");
    }

    private static byte[] body(RawResponse answer) {
        byte[] bytes = answer.body().kept().array();
        if (answer.field("Content-Encoding").isEmpty()) {
            return bytes;
        }
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return unpacked.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void value(String path, JsonNode old, JsonNode fresh) {
        if (old.isObject() && fresh.isObject()) {
            Set<String> names = new LinkedHashSet<>(old.propertyNames());
            names.addAll(fresh.propertyNames());
            for (String name : names) {
                String below = path + "/" + name.replace("~", "~0").replace("/", "~1");
                if (old.has(name) && fresh.has(name)) {
                    value(below, old.get(name), fresh.get(name));
                } else {
                    place(below);
                }
            }
        } else if (old.isArray() && fresh.isArray()) {
            for (int i = 0; i < Math.max(old.size(), fresh.size()); i++) {
                if (i < old.size() && i < fresh.size()) {
                    value(path + "/*", old.get(i), fresh.get(i));
                } else {
                    place(path + "/*");
                }
            }
        } else if (old.isNumber() && fresh.isNumber()) {
            if (old.decimalValue().compareTo(fresh.decimalValue()) != 0) {
                place(path);
            }
        } else if (!old.equals(fresh)) {
            place(path);
        }
    }

    private void place(String path) {
        places.add(path.isEmpty() ? "body" : path);
    }
}
