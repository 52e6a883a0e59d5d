package dev.carve.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A Java agent that keeps a number of mebibytes alive in the gateway's heap, as a cache or a large
 * configuration would: chains of small objects, which is what a collector has to walk.
 *
 * <p>Thread: the gateway's main thread, before its own main method; nothing is written later.
 */
public final class Ballast {

    private static final int CHAINS_PER_MIB = 64;
    private static final int LINKS_PER_CHAIN = 128;
    private static final int CONTENT_CHARS = 72;

    /** About 128 bytes with its content. */
    private record Link(Object next, String content) {}

    private static Object[] kept = {};

    private Ballast() {}

    /** Called by the JVM; {@code mebibytes} is what follows {@code =} in {@code -javaagent}. */
    public static void premain(String mebibytes) {
        kept = new Object[Integer.parseInt(mebibytes) * CHAINS_PER_MIB];
        for (int i = 0; i < kept.length; i++) {
            Object chain = "end";
            for (int j = 0; j < LINKS_PER_CHAIN; j++) {
                chain = new Link(chain, "x".repeat(CONTENT_CHARS));
            }
            kept[i] = chain;
        }
    }

    /** Writes the agent's jar into {@code folder} and answers the flag that loads it. */
    static String flag(Path folder, int mebibytes) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Ballast.class.getName());
        Path jar = folder.resolve("ballast.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file, manifest)) {
            add(entries, Ballast.class);
            add(entries, Link.class);
        }
        return "-javaagent:" + jar + "=" + mebibytes;
    }

    private static void add(JarOutputStream entries, Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        entries.putNextEntry(new JarEntry(name));
        try (InputStream in = type.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            in.transferTo(entries);
        }
    }
}
