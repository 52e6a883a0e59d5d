package dev.carve.config;

import org.jspecify.annotations.Nullable;

/** One key of a mapping: its shape, its default, what it means. */
final class Setting {

    final String key;
    final Shape shape;
    final Presence presence;
    final @Nullable String defaultText;
    final String doc;
    final boolean secret;

    // Bound on first use; a race binds twice to equal values.
    private volatile @Nullable Bound defaults;

    Setting(
            String key,
            Shape shape,
            Presence presence,
            @Nullable String defaultText,
            String doc,
            boolean secret) {
        this.key = key;
        this.shape = shape;
        this.presence = presence;
        this.defaultText = defaultText;
        this.doc = doc;
        this.secret = secret;
    }

    /** A key whose value must be there and is of the shape. */
    static Setting required(String key, Shape shape, String doc) {
        return new Setting(key, shape, Presence.REQUIRED, null, doc, false);
    }

    /**
     * The default, bound like a value of the file.
     *
     * @throws IllegalStateException if the declared default does not fit its own type
     */
    Bound defaults() {
        Bound bound = defaults;
        if (bound == null) {
            bound = bindDefault();
            defaults = bound;
        }
        return bound;
    }

    private Bound bindDefault() {
        if (defaultText == null) {
            throw new IllegalStateException(key + " has no default");
        }
        Diagnostics diagnostics = new Diagnostics();
        KeyPath path = KeyPath.of(key);
        Node node = parse(defaultText, path, diagnostics);
        Bound bound =
                node == null
                        ? null
                        : new Binder(diagnostics)
                                .bind(Expander.expand(node, shape), shape, path, secret);
        if (bound == null || diagnostics.hasErrors()) {
            throw new IllegalStateException("the default is wrong: " + diagnostics.sorted());
        }
        return bound;
    }

    /** The parser is started only where the text is more than one plain word. */
    private static @Nullable Node parse(String yaml, KeyPath path, Diagnostics diagnostics) {
        for (int i = 0; i < yaml.length(); i++) {
            char c = yaml.charAt(i);
            boolean word = Character.isLetterOrDigit(c) || "/._-%".indexOf(c) >= 0;
            if (!word && !(c == ':' && i + 1 < yaml.length() && i > 0)) {
                return new YamlReader(Place.DEFAULT, Filler.NONE, diagnostics).read(yaml, path);
            }
        }
        return new Node.Scalar(Place.DEFAULT, yaml, true);
    }
}
