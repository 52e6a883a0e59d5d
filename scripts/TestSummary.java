import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads the test reports of all modules and prints what was skipped and what failed, by name, and how many in all. Run by
 * {@code ./dev test} as {@code java TestSummary.java ROOT STATUS}, where STATUS is Maven's exit code.
 *
 * <p>Under {@code CARVE_REQUIRE_ALL=1} a skip fails, unless its reason begins with "platform: ": what this operating system
 * or processor cannot do is no missing program.
 */
final class TestSummary {

    private static final String PLATFORM = "platform: ";

    private static final Pattern WRAPPING =
            Pattern.compile("^(org\\.opentest4j\\.TestAbortedException: )?(Assumption failed: )?(skipped: )?");

    private enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }

    private record Test(String name, Outcome outcome, String reason) {}

    public static void main(String[] args) throws IOException, XMLStreamException {
        boolean requireAll = "1".equals(System.getenv("CARVE_REQUIRE_ALL"));
        List<Test> tests = new ArrayList<>();
        for (Path report : reports(Path.of(args[0]))) {
            read(report, tests);
        }
        List<Test> skipped = only(tests, Outcome.SKIPPED);
        List<Test> failed = only(tests, Outcome.FAILED);
        List<Test> refused =
                requireAll
                        ? skipped.stream().filter(t -> !t.reason().startsWith(PLATFORM)).toList()
                        : List.of();

        System.out.println();
        print("skipped", skipped);
        print("failed", failed);
        print("skipped, which CARVE_REQUIRE_ALL=1 forbids", refused);
        boolean built = args[1].equals("0");
        if (!built && failed.isEmpty()) {
            System.out.println("the build failed beside the tests: see [ERROR] above");
        }
        System.out.printf(
                "%d passed, %d failed, %d skipped%n",
                tests.size() - failed.size() - skipped.size(), failed.size(), skipped.size());
        System.exit(built && failed.isEmpty() && refused.isEmpty() ? 0 : 1);
    }

    /** Modules are one or two folders deep. */
    private static List<Path> reports(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String depth : List.of("*", "*/*")) {
            try (Stream<Path> walk = Files.walk(root, 5)) {
                var matcher = root.getFileSystem().getPathMatcher("glob:" + depth + "/target/surefire-reports/TEST-*.xml");
                walk.filter(p -> matcher.matches(root.relativize(p))).sorted().forEach(found::add);
            }
        }
        return found;
    }

    private static void read(Path report, List<Test> into) throws IOException, XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try (InputStream in = Files.newInputStream(report)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            String name = "";
            Outcome outcome = Outcome.PASSED;
            String reason = "";
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (xml.getLocalName()) {
                        case "testcase" -> {
                            name = xml.getAttributeValue(null, "classname") + "." + xml.getAttributeValue(null, "name");
                            outcome = Outcome.PASSED;
                            reason = "";
                        }
                        case "failure", "error" -> {
                            outcome = Outcome.FAILED;
                            reason = message(xml);
                        }
                        case "skipped" -> {
                            outcome = Outcome.SKIPPED;
                            reason = message(xml);
                        }
                        default -> {}
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("testcase")) {
                    into.add(new Test(name, outcome, reason));
                }
            }
        }
    }

    /** The first line of why: the attribute, or for a failed assumption the start of its stack trace. */
    private static String message(XMLStreamReader xml) throws XMLStreamException {
        String attribute = xml.getAttributeValue(null, "message");
        String text = attribute != null ? attribute : xml.getElementText();
        String line = text.lines().map(String::strip).filter(l -> !l.isEmpty()).findFirst().orElse("");
        return WRAPPING.matcher(line).replaceFirst("");
    }

    private static List<Test> only(List<Test> tests, Outcome outcome) {
        return tests.stream().filter(t -> t.outcome() == outcome).toList();
    }

    private static void print(String title, List<Test> tests) {
        if (tests.isEmpty()) {
            return;
        }
        System.out.println(title + ":");
        for (Test test : tests) {
            System.out.println("  " + test.name() + (test.reason().isEmpty() ? "" : " (" + test.reason() + ")"));
        }
        System.out.println();
    }
}
