package dev.carve.carving.compare;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** A document as a tree of objects, which is what the comparer does not make. */
sealed interface Tree {

    record Obj(List<Member> members) implements Tree {}

    record Arr(List<Tree> elements) implements Tree {}

    record Str(String text) implements Tree {}

    record Num(BigDecimal number) implements Tree {}

    record Bool(boolean value) implements Tree {}

    record Nul() implements Tree {}

    /** One member of an object; keys may repeat. */
    record Member(String key, Tree value) {}

    JsonFactory JSON = new JsonFactory();

    /** Reads a document with Jackson's parser; throws its exception if it is none. */
    static Tree parse(byte[] bytes) {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            JsonToken first = in.nextToken();
            if (first == null) {
                throw new IllegalArgumentException("nothing there");
            }
            Tree tree = read(in, first);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("more than one document");
            }
            return tree;
        }
    }

    private static Tree read(JsonParser in, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                List<Member> members = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    String key = in.currentName();
                    members.add(new Member(key, read(in, in.nextToken())));
                }
                yield new Obj(members);
            }
            case START_ARRAY -> {
                List<Tree> elements = new ArrayList<>();
                for (JsonToken t = in.nextToken(); t != JsonToken.END_ARRAY; t = in.nextToken()) {
                    elements.add(read(in, t));
                }
                yield new Arr(elements);
            }
            case VALUE_STRING -> new Str(in.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(new BigDecimal(in.getString()));
            case VALUE_TRUE -> new Bool(true);
            case VALUE_FALSE -> new Bool(false);
            case VALUE_NULL -> new Nul();
            default -> throw new IllegalArgumentException("no value: " + token);
        };
    }
}
