package dev.carve.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a file as in resolv.conf(5) says of asking for names. Immutable.
 *
 * @param servers never empty
 * @param search suffixes that are tried for names with few dots
 * @param dots from so many dots on a name is tried as it stands first
 */
record ResolverFile(List<InetSocketAddress> servers, List<String> search, int dots) {

    static final Path SYSTEM = Path.of("/etc/resolv.conf");

    private static final int PORT = 53;
    private static final int SERVERS_MAX = 3;
    private static final int SEARCH_MAX = 6;
    private static final int DOTS_MAX = 15;

    ResolverFile {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** One server, and names as they stand. */
    static ResolverFile of(InetSocketAddress server) {
        return new ResolverFile(List.of(server), List.of(), 1);
    }

    /** Reads a file; one that is not there says nothing. */
    static ResolverFile read(Path file) {
        try {
            return parse(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        } catch (IOException absent) {
            return parse(List.of());
        }
    }

    static ResolverFile parse(List<String> lines) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = new ArrayList<>();
        int dots = 1;
        for (String line : lines) {
            String[] words = line.strip().split("[ \t]+");
            switch (words[0]) {
                case "nameserver" -> addServer(words, servers);
                // The last of them counts; a domain is a search of one.
                case "search", "domain" -> {
                    search.clear();
                    addSuffixes(words, search);
                }
                case "options" -> dots = dots(words, dots);
                default -> {
                    // Comments, and what does not concern a look-up.
                }
            }
        }
        if (servers.isEmpty()) {
            servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
        }
        return new ResolverFile(servers, search, dots);
    }

    private static void addServer(String[] words, List<InetSocketAddress> servers) {
        if (words.length > 1 && servers.size() < SERVERS_MAX) {
            try {
                servers.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), PORT));
            } catch (IllegalArgumentException noAddress) {
                // As the system does: passed over.
            }
        }
    }

    private static void addSuffixes(String[] words, List<String> search) {
        for (int i = 1; i < words.length && search.size() < SEARCH_MAX; i++) {
            String suffix = words[i].endsWith(".") ? words[i] : words[i] + ".";
            if (suffix.length() > 1) {
                search.add(suffix);
            }
        }
    }

    private static int dots(String[] words, int before) {
        int dots = before;
        for (String word : words) {
            if (word.matches("ndots:[0-9]{1,4}")) {
                dots = Math.min(DOTS_MAX, Integer.parseInt(word.substring("ndots:".length())));
            }
        }
        return dots;
    }

    /** The whole names that a name may stand for, each with its last dot, in the order to try. */
    List<String> candidates(String name) {
        if (name.endsWith(".")) {
            return List.of(name);
        }
        List<String> all = new ArrayList<>();
        for (String suffix : search) {
            all.add(name + "." + suffix);
        }
        boolean first = name.chars().filter(c -> c == '.').count() >= dots;
        all.add(first ? 0 : all.size(), name + ".");
        return all;
    }
}
