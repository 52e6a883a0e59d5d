package dev.carve.it.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the corpus files: blocks of lines, each begun by {@code case NAME}. */
final class CorpusReader {

    private CorpusReader() {}

    /**
     * A case as written.
     *
     * @param name its name
     * @param line where it begins in the file
     * @param lines its further lines, each a keyword and what follows it after one space
     */
    record Block(String name, int line, List<Line> lines) {}

    /**
     * A line of a case.
     *
     * @param number its place in the file
     * @param keyword its first word
     * @param rest what follows the first word and one space
     */
    record Line(int number, String keyword, String rest) {

        IllegalArgumentException wrong(String file, String expected) {
            return new IllegalArgumentException(
                    "%s:%d: \"%s %s\" (expected: %s)"
                            .formatted(file, number, keyword, rest, expected));
        }
    }

    static List<Block> read(String file) {
        var blocks = new ArrayList<Block>();
        List<Line> current = new ArrayList<>();
        int number = 0;
        for (String text : text(file).split("\n", -1)) {
            number++;
            if (text.isBlank() || text.startsWith("#")) {
                continue;
            }
            int space = text.indexOf(' ');
            String keyword = space < 0 ? text : text.substring(0, space);
            String rest = space < 0 ? "" : text.substring(space + 1);
            if (keyword.equals("case")) {
                current = new ArrayList<>();
                blocks.add(new Block(rest, number, current));
            } else if (blocks.isEmpty()) {
                throw new Line(number, keyword, rest).wrong(file, "case NAME first");
            } else {
                current.add(new Line(number, keyword, rest));
            }
        }
        return List.copyOf(blocks);
    }

    private static String text(String file) {
        try (var in = CorpusReader.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("no corpus file " + file + " beside its reader");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("corpus file " + file + " cannot be read", e);
        }
    }
}
