package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.LearntRules.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learnt rules on their way into the file, and when they are kept out of it. */
class RuleFileTest {

    private static final LearntRules ONE =
            new LearntRules(Map.of("ignore", List.of(new Rule("/at", "differs in 9 of 9"))));
    private static final LearntRules BOTH =
            new LearntRules(
                    Map.of(
                            "ignore",
                            List.of(new Rule("/at", "differs"), new Rule("/a\"b", "differs")),
                            "ignore_headers",
                            List.of(new Rule("x-node", "differs"))));

    private static final String TOP =
            """
            # Ours.
            services: { old: "http://127.0.0.1:1", users: "http://127.0.0.1:2" }
            routes:
              - { match: /, to: old }
            """;

    @TempDir private Path folder = Path.of("");

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Adds the rules to the route {@code user} of a file, which has to work. */
    private String added(String before, LearntRules rules) throws IOException {
        Path file = write("carve.yaml", before);
        assertThat(new RuleFile(file, Map.of()).add("user", rules))
                .isInstanceOf(RuleFile.Written.class);
        assertNothingElseIn(folder, "carve.yaml");
        return Files.readString(file);
    }

    private static void assertNothingElseIn(Path folder, String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder(names);
        }
    }

    /** Tries to, which has to change nothing. */
    private String refused(String before) throws IOException {
        Path file = write("carve.yaml", before);
        RuleFile.Outcome outcome = new RuleFile(file, Map.of()).add("user", ONE);
        assertThat(Files.readString(file)).isEqualTo(before);
        assertThat(outcome).isInstanceOf(RuleFile.Refused.class);
        assertNothingElseIn(folder, "carve.yaml");
        return outcome instanceof RuleFile.Refused(String why)
                ? why.replace(file.toString(), "carve.yaml")
                : "";
    }

    @Test
    void rulesGoBehindThoseThatAreThere() throws IOException {
        String before =
                TOP
                        + """
                          - match: GET /users/{id}
                            name: user
                            to: old
                            carve:
                              to: users # the new ones
                              compare:
                                # said by Ann
                                ignore:
                                - /updated   # a time
                                # the end
                                sort:  [ /tags ]

                              mirror: 25%
                        """;
        assertThat(added(before, BOTH))
                .isEqualTo(
                        TOP
                                + """
                                  - match: GET /users/{id}
                                    name: user
                                    to: old
                                    carve:
                                      to: users # the new ones
                                      compare:
                                        ignore_headers:
                                          - "x-node"  # differs
                                        # said by Ann
                                        ignore:
                                        - /updated   # a time
                                        - "/at"  # differs
                                        - "/a\\"b"  # differs
                                        # the end
                                        sort:  [ /tags ]

                                      mirror: 25%
                                """);
    }

    @Test
    void blockIsMadeWhereThereIsNone() throws IOException {
        String route =
                """
                  - carve:
                       mirror: 25%
                       to: users
                    match: /users
                    name: user
                    to: old
                """;
        String made =
                """
                  - carve:
                       compare:
                          ignore:
                            - "/at"  # differs
                            - "/a\\"b"  # differs
                          ignore_headers:
                            - "x-node"  # differs
                       mirror: 25%
                       to: users
                    match: /users
                    name: user
                    to: old
                """;
        assertThat(added(TOP + route, BOTH)).isEqualTo(TOP + made);
    }

    @Test
    void lineEndsStayAsTheyAreAndALastLineWithoutOneGetsOne() throws IOException {
        String before =
                (TOP
                                + "  - match: /users\n    name: user\n    to: old\n    carve:\n"
                                + "      to: users\n      compare:\n        ignore:\n"
                                + "          - /updated")
                        .replace("\n", "\r\n");
        assertThat(added(before, ONE))
                .isEqualTo(before + "\r\n          - \"/at\"  # differs in 9 of 9\r\n");
    }

    @Test
    void rightsOfTheFileAndALinkToItStay() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        String text =
                TOP + "  - match: /u\n    name: user\n    to: old\n    carve:\n      to: users\n";
        Path real = Files.writeString(there.resolve("carve.yaml"), text);
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("carve.yaml"), real);

        assertThat(new RuleFile(link, Map.of()).add("user", ONE))
                .isInstanceOf(RuleFile.Written.class);

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
        assertThat(Files.readString(real)).contains("- \"/at\"");
        assertNothingElseIn(there, "carve.yaml");
    }

    @Test
    void whatStandsThereAlreadyIsNotAddedAgain() throws IOException {
        String text =
                TOP
                        + "  - {match: /u, name: user, to: old, carve: {to: users, compare: {ignore:"
                        + " [/at]}}}\n";
        Path file = write("carve.yaml", text);
        assertThat(new RuleFile(file, Map.of()).add("user", ONE))
                .isEqualTo(new RuleFile.Unchanged());
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @Test
    void flowStyleIsRefusedAtItsPlace() throws IOException {
        assertThat(
                        refused(
                                TOP
                                        + "  - match: /u\n    name: user\n    to: old\n"
                                        + "    carve:\n      to: users\n"
                                        + "      compare: { ignore: [/b] }\n"))
                .startsWith(
                        "carve.yaml:10:16: routes[1].carve.compare is not written in lines"
                                + " (expected: one entry a line");
        assertThat(
                        refused(
                                TOP
                                        + "  - match: /u\n    name: user\n    to: old\n"
                                        + "    carve:\n      to: users\n      compare:\n"
                                        + "        ignore: [/b]\n"))
                .startsWith("carve.yaml:11:17: routes[1].carve.compare.ignore is not written in");
        assertThat(refused(TOP + "  - {match: /u, name: user, to: old, carve: {to: users}}\n"))
                .startsWith("carve.yaml:5:45: routes[1].carve is not written in lines");
    }

    @Test
    void blockThatTwoRoutesShareIsRefused() throws IOException {
        assertThat(
                        refused(
                                TOP
                                        + "  - match: /u\n    name: user\n    to: old\n"
                                        + "    carve:\n      to: users\n      compare: &same\n"
                                        + "        ignore:\n          - /b\n"
                                        + "  - match: /v\n    to: old\n"
                                        + "    carve:\n      to: users\n      compare: *same\n"))
                .contains("carve.yaml:10:");
    }

    @Test
    void listThatTwoRoutesShareIsRefused() throws IOException {
        assertThat(
                        refused(
                                TOP
                                        + "  - match: /u\n    name: user\n    to: old\n"
                                        + "    carve:\n      to: users\n      compare:\n"
                                        + "        ignore: &same\n          - /b\n"
                                        + "  - match: /v\n    to: old\n    carve:\n"
                                        + "      to: users\n      compare:\n"
                                        + "        ignore: *same\n"))
                .startsWith(
                        "carve.yaml:9:7: the rules can not be added without changing something"
                                + " else");
    }

    @Test
    void entryOverSeveralLinesIsRefused() throws IOException {
        assertThat(
                        refused(
                                TOP
                                        + "  - match: /u\n    name: user\n    to: old\n"
                                        + "    carve:\n      to: users\n      compare:\n"
                                        + "        ignore:\n          - \"/b\\\n            c\"\n"))
                .isNotEmpty();
    }

    @Test
    void routeOfAnotherFileIsRefused() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        String other =
                "routes:\n  - match: /u\n    name: user\n    to: old\n    carve:\n      to: users\n";
        Path included = Files.writeString(routes.resolve("users.yaml"), other);
        Path file = write("carve.yaml", "include: routes/*.yaml\n" + TOP);

        RuleFile.Outcome outcome = new RuleFile(file, Map.of()).add("user", ONE);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        RuleFile.Refused.class,
                        refused ->
                                assertThat(refused.why())
                                        .startsWith(included + ":6:7: ")
                                        .contains("is not written in " + file));
        assertThat(Files.readString(included)).isEqualTo(other);
    }

    @Test
    void unknownRouteAndBrokenFileAreRefused() throws IOException {
        assertThat(refused(TOP)).isEqualTo("carve.yaml: no route named \"user\"");
        assertThat(refused(TOP + "  - {match: /u, name: user, to: old}\n"))
                .isEqualTo("carve.yaml:5:5: the route \"user\" has no carve block");
        assertThat(refused(TOP + "  - {match: /u, name: user, to: nobody}\n"))
                .contains("carve.yaml:5:", "no service named \"nobody\"");
    }
}
