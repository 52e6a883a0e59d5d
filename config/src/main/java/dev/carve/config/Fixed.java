package dev.carve.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A setting that the environment or a flag has set, so that no file changes it.
 *
 * @param path such as {@code services.users.timeouts.response}
 * @param by such as {@code environment CARVE_ADMIN_TOKEN}
 * @param value as a flag takes it, secrets marked
 */
public record Fixed(String path, String by, String value) {

    /** All of them, in the order of the file. A list that was given as a whole is one. */
    public static List<Fixed> of(Loaded loaded, SecretMarks marks) {
        List<Fixed> found = new ArrayList<>();
        collect(KeyPath.ROOT, loaded.tree(), marks, found);
        return List.copyOf(found);
    }

    private static void collect(KeyPath path, Node node, SecretMarks marks, List<Fixed> into) {
        boolean fixed =
                switch (node.place().origin()) {
                    case DEFAULT, FILE -> false;
                    case ENVIRONMENT, FLAG -> true;
                };
        switch (node) {
            case Node.Mapping mapping ->
                    mapping.members()
                            .forEach((key, member) ->
                                    collect(path.key(key), member.value(), marks, into));
            case Node.Sequence sequence when fixed ->
                    into.add(
                            new Fixed(
                                    path.toString(),
                                    node.place().toString(),
                                    Renderer.flow(sequence, marks::mark)));
            case Node.Sequence(_, List<Node> items) -> {
                for (int i = 0; i < items.size(); i++) {
                    collect(path.index(i), items.get(i), marks, into);
                }
            }
            case Node.Scalar scalar -> {
                if (fixed) {
                    into.add(
                            new Fixed(
                                    path.toString(), node.place().toString(), raw(scalar, marks)));
                }
            }
        }
    }

    /** A flag's value is taken as it is, without quotes. */
    private static String raw(Node.Scalar scalar, SecretMarks marks) {
        if (scalar.secret()) {
            return marks.mark(scalar.text());
        }
        String shown = Display.redactUrl(scalar.text());
        return shown.equals(scalar.text())
                ? shown
                : shown.replace(Display.SECRET, marks.mark(scalar.text()));
    }
}
