package dev.carve.example.monolith;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /badges/{project}.svg}: an image for a page that tells the state of a project's
 * dependencies. Styles are flat (default, also for a style it does not know, since a broken image
 * helps nobody) and flat-square. An unknown project gets a grey badge with status 404: browsers
 * show it, and programs and caches are not told that it exists.
 */
final class Badges implements Handler {

    private static final String LABEL = "dependencies";
    private static final int CHARACTER_WIDTH = 7;
    private static final int PADDING = 10;

    private final Database database;

    Badges(Database database) {
        this.database = database;
    }

    @Override
    public Answer answer(Request request, List<String> parts) throws SQLException {
        String status = status(parts.getFirst());
        boolean square = "flat-square".equals(request.parameter("style"));
        String svg = svg(status == null ? "unknown" : status, square);
        if (status == null) {
            return Answer.of(404, "image/svg+xml; charset=utf-8", svg)
                    .with("Cache-Control", "no-cache");
        }
        String tag = '"' + digest(svg) + '"';
        Answer answer =
                matches(request.header("If-None-Match"), tag)
                        ? Answer.empty(304)
                        : Answer.of(200, "image/svg+xml; charset=utf-8", svg);
        return answer.with("Cache-Control", "public, max-age=300").with("ETag", tag);
    }

    private @Nullable String status(String project) throws SQLException {
        try (ResultSet row =
                database.statement(
                                Database.Table.BADGES,
                                "SELECT status FROM badges WHERE project = ?",
                                project)
                        .executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** RFC 9110, section 13.1.2: weak comparison with each listed tag. */
    private static boolean matches(@Nullable String ifNoneMatch, String tag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String part : ifNoneMatch.split(",", -1)) {
            String candidate = part.strip();
            if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    private static String svg(String status, boolean square) {
        String colour =
                switch (status) {
                    case "up-to-date" -> "#2e7d32";
                    case "out-of-date" -> "#b26a00";
                    case "insecure" -> "#c62828";
                    default -> "#757575";
                };
        int left = LABEL.length() * CHARACTER_WIDTH + PADDING;
        int right = status.length() * CHARACTER_WIDTH + PADDING;
        return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="20" role="img" aria-label="%5$s: %6$s">
        <title>%5$s: %6$s</title>
        <clipPath id="edge"><rect width="%1$d" height="20" rx="%8$d"/></clipPath>
        <g clip-path="url(#edge)"><rect width="%2$d" height="20" fill="#424242"/>\
        <rect x="%2$d" width="%3$d" height="20" fill="%7$s"/></g>
        <g fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle">\
        <text x="%4$d" y="14">%5$s</text><text x="%9$d" y="14">%6$s</text></g>
        </svg>
        """
                .formatted(
                        left + right,
                        left,
                        right,
                        left / 2,
                        LABEL,
                        status,
                        colour,
                        square ? 0 : 3,
                        left + right / 2);
    }

    private static String digest(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
