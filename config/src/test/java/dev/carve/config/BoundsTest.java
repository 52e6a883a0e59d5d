package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What grows with its input stops at a bound. */
class BoundsTest {

    @TempDir Path folder;

    private static List<Diagnostic> refused(Source source) {
        LoadResult result = Sample.LOADER.load(source);
        assertThat(result).isInstanceOf(Rejected.class);
        return ((Rejected) result).diagnostics();
    }

    private static List<Diagnostic> refused(String text) {
        return refused(Source.text("carve.yaml", text));
    }

    @Test
    void aliasesUpToTheBoundPass() {
        String tens = "[" + "*a, ".repeat(99) + "*a]";
        String inside = "x: &a [" + "y, ".repeat(99) + "y]\nz: &b " + tens;

        assertThat(messages(refused(inside))).noneMatch(each -> each.contains("aliases"));
        assertThat(messages(refused(inside + "\nw: [*b, *b, *b, *b]")))
                .anyMatch(each -> each.contains("aliases stand for more than 50000 values"));
    }

    @Test
    void nestingUpToTheBoundPasses() {
        // The mapping of the file is the first level, the innermost value the last.
        int lists = YamlReader.DEPTH_MAX - 2;

        assertThat(messages(refused("x: " + "[".repeat(lists) + "1" + "]".repeat(lists))))
                .noneMatch(each -> each.contains("nested"));
        assertThat(messages(refused("x: " + "[".repeat(lists + 1) + "1" + "]".repeat(lists + 1))))
                .containsExactly("nested more than 64 deep");
        assertThat(messages(refused("x: " + "[".repeat(1_000_000))))
                .containsExactly("nested more than 64 deep");
        assertThat(messages(refused("- ".repeat(100_000) + "1")))
                .containsExactly("nested more than 64 deep");
    }

    @Test
    void aliasOfItselfIsRefused() {
        assertThat(messages(refused("services: &a { x: *a }")))
                .containsExactly("alias \"a\" has no anchor");
    }

    @Test
    void fileBeyondTheBoundIsRefused() throws IOException {
        Path file = folder.resolve("carve.yaml");
        Files.writeString(file, "#" + "x".repeat(Includes.FILE_BYTES_MAX));

        assertThat(messages(refused(Source.file(file))).getFirst()).endsWith("larger than 8MiB");
    }

    @Test
    void secretFileBeyondTheBoundIsRefused() throws IOException {
        Path file = folder.resolve("secret");
        Files.writeString(file, "x".repeat(Filler.FILE_BYTES_MAX + 1));

        assertThat(messages(refused("admin: ${file:" + file + "}")).getFirst())
                .endsWith("is larger than 256KiB");
    }

    @Test
    void problemsBeyondTheBoundAreCounted() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Diagnostics.COUNT_MAX + 7; i++) {
            text.append("unknown").append(i).append(": 1\n");
        }

        List<Diagnostic> told = refused(text.toString());
        assertThat(told).hasSize(Diagnostics.COUNT_MAX + 1);
        assertThat(told.getLast().message()).isEqualTo("and 7 more problems");
    }

    @Test
    void filesBeyondTheBoundAreRefused() throws IOException {
        Path main = Files.writeString(folder.resolve("carve.yaml"), "include: more/*\n");
        Files.createDirectory(folder.resolve("more"));
        for (int i = 0; i < Includes.FILES_MAX; i++) {
            Files.writeString(folder.resolve("more/" + i), "");
        }

        assertThat(messages(refused(Source.file(main)))).containsExactly("more than 1000 files");
        Files.delete(folder.resolve("more/0"));
        assertThat(Sample.LOADER.load(Source.file(main))).isInstanceOf(Loaded.class);
    }

    @Test
    void variableForAFarElementDoesNotGrowTheList() {
        LoadResult result =
                Sample.LOADER.load(
                        Source.text("carve.yaml", ""),
                        Map.of("CARVE_ROUTES_999999_OWNER", "x"),
                        List.of("routes[2147483647].owner=x"));

        assertThat(messages(((Rejected) result).diagnostics()))
                .containsExactly("the list has only 0 elements", "the list has only 0 elements");
    }

    private static List<String> messages(List<Diagnostic> diagnostics) {
        return diagnostics.stream().map(Diagnostic::message).toList();
    }
}
