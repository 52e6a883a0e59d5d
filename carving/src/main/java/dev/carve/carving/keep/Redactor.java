package dev.carve.carving.keep;

import dev.carve.gateway.log.QuerySecrets;
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
    private final QuerySecrets parameters;
    private final boolean anyParameters;
    private final JsonRedaction json;

    public Redactor(Redaction redaction) {
        fields =
                Stream.concat(
                                FIELDS_ALWAYS.stream(),
                                redaction.fields().stream().map(Redactor::low))
                        .collect(Collectors.toUnmodifiableSet());
        parameters = new QuerySecrets(redaction.parameters());
        anyParameters = !redaction.parameters().isEmpty();
        json = new JsonRedaction(redaction.jsonPaths(), redaction.jsonNames());
    }

    private static String low(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The same exchange without its secrets. */
    public Difference redact(Difference whole) {
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
        byte[] bytes = target.getBytes(StandardCharsets.ISO_8859_1);
        return hidden(bytes, parameters.first(bytes, 0, bytes.length));
    }

    /** Hides values of {@code name=value} pairs. */
    private String form(byte[] pairs) {
        return hidden(pairs, parameters.firstOfForm(pairs, 0, pairs.length));
    }

    private String hidden(byte[] bytes, long first) {
        StringBuilder out = new StringBuilder(bytes.length);
        int written = 0;
        for (long found = first;
                found != QuerySecrets.NONE;
                found = parameters.next(bytes, found, bytes.length)) {
            out.append(text(bytes, written, QuerySecrets.from(found))).append(HIDDEN);
            written = QuerySecrets.to(found);
        }
        return out.append(text(bytes, written, bytes.length)).toString();
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private SavedBody body(List<Field> all, SavedBody body) {
        if (body.bytes().length == 0 || (!anyParameters && json.isEmpty())) {
            return body;
        }
        String coding = low(value(all, "content-encoding"));
        String type = low(value(all, "content-type"));
        boolean coded = !coding.isEmpty() && !coding.equals("identity");
        if (coded || type.startsWith("multipart/")) {
            return new SavedBody(new byte[0], body.length());
        }
        if (type.startsWith("application/x-www-form-urlencoded")) {
            byte[] without = form(body.bytes()).getBytes(StandardCharsets.ISO_8859_1);
            return new SavedBody(without, body.length());
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
