package dev.carve.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file and all that it includes into one tree. Places stay with their files. Used for one
 * load.
 */
final class Includes {

    static final int FILE_BYTES_MAX = 8 * 1024 * 1024;
    static final int FILES_MAX = 1_000;

    private static final KeyPath INCLUDE = KeyPath.of(Schema.INCLUDE);

    private final Schema schema;
    private final Filler filler;
    private final Diagnostics diagnostics;

    /** Files being read, innermost last, and every file read, with the place that named it. */
    private final Deque<Path> open = new ArrayDeque<>();

    private final Map<Path, Place> read = new HashMap<>();

    /** Folders whose content decided what was included. */
    private final Set<Path> listed = new HashSet<>();

    private boolean unreadable;

    Includes(Schema schema, Filler filler, Diagnostics diagnostics) {
        this.schema = schema;
        this.filler = filler;
        this.diagnostics = diagnostics;
    }

    /** The expanded tree; empty where the file cannot be read, which has been told. */
    Node.Mapping read(Source source) {
        return switch (source) {
            case Source.OfText(String name, String text) -> {
                Place start = Place.inFile(name, 1, 1);
                Node.Mapping tree = parse(name, text, start);
                Node include = tree.find(Schema.INCLUDE);
                if (include != null) {
                    diagnostics.error(
                            include.place(), INCLUDE, "only a file on disk can include files");
                }
                yield without(tree);
            }
            case Source.OfFile(Path path) -> {
                Place start = Place.inFile(path.toString(), 1, 1);
                yield file(path, start);
            }
        };
    }

    /** Whether some file could not be read, so that what is missing says nothing. */
    boolean incomplete() {
        return unreadable;
    }

    /** Every file that was read and every folder that was listed, absolute. */
    Set<Path> sources() {
        Set<Path> all = new HashSet<>(read.keySet());
        all.addAll(listed);
        return Set.copyOf(all);
    }

    private Node.Mapping file(Path path, Place namedAt) {
        String name = path.toString();
        Place start = Place.inFile(name, 1, 1);
        Path identity = path.toAbsolutePath().normalize();
        if (open.contains(identity)) {
            diagnostics.error(
                    namedAt, INCLUDE, Display.quote(name) + " is being read already: a cycle");
            return Node.Mapping.empty(start);
        }
        Place before = read.putIfAbsent(identity, namedAt);
        if (before != null) {
            diagnostics.error(
                    namedAt,
                    INCLUDE,
                    Display.quote(name) + " is included twice (first at " + before + ")");
            return Node.Mapping.empty(start);
        }
        if (read.size() > FILES_MAX) {
            diagnostics.error(namedAt, INCLUDE, "more than " + FILES_MAX + " files");
            return Node.Mapping.empty(start);
        }
        String text = contents(path, open.isEmpty() ? start : namedAt);
        if (text == null) {
            return Node.Mapping.empty(start);
        }
        open.addLast(identity);
        Node.Mapping tree = parse(name, text, start);
        Node include = tree.find(Schema.INCLUDE);
        Node.Mapping whole = without(tree);
        if (include != null) {
            for (Included each : included(path, include)) {
                whole = merge(whole, file(each.path(), each.namedAt()));
            }
        }
        open.removeLast();
        return whole;
    }

    private @Nullable String contents(Path path, Place place) {
        String quoted = Display.quote(path.toString());
        String problem;
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length <= FILE_BYTES_MAX) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
            problem = "is larger than " + FILE_BYTES_MAX / (1024 * 1024) + "MiB";
        } catch (NoSuchFileException absent) {
            problem = "does not exist";
        } catch (CharacterCodingException binary) {
            problem = "is not utf-8 text";
        } catch (IOException unreadable) {
            problem = "cannot be read";
        }
        unreadable = true;
        diagnostics.error(place, KeyPath.ROOT, "the file " + quoted + " " + problem);
        return null;
    }

    private Node.Mapping parse(String name, String text, Place start) {
        diagnostics.opened(name);
        if (text.length() > FILE_BYTES_MAX) {
            diagnostics.error(start, KeyPath.ROOT, "larger than " + FILE_BYTES_MAX + " characters");
            return Node.Mapping.empty(start);
        }
        Node node = new YamlReader(start, filler, diagnostics).read(text, KeyPath.ROOT);
        unreadable |= node == null;
        if (node == null || node.isNull()) {
            return Node.Mapping.empty(start);
        }
        if (node instanceof Node.Mapping mapping
                && Expander.expand(mapping, schema.root()) instanceof Node.Mapping expanded) {
            return expanded;
        }
        diagnostics.error(node.place(), KeyPath.ROOT, "not a mapping (expected: key: value)");
        return Node.Mapping.empty(start);
    }

    private static Node.Mapping without(Node.Mapping tree) {
        SequencedMap<String, Node.Member> members = new LinkedHashMap<>(tree.members());
        members.remove(Schema.INCLUDE);
        return new Node.Mapping(tree.place(), members);
    }

    private record Included(Path path, Place namedAt) {}

    private List<Included> included(Path file, Node include) {
        List<Included> found = new ArrayList<>();
        if (!(include instanceof Node.Sequence(_, List<Node> items))) {
            diagnostics.error(
                    include.place(), INCLUDE, "a mapping does not fit here (expected: file names)");
            return found;
        }
        for (Node item : items) {
            if (item instanceof Node.Scalar scalar && !scalar.broken()) {
                List<Path> matches = matches(file, scalar.text());
                if (matches.isEmpty()) {
                    String pattern = Display.quote(scalar, false);
                    diagnostics.warning(scalar.place(), INCLUDE, pattern + " matches no file");
                }
                matches.forEach(match -> found.add(new Included(match, scalar.place())));
            } else if (!(item instanceof Node.Scalar)) {
                diagnostics.error(item.place(), INCLUDE, "not a file name (expected: text)");
            }
        }
        return found;
    }

    /** Segment by segment, so that only the folders named are listed. */
    private List<Path> matches(Path file, String pattern) {
        boolean absolute = pattern.startsWith("/");
        List<Path> at = new ArrayList<>();
        Path parent = file.getParent();
        at.add(absolute ? Path.of("/") : parent == null ? Path.of("") : parent);
        for (String segment : pattern.split("/+", -1)) {
            List<Path> next = new ArrayList<>();
            for (Path folder : at) {
                if (segment.isEmpty()) {
                    next.add(folder);
                } else if (segment.indexOf('*') >= 0 || segment.indexOf('?') >= 0) {
                    next.addAll(list(folder, segment));
                } else {
                    resolve(folder, segment, next);
                }
            }
            at = next;
        }
        at.removeIf(path -> !Files.exists(path));
        return at;
    }

    private static void resolve(Path folder, String segment, List<Path> into) {
        try {
            into.add(folder.resolve(segment));
        } catch (InvalidPathException impossibleName) {
            // No file can have that name: it matches nothing, which is told.
        }
    }

    private List<Path> list(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        listed.add(folder.toAbsolutePath().normalize());
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(folder.toString().isEmpty() ? Path.of(".") : folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                // Hidden files are editors' copies and the links of mounted ConfigMaps.
                if (!name.startsWith(".") && wildcard(pattern, name)) {
                    found.add(folder.resolve(name));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        } catch (IOException unreadable) {
            return List.of();
        }
        found.sort(null);
        return found;
    }

    /** Linear in practice: at most one star is backtracked to. */
    static boolean wildcard(String pattern, String name) {
        int p = 0;
        int star = -1;
        int starName = 0;
        int n = 0;
        while (n < name.length()) {
            char c = p < pattern.length() ? pattern.charAt(p) : 0;
            if (p < pattern.length() && c == '*') {
                star = p++;
                starName = n;
            } else if (p < pattern.length() && (c == '?' || c == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private Node.Mapping merge(Node.Mapping whole, Node.Mapping part) {
        Node.Mapping merged = whole;
        for (Map.Entry<String, Node.Member> entry : part.entries()) {
            String key = entry.getKey();
            Node.Member member = entry.getValue();
            Setting setting = schema.root().settings.get(key);
            if (setting != null
                    && !(setting.shape instanceof Shape.Sequence)
                    && !(setting.shape instanceof Shape.Table)) {
                diagnostics.error(
                        member.keyPlace(),
                        KeyPath.ROOT,
                        "key "
                                + Display.quote(key)
                                + " cannot stand in an included file (expected: "
                                + Display.choices(mergeable())
                                + ")");
                continue;
            }
            Node.Member before = merged.members().get(key);
            merged =
                    merged.with(
                            key,
                            before == null
                                    ? member
                                    : new Node.Member(
                                            before.keyPlace(),
                                            join(before.value(), member.value(), KeyPath.of(key))));
        }
        return merged;
    }

    private List<String> mergeable() {
        return schema.root().settings.values().stream()
                .filter(each ->
                        each.shape instanceof Shape.Sequence || each.shape instanceof Shape.Table)
                .map(each -> each.key)
                .toList();
    }

    private Node join(Node before, Node after, KeyPath path) {
        if (before instanceof Node.Sequence first && after instanceof Node.Sequence second) {
            List<Node> items = new ArrayList<>(first.items());
            items.addAll(second.items());
            return new Node.Sequence(first.place(), items);
        }
        if (before instanceof Node.Mapping first && after instanceof Node.Mapping second) {
            SequencedMap<String, Node.Member> members = new LinkedHashMap<>(first.members());
            for (Map.Entry<String, Node.Member> entry : second.entries()) {
                Node.Member old = members.putIfAbsent(entry.getKey(), entry.getValue());
                if (old != null) {
                    diagnostics.error(
                            entry.getValue().keyPlace(),
                            path,
                            "duplicate key "
                                    + Display.quote(entry.getKey())
                                    + " (first at "
                                    + old.keyPlace()
                                    + ")");
                }
            }
            return new Node.Mapping(first.place(), members);
        }
        diagnostics.error(after.place(), path, "of another shape than at " + before.place());
        return before;
    }
}
