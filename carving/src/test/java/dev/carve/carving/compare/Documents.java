package dev.carve.carving.compare;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Random documents, random changes of them, and random ways to write the same one. */
final class Documents {

    private static final List<String> KEYS =
            List.of(
                    "a",
                    "b",
                    "c",
                    "id",
                    "0",
                    "1",
                    "",
                    "~/",
                    "*",
                    "naïve",
                    "a long key of words",
                    "😀");
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "x",
                    "y",
                    "\"",
                    "\\",
                    "/",
                    "\n\t",
                    "é",
                    "😀",
                    "a text of several words",
                    "A");

    private final Random random;

    Documents(Random random) {
        this.random = random;
    }

    /** An array or object. */
    Tree tree() {
        return tree(4, 5 + random.nextInt(5));
    }

    private Tree tree(int depth) {
        return tree(depth, random.nextInt(depth > 0 ? 10 : 5));
    }

    private Tree tree(int depth, int choice) {
        return switch (choice) {
            case 0 -> new Tree.Nul();
            case 1 -> new Tree.Bool(random.nextBoolean());
            case 2 -> new Tree.Str(pick(TEXTS));
            case 3, 4 -> number();
            case 5, 6, 7 -> {
                List<Tree.Member> members = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    String key = pick(KEYS);
                    // Now and then a key repeats.
                    if (random.nextInt(20) == 0
                            || members.stream().noneMatch(m -> m.key().equals(key))) {
                        members.add(new Tree.Member(key, tree(depth - 1)));
                    }
                }
                yield new Tree.Obj(members);
            }
            default -> {
                List<Tree> elements = new ArrayList<>();
                boolean numbers = random.nextInt(3) == 0;
                for (int i = random.nextInt(6); i > 0; i--) {
                    elements.add(numbers ? number() : tree(depth - 1));
                }
                yield new Tree.Arr(elements);
            }
        };
    }

    private Tree.Num number() {
        return new Tree.Num(
                switch (random.nextInt(6)) {
                    case 0 -> BigDecimal.ZERO;
                    case 1 -> BigDecimal.valueOf(random.nextInt(5));
                    case 2 -> BigDecimal.valueOf(-random.nextInt(5));
                    case 3 -> BigDecimal.valueOf(1_000 + random.nextInt(20), 1);
                    case 4 -> BigDecimal.valueOf(9_007_199_254_740_992L + random.nextInt(2));
                    default ->
                            new BigDecimal("123456789012345678901234567890.5")
                                    .add(BigDecimal.valueOf(random.nextInt(2)));
                });
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** The same tree with a few changes at random places; at times with none. */
    Tree changed(Tree tree) {
        return changed(tree, random.nextInt(4) == 0 ? 0 : 0.15);
    }

    private Tree changed(Tree tree, double share) {
        if (random.nextDouble() < share / 3) {
            return tree(1);
        }
        return switch (tree) {
            case Tree.Obj(List<Tree.Member> members) -> {
                List<Tree.Member> changed = new ArrayList<>();
                for (Tree.Member member : members) {
                    if (random.nextDouble() >= share / 2) {
                        changed.add(new Tree.Member(member.key(), changed(member.value(), share)));
                    }
                }
                if (random.nextDouble() < share / 2) {
                    changed.add(new Tree.Member(pick(KEYS), tree(1)));
                }
                yield new Tree.Obj(changed);
            }
            case Tree.Arr(List<Tree> elements) -> {
                List<Tree> changed = new ArrayList<>();
                for (Tree element : elements) {
                    if (random.nextDouble() >= share / 4) {
                        changed.add(changed(element, share));
                    }
                }
                if (random.nextDouble() < share / 4) {
                    changed.add(tree(1));
                }
                yield new Tree.Arr(changed);
            }
            case Tree.Num(BigDecimal number) ->
                    random.nextDouble() < share
                            ? new Tree.Num(number.multiply(new BigDecimal("1.004")))
                            : tree;
            case Tree.Str _, Tree.Bool _, Tree.Nul _ ->
                    random.nextDouble() < share ? tree(0) : tree;
        };
    }

    /** The same value: members in another order, repeated keys in theirs. */
    Tree keysShuffled(Tree tree) {
        return switch (tree) {
            case Tree.Obj(List<Tree.Member> members) -> {
                List<String> order =
                        new ArrayList<>(members.stream().map(Tree.Member::key).toList());
                Collections.shuffle(order, random);
                List<Tree.Member> left = new ArrayList<>(members);
                List<Tree.Member> shuffled = new ArrayList<>();
                for (String key : order) {
                    for (int i = 0; i < left.size(); i++) {
                        if (left.get(i).key().equals(key)) {
                            Tree.Member member = left.remove(i);
                            shuffled.add(new Tree.Member(key, keysShuffled(member.value())));
                            break;
                        }
                    }
                }
                yield new Tree.Obj(shuffled);
            }
            case Tree.Arr(List<Tree> elements) ->
                    new Tree.Arr(elements.stream().map(this::keysShuffled).toList());
            case Tree.Num _, Tree.Str _, Tree.Bool _, Tree.Nul _ -> tree;
        };
    }

    /** All arrays at any place in another order. */
    Tree arraysShuffled(Tree tree) {
        return switch (tree) {
            case Tree.Obj(List<Tree.Member> members) ->
                    new Tree.Obj(
                            members.stream()
                                    .map(m -> new Tree.Member(m.key(), arraysShuffled(m.value())))
                                    .toList());
            case Tree.Arr(List<Tree> elements) -> {
                List<Tree> shuffled =
                        new ArrayList<>(elements.stream().map(this::arraysShuffled).toList());
                Collections.shuffle(shuffled, random);
                yield new Tree.Arr(shuffled);
            }
            case Tree.Num _, Tree.Str _, Tree.Bool _, Tree.Nul _ -> tree;
        };
    }

    /** A path of the tree or none of it, with some tokens turned into wildcards. */
    String path(Tree tree) {
        StringBuilder path = new StringBuilder();
        Tree at = tree;
        int steps = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(3);
        for (int i = 0; i < steps; i++) {
            String token = pick(KEYS);
            if (at instanceof Tree.Obj(List<Tree.Member> members) && !members.isEmpty()) {
                Tree.Member member = pick(members);
                token = member.key();
                at = member.value();
            } else if (at instanceof Tree.Arr(List<Tree> elements) && !elements.isEmpty()) {
                int index = random.nextInt(elements.size());
                token = Integer.toString(index);
                at = elements.get(index);
            }
            if (random.nextInt(3) == 0) {
                path.append("/*");
            } else {
                Pointer.append(path, token);
            }
        }
        return path.toString();
    }

    /** Writes a tree, each value in one of the ways that mean the same. */
    byte[] write(Tree tree) {
        StringBuilder out = new StringBuilder();
        write(tree, out);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(Tree tree, StringBuilder out) {
        blank(out);
        switch (tree) {
            case Tree.Obj(List<Tree.Member> members) -> {
                out.append('{');
                for (int i = 0; i < members.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    blank(out);
                    write(members.get(i).key(), out);
                    blank(out);
                    out.append(':');
                    write(members.get(i).value(), out);
                }
                blank(out);
                out.append('}');
            }
            case Tree.Arr(List<Tree> elements) -> {
                out.append('[');
                for (int i = 0; i < elements.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    write(elements.get(i), out);
                }
                blank(out);
                out.append(']');
            }
            case Tree.Str(String text) -> write(text, out);
            case Tree.Num(BigDecimal number) -> write(number, out);
            case Tree.Bool(boolean value) -> out.append(value);
            case Tree.Nul() -> out.append("null");
        }
        blank(out);
    }

    private void blank(StringBuilder out) {
        if (random.nextInt(8) == 0) {
            out.append(" \t\r\n".charAt(random.nextInt(4)));
        }
    }

    private void write(BigDecimal number, StringBuilder out) {
        switch (random.nextInt(5)) {
            case 0 -> out.append(number.setScale(number.scale() + 2).toPlainString());
            case 1 -> out.append(number.movePointLeft(3).toPlainString()).append("e+3");
            case 2 -> out.append(number.movePointRight(2).toPlainString()).append("E-02");
            case 3 -> out.append(number.signum() == 0 ? "-0.0" : number.toPlainString());
            default -> out.append(number.toPlainString());
        }
    }

    private void write(String text, StringBuilder out) {
        out.append('"');
        boolean asItIs = random.nextBoolean();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean must = c == '"' || c == '\\' || c < 0x20;
            if (!must && (asItIs || random.nextInt(3) > 0)) {
                if (Character.isHighSurrogate(c)) {
                    out.append(c).append(text.charAt(++i));
                } else {
                    out.append(c);
                }
            } else if (Character.isHighSurrogate(c)) {
                unit(c, out);
                unit(text.charAt(++i), out);
            } else if ((c == '"' || c == '\\' || c == '/') && random.nextBoolean()) {
                out.append('\\').append(c);
            } else {
                unit(c, out);
            }
        }
        out.append('"');
    }

    private void unit(char c, StringBuilder out) {
        String digits = String.format("%04x", (int) c);
        out.append("\\u").append(random.nextBoolean() ? digits : digits.toUpperCase(Locale.ROOT));
    }
}
