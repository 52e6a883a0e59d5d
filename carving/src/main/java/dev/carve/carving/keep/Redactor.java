package dev.carve.carving.keep;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes secrets out of an exchange: values of named fields, of named parameters in targets, links
 * and forms, and of named places in JSON bodies. Where it can not see what a body holds although it
 * would have to, it leaves the body out: a difference without a body can be repeated, a secret that
 * was kept can not be taken back. Immutable, any thread; its work is that of one pass over the
 * bytes.
 */
public final class Redactor {

    /** What stands in a secret's place. */
    public static final String HIDDEN = "***";

    private static final Set<String> FIELDS_ALWAYS =
            Set.of("authorization", "cookie", "set-cookie", "proxy-authorization");

    /** Fields that hold links. */
    private static final Set<String> LINKS =
            Set.of("location", "content-location", "referer", "refresh", "link");

    private final Set<String> fields;
    private final Set<String> parameters;
    private final JsonRedaction json;

    public Redactor(Redaction redaction) {
        fields =
                Stream.concat(
                                FIELDS_ALWAYS.stream(),
                                redaction.fields().stream().map(Redactor::low))
                        .collect(Collectors.toUnmodifiableSet());
        parameters =
                redaction.parameters().stream()
                        .map(Redactor::low)
                        .collect(Collectors.toUnmodifiableSet());
        json = new JsonRedaction(redaction.jsonPaths(), redaction.jsonNames());
    }

    private static String low(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The same exchange without its secrets. */
    Difference redact(Difference whole) {
        SavedRequest request = whole.request();
        SavedBody body = body(request.fields(), request.body());
        return new Difference(
                whole.carve(),
                whole.at(),
                whole.paths(),
                new SavedRequest(
                        request.method(),
                        target(request.target()),
                        fields(request.fields()),
                        body,
                        request.bodyRedacted()
                                || !Arrays.equals(body.bytes(), request.body().bytes())),
                answer(whole.oldAnswer()),
                answer(whole.newAnswer()));
    }

    /** The same answer without its secrets. */
    public SavedAnswer answer(SavedAnswer whole) {
        return new SavedAnswer(
                whole.status(), fields(whole.fields()), body(whole.fields(), whole.body()));
    }

    private List<Field> fields(List<Field> all) {
        return all.stream().map(this::field).toList();
    }

    private Field field(Field field) {
        String name = low(field.name());
        if (fields.contains(name)) {
            return new Field(field.name(), HIDDEN);
        }
        return LINKS.contains(name) ? new Field(field.name(), target(field.value())) : field;
    }

    private String target(String target) {
        int query = target.indexOf('?');
        return query < 0
                ? target
                : target.substring(0, query + 1) + form(target.substring(query + 1));
    }

    /** Hides values of {@code name=value} pairs; a name that is itself escaped is taken for one. */
    private String form(String pairs) {
        StringBuilder out = new StringBuilder(pairs.length());
        int at = 0;
        while (at <= pairs.length()) {
            int end = pairs.indexOf('&', at);
            end = end < 0 ? pairs.length() : end;
            int equals = pairs.indexOf('=', at);
            if (equals >= 0 && equals < end && isSecret(pairs.substring(at, equals))) {
                out.append(pairs, at, equals + 1).append(HIDDEN);
            } else {
                out.append(pairs, at, end);
            }
            if (end < pairs.length()) {
                out.append('&');
            }
            at = end + 1;
        }
        return out.toString();
    }

    private boolean isSecret(String name) {
        return !parameters.isEmpty() && (name.indexOf('%') >= 0 || parameters.contains(low(name)));
    }

    private SavedBody body(List<Field> all, SavedBody body) {
        if (body.bytes().length == 0 || (parameters.isEmpty() && json.isEmpty())) {
            return body;
        }
        String coding = low(value(all, "content-encoding"));
        String type = low(value(all, "content-type"));
        boolean coded = !coding.isEmpty() && !coding.equals("identity");
        if (coded || type.startsWith("multipart/")) {
            return new SavedBody(new byte[0], body.length());
        }
        if (type.startsWith("application/x-www-form-urlencoded")) {
            String text = new String(body.bytes(), StandardCharsets.ISO_8859_1);
            return new SavedBody(form(text).getBytes(StandardCharsets.ISO_8859_1), body.length());
        }
        if (type.contains("json") || JsonRedaction.looksLikeJson(body.bytes())) {
            return json.isEmpty() ? body : new SavedBody(json.redact(body.bytes()), body.length());
        }
        return body;
    }

    private static String value(List<Field> all, String name) {
        return all.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }
}
