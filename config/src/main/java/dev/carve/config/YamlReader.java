package dev.carve.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML document into nodes. It works on the parser's events and not on a composed
 * document, since only so are repeated keys, tags and the size of aliases seen with their places. A
 * syntax error ends the file; everything else is told and passed over.
 */
final class YamlReader {

    static final int DEPTH_MAX = 64;

    /** Nodes that aliases may stand for, all together. */
    static final int ALIASED_MAX = 50_000;

    private final Place start;
    private final Filler filler;
    private final Diagnostics diagnostics;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;
    private int aliased;

    private record Anchored(Node node, int weight) {}

    /** The document cannot be read further; the problem has been told. */
    private static final class Refused extends RuntimeException {
        Refused() {
            super("refused", null, false, false);
        }
    }

    /**
     * @param start of a file: its first place; else the place that all its nodes get
     */
    YamlReader(Place start, Filler filler, Diagnostics diagnostics) {
        this.start = start;
        this.filler = filler;
        this.diagnostics = diagnostics;
    }

    /** Null if the text cannot be read; the problem has been told then. */
    @Nullable Node read(String text, KeyPath path) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setCodePointLimit(Math.max(text.length(), 1))
                        .setParseComments(false)
                        .build();
        try {
            return document(new Events(new Parse(settings).parseString(text).iterator()), path);
        } catch (Refused told) {
            return null;
        } catch (MarkedYamlEngineException broken) {
            Optional<Mark> mark = broken.getProblemMark().or(broken::getContextMark);
            String problem = Display.cut(withoutAdvice(String.valueOf(broken.getProblem())));
            diagnostics.error(place(mark), path, "not valid yaml: " + problem);
            return null;
        } catch (ReaderException broken) {
            String character = "\\u{" + Integer.toHexString(broken.getCodePoint()) + "}";
            diagnostics.error(
                    placeAt(text, broken.getPosition()),
                    path,
                    "not valid yaml: the character " + character + " is not allowed");
            return null;
        } catch (YamlEngineException broken) {
            String problem = Display.cut(String.valueOf(broken.getMessage()));
            diagnostics.error(start, path, "not valid yaml: " + problem);
            return null;
        }
    }

    /** The parser's events; a failure that it does not foresee becomes a syntax error. */
    private final class Events {
        private final Iterator<Event> events;
        private Place last = start;

        Events(Iterator<Event> events) {
            this.events = events;
        }

        boolean hasNext() {
            return guarded(events::hasNext);
        }

        Event next() {
            Event event = guarded(events::next);
            last = place(event.getStartMark());
            return event;
        }

        private <T> T guarded(Supplier<T> step) {
            try {
                return step.get();
            } catch (IllegalArgumentException unforeseen) {
                // The scanner lets them out for an escape that the end of the text cuts short.
                // exceptions.
                String problem = "not valid yaml: a malformed escape after this";
                diagnostics.error(last, KeyPath.ROOT, problem);
                throw new Refused();
            }
        }
    }

    /** Without the parser's advice in brackets and its full stop. */
    private static String withoutAdvice(String problem) {
        int end = problem.indexOf(". (");
        return end < 0 ? problem : problem.substring(0, end);
    }

    private Node document(Events events, KeyPath path) {
        Node root = null;
        while (events.hasNext()) {
            Event event = events.next();
            if (!(event instanceof NodeEvent)) {
                continue;
            }
            if (root != null) {
                diagnostics.error(
                        place(event.getStartMark()),
                        path,
                        "a second document begins here (expected: one document)");
                throw new Refused();
            }
            root = node(event, events, path, 1);
        }
        return root == null ? new Node.Scalar(start, "", true) : root;
    }

    private Node node(Event event, Events events, KeyPath path, int depth) {
        Place place = place(event.getStartMark());
        if (depth > DEPTH_MAX) {
            diagnostics.error(place, KeyPath.ROOT, "nested more than " + DEPTH_MAX + " deep");
            throw new Refused();
        }
        nodes++;
        int before = nodes + aliased;
        Node node =
                switch (event) {
                    case ScalarEvent scalar -> {
                        refuseTag(scalar.getTag(), place, path);
                        var read = new Node.Scalar(place, scalar.getValue(), scalar.isPlain());
                        yield filler.fill(read, path, diagnostics);
                    }
                    case SequenceStartEvent sequence -> {
                        refuseTag(sequence.getTag(), place, path);
                        yield sequence(events, place, path, depth);
                    }
                    case MappingStartEvent mapping -> {
                        refuseTag(mapping.getTag(), place, path);
                        yield mapping(events, place, path, depth);
                    }
                    case AliasEvent alias -> alias(alias.getAlias(), place, path);
                    default -> throw new IllegalStateException("unexpected " + event);
                };
        if (event instanceof NodeEvent anchored && !(event instanceof AliasEvent)) {
            int weight = nodes + aliased - before + 1;
            anchored.getAnchor().ifPresent(name -> anchors.put(name, new Anchored(node, weight)));
        }
        return node;
    }

    private Node alias(Anchor name, Place place, KeyPath path) {
        Anchored target = anchors.get(name);
        if (target == null) {
            diagnostics.error(
                    place, path, "alias " + Display.quote(name.getValue()) + " has no anchor");
            throw new Refused();
        }
        aliased += target.weight();
        if (aliased > ALIASED_MAX) {
            diagnostics.error(
                    place, path, "aliases stand for more than " + ALIASED_MAX + " values");
            throw new Refused();
        }
        return target.node();
    }

    private Node sequence(Events events, Place place, KeyPath path, int depth) {
        List<Node> items = new ArrayList<>();
        for (Event next = events.next(); next instanceof NodeEvent; next = events.next()) {
            items.add(node(next, events, path.index(items.size()), depth + 1));
        }
        return new Node.Sequence(place, items);
    }

    private Node mapping(Events events, Place place, KeyPath path, int depth) {
        SequencedMap<String, Node.Member> members = new LinkedHashMap<>();
        for (Event next = events.next(); next instanceof NodeEvent; next = events.next()) {
            Place keyPlace = place(next.getStartMark());
            if (next instanceof ScalarEvent key) {
                refuseTag(key.getTag(), keyPlace, path);
                member(events, path, depth, members, key.getValue(), keyPlace);
            } else {
                diagnostics.error(
                        keyPlace,
                        path,
                        "a key cannot be a list, mapping or alias (expected: text)");
                node(next, events, path, depth + 1);
                node(events.next(), events, path, depth + 1);
            }
        }
        return new Node.Mapping(place, members);
    }

    private void member(
            Events events,
            KeyPath path,
            int depth,
            SequencedMap<String, Node.Member> members,
            String key,
            Place keyPlace) {
        Node value = node(events.next(), events, path.key(key), depth + 1);
        Node.Member first = members.putIfAbsent(key, new Node.Member(keyPlace, value));
        if (first != null) {
            diagnostics.error(
                    keyPlace,
                    path,
                    "duplicate key " + Display.quote(key) + " (first at " + first.keyPlace() + ")");
        }
    }

    private void refuseTag(Optional<String> tag, Place place, KeyPath path) {
        if (tag.isPresent()) {
            diagnostics.error(
                    place,
                    path,
                    "tag " + Display.quote(tag.get()) + " is refused (expected: no tag)");
        }
    }

    private Place place(Optional<Mark> mark) {
        if (mark.isEmpty() || start.origin() != Origin.FILE) {
            return start;
        }
        return Place.inFile(start.source(), mark.get().getLine() + 1, mark.get().getColumn() + 1);
    }

    private Place placeAt(String text, int offset) {
        if (start.origin() != Origin.FILE) {
            return start;
        }
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(offset, text.length()); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return Place.inFile(start.source(), line, column);
    }
}
