package dev.carve.gateway.route;

import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: host (exact, longest {@code *.suffix}, none), then the path segment
 * by segment (literal, variable, rest), then method, then number of conditions. Where method or
 * conditions fail the next best path is tried, then the next host.
 *
 * <p>A path that is not plain is looked up in several readings, see {@link PathForms}; if servers
 * could disagree on it and a reading leads to a guarded route, it is refused. The matched form
 * decides where it is not.
 *
 * <p>Implementation notes. The search goes down a {@link Trie} depth first, best child first, which
 * is the order above. Each node is reached on one way only, so a lookup visits a node at most once
 * per reading and host: the backtracking is bounded by the routes of the file, never by the
 * request. Segments are scanned and hashed once, as deep as the search gets. Nothing is allocated
 * but by a regular expression and by the first odd path that a result sees.
 *
 * <p>Thread: immutable, any.
 */
public final class Router<T extends RouteTarget> {

    /** A match and what it leads to. */
    public record Rule<T extends RouteTarget>(RouteMatch match, T route) {}

    private final Trie trie;
    private final HostTable exactHosts;
    private final HostTable suffixHosts;
    private final int anyHost;

    // The routes leaf by leaf, best first: those of leaf n are leaves[n] to leaves[n + 1].
    private final List<Entry<T>> entries;
    private final int[] leaves;

    /**
     * Builds the tables.
     *
     * @throws IllegalArgumentException naming both, if two matches are equal; {@link #conflicts}
     *     tells all of them
     */
    public Router(List<Rule<T>> rules) {
        List<RouteConflict> conflicts = conflicts(rules.stream().map(Rule::match).toList());
        if (!conflicts.isEmpty()) {
            throw new IllegalArgumentException(conflicts.getFirst().message());
        }
        Trie.Draft draft = new Trie.Draft();
        Map<String, Integer> exact = new LinkedHashMap<>();
        Map<String, Integer> suffixes = new LinkedHashMap<>();
        anyHost = draft.addRoot();
        List<Entry<T>> built = new ArrayList<>(rules.size());
        for (Rule<T> rule : rules) {
            String host = rule.match().host();
            int root = anyHost;
            if (host != null && host.startsWith("*.")) {
                root = suffixes.computeIfAbsent(host.substring(1), _ -> draft.addRoot());
            } else if (host != null) {
                root = exact.computeIfAbsent(host, _ -> draft.addRoot());
            }
            built.add(
                    new Entry<>(rule.match(), rule.route(), draft.leaf(root, rule.match().path())));
        }
        built.sort(
                Comparator.comparingInt((Entry<T> entry) -> entry.leaf)
                        .thenComparing(
                                (Entry<T> entry) -> entry.match, RouteOrder::compareWithinPath));
        entries = List.copyOf(built);
        leaves = leaves(entries, draft.leaves());
        trie = draft.build();
        exactHosts = new HostTable(exact);
        suffixHosts = new HostTable(suffixes);
    }

    /** All pairs of matches that nothing puts in order: errors of the file, told at once. */
    public static List<RouteConflict> conflicts(List<RouteMatch> matches) {
        return RouteOrder.conflicts(matches);
    }

    private static <T extends RouteTarget> int[] leaves(List<Entry<T>> entries, int count) {
        int[] leaves = new int[count + 1];
        for (Entry<T> entry : entries) {
            leaves[entry.leaf + 1]++;
        }
        for (int i = 0; i < count; i++) {
            leaves[i + 1] += leaves[i];
        }
        return leaves;
    }

    /** How many nodes the trie has: the bound of the steps of one lookup in one reading. */
    int nodes() {
        return trie.nodes();
    }

    /** All routes, in the order of the tables. */
    List<Entry<T>> entries() {
        return entries;
    }

    /** Looks the request up; what {@code out} held before is forgotten. */
    public void find(Head request, RouteResult<T> out) {
        Target target = out.target;
        target.read(request);
        out.steps = 0;
        if (!target.hasPath) {
            out.settle(RouteResult.Verdict.NONE, Ambiguity.NONE, null);
        } else if (target.plain) {
            out.matchSent(request.bytes());
            settle(out, Ambiguity.NONE, lookUp(request, out));
        } else {
            findOdd(request, out);
        }
    }

    private void findOdd(Head request, RouteResult<T> out) {
        byte[] bytes = request.bytes();
        Target target = out.target;
        PathForms forms = out.forms;
        if (target.pathStart == target.pathEnd) {
            forms.readRoot(target.pathStart);
        } else {
            forms.read(bytes, target.pathStart, target.pathEnd);
        }
        Ambiguity ambiguity = forms.ambiguity;
        boolean odd = ambiguity != Ambiguity.NONE;
        Entry<T> raw = null;
        Entry<T> lax = null;
        boolean sameForm = forms.rawIsMatched();
        if (!sameForm) {
            out.matchForm(bytes, forms.rawStart, forms.rawEnd);
            raw = lookUp(request, out);
        }
        if (odd) {
            forms.readLax(bytes, target.pathStart, target.pathEnd);
            out.matchForm(bytes, forms.laxStart, forms.laxEnd);
            lax = lookUp(request, out);
        }
        // Last, so that the variables are those of the matched form.
        out.matchForm(bytes, 0, forms.matchedEnd);
        Entry<T> matched = lookUp(request, out);
        if (!sameForm && !odd && raw != matched) {
            ambiguity = Ambiguity.FORMS_DIFFER;
        }
        boolean refused =
                ambiguity != Ambiguity.NONE && (guarded(raw) || guarded(lax) || guarded(matched));
        if (refused) {
            out.settle(RouteResult.Verdict.REFUSED_AMBIGUOUS, ambiguity, null);
        } else {
            settle(out, ambiguity, matched);
        }
    }

    private static boolean guarded(@Nullable Entry<?> entry) {
        return entry != null && entry.route.guarded();
    }

    private void settle(RouteResult<T> out, Ambiguity ambiguity, @Nullable Entry<T> found) {
        out.settle(
                found == null ? RouteResult.Verdict.NONE : RouteResult.Verdict.MATCHED,
                ambiguity,
                found);
    }

    /** The best route for the path that {@code out} holds, host after host. */
    private @Nullable Entry<T> lookUp(Head request, RouteResult<T> out) {
        byte[] bytes = request.bytes();
        int from = out.target.hostStart;
        int to = out.target.hostEnd;
        int root = exactHosts.find(bytes, from, to);
        Entry<T> found = root == Trie.NONE ? null : search(root, 0, request, out);
        if (found == null && suffixHosts.any()) {
            found = lookUpSuffixes(request, out);
        }
        return found != null ? found : search(anyHost, 0, request, out);
    }

    private @Nullable Entry<T> lookUpSuffixes(Head request, RouteResult<T> out) {
        byte[] bytes = request.bytes();
        int from = out.target.hostStart;
        int to = out.target.hostEnd;
        if (to - from > HostTable.LENGTH_MAX) {
            return null;
        }
        // A suffix keeps its dot and needs something before it, so the first byte is none.
        for (int at = from + 1; at < to; at++) {
            int root = bytes[at] == '.' ? suffixHosts.find(bytes, at, to) : Trie.NONE;
            Entry<T> found = root == Trie.NONE ? null : search(root, 0, request, out);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Depth first, best child first; as deep as the longest match of the file at most. */
    private @Nullable Entry<T> search(int node, int depth, Head request, RouteResult<T> out) {
        out.steps++;
        if (!out.hasSegment(depth)) {
            return choose(trie.endLeaf(node), request, out);
        }
        int from = out.segmentStart(depth);
        int to = out.segmentEnd(depth);
        if (trie.hasLiterals(node)) {
            int child = trie.literal(node, out.text(), from, to, out.segmentHash(depth));
            Entry<T> found = child == Trie.NONE ? null : search(child, depth + 1, request, out);
            if (found != null) {
                return found;
            }
        }
        int variable = trie.variable(node);
        if (variable != Trie.NONE && from < to) {
            Entry<T> found = search(variable, depth + 1, request, out);
            if (found != null) {
                return found;
            }
        }
        return choose(trie.restLeaf(node), request, out);
    }

    private @Nullable Entry<T> choose(int leaf, Head request, RouteResult<T> out) {
        for (int i = leaves[leaf]; i < leaves[leaf + 1]; i++) {
            Entry<T> entry = entries.get(i);
            if (entry.accepts(request, out.target)) {
                return entry;
            }
        }
        return null;
    }

    /** Looks the request up and says why; for people, not for the way of a request. */
    public Explanation explain(Head request) {
        return Explanation.of(this, request);
    }
}
