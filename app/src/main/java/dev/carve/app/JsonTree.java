package dev.carve.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a gateway answered. A gateway may be older or newer than the command that reads it: what is
 * absent or of another kind reads as empty or 0, and nobody stumbles over what is new. Immutable.
 */
public final class JsonTree {

    /** Nothing. */
    static final JsonTree ABSENT = new JsonTree(null);

    private static final JsonFactory JSON = new JsonFactory();

    private final @Nullable Object value;

    private JsonTree(@Nullable Object value) {
        this.value = value;
    }

    /** Null if the text is no JSON. */
    public static @Nullable JsonTree parse(String text) {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), text)) {
            JsonTree tree = read(in, in.nextToken());
            return in.nextToken() == null ? tree : null;
        } catch (JacksonException | IllegalArgumentException malformed) {
            return null;
        }
    }

    /** The parser itself bounds the depth. */
    private static JsonTree read(JsonParser in, @Nullable JsonToken first) {
        return switch (first) {
            case null -> throw new IllegalArgumentException("empty");
            case START_OBJECT -> {
                Map<String, JsonTree> members = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = in.currentName();
                    members.put(name, read(in, in.nextToken()));
                }
                yield new JsonTree(members);
            }
            case START_ARRAY -> {
                List<JsonTree> items = new ArrayList<>();
                for (JsonToken each = in.nextToken();
                        each != JsonToken.END_ARRAY;
                        each = in.nextToken()) {
                    items.add(read(in, each));
                }
                yield new JsonTree(items);
            }
            case VALUE_STRING -> new JsonTree(in.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonTree(in.getDoubleValue());
            case VALUE_TRUE -> new JsonTree(true);
            case VALUE_FALSE -> new JsonTree(false);
            case VALUE_NULL -> ABSENT;
            default -> throw new IllegalArgumentException("unexpected " + first);
        };
    }

    public boolean isAbsent() {
        return value == null;
    }

    public JsonTree get(String name) {
        if (value instanceof Map<?, ?> members && members.get(name) instanceof JsonTree member) {
            return member;
        }
        return ABSENT;
    }

    public List<JsonTree> items() {
        List<JsonTree> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(each -> items.add((JsonTree) each));
        }
        return items;
    }

    void members(BiConsumer<String, JsonTree> each) {
        if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> each.accept((String) name, (JsonTree) member));
        }
    }

    public String text() {
        return value instanceof String text ? text : "";
    }

    public double number() {
        return value instanceof Double number ? number : 0;
    }

    public long count() {
        return (long) number();
    }

    boolean flag() {
        return Boolean.TRUE.equals(value);
    }
}
