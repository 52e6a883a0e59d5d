package dev.carve.it;

import dev.carve.it.express.ExpressProof;
import java.nio.file.Path;
import java.util.List;

/** {@code ./dev proof}: another project's own tests through Carve. Exit codes as Carve's. */
public final class ProofMain {

    private static final String USAGE =
            """
            usage: ./dev proof express --from DIR
              express   Express's test suite with each test server behind Carve: the same result as direct;
                        DIR is a checkout of Express in which `npm install` was run
            """;

    private ProofMain() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    static int run(List<String> arguments) {
        if (arguments.size() != 3
                || !arguments.get(0).equals("express")
                || !arguments.get(1).equals("--from")) {
            System.err.print(USAGE);
            return 2;
        }
        try {
            return new ExpressProof(Path.of(arguments.get(2)), System.out).run() ? 0 : 1;
        } catch (IllegalArgumentException wrongUse) {
            System.err.println("proof: " + wrongUse.getMessage());
            return 2;
        } catch (Exception failed) {
            System.err.println("proof: " + failed);
            return 1;
        }
    }
}
