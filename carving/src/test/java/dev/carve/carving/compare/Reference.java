package dev.carve.carving.compare;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares two trees by the rules as they are documented, slowly and plainly: paths are lists of
 * tokens that are matched against each rule anew, and nothing is hashed.
 */
final class Reference {

    /** Stands for an element of an array whose order does not matter; only {@code *} matches it. */
    private static final String ELEMENT = "\0element";

    private final RuleSource rules;
    private final boolean tolerant;
    private final Map<String, Integer> found = new TreeMap<>();

    private Reference(RuleSource rules, boolean tolerant) {
        this.rules = rules;
        this.tolerant = tolerant;
    }

    /** How often each kind of difference occurs at each path, as {@code KIND path}. */
    static Map<String, Integer> compare(RuleSource rules, Tree old, Tree fresh) {
        Reference reference = new Reference(rules, true);
        reference.value(List.of(), "", old, fresh);
        return reference.found;
    }

    // Rules.

    private static boolean matches(List<String> pattern, List<String> path) {
        if (pattern.size() > path.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            if (!pattern.get(i).equals("*") && !pattern.get(i).equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean covered(List<String> rules, List<String> path) {
        return rules.stream().anyMatch(rule -> matches(Pointer.parse("", rule), path));
    }

    private boolean ignored(List<String> path) {
        return covered(rules.ignore(), path);
    }

    private boolean selected(List<String> path) {
        return rules.only().isEmpty() || covered(rules.only(), path);
    }

    private boolean sorted(List<String> path) {
        return rules.sort().stream()
                .map(rule -> Pointer.parse("", rule))
                .anyMatch(rule -> rule.size() == path.size() && matches(rule, path));
    }

    private @Nullable Tolerance tolerance(List<String> path) {
        List<String> best = null;
        String amount = null;
        for (Map.Entry<String, String> entry : rules.tolerance().entrySet()) {
            List<String> rule = Pointer.parse("", entry.getKey());
            if (matches(rule, path) && (best == null || nearer(rule, best))) {
                best = rule;
                amount = entry.getValue();
            }
        }
        return amount == null || !tolerant ? null : Tolerance.parse("", amount);
    }

    private static boolean nearer(List<String> rule, List<String> other) {
        if (rule.size() != other.size()) {
            return rule.size() > other.size();
        }
        for (int i = 0; i < rule.size(); i++) {
            boolean wild = rule.get(i).equals("*");
            if (wild != other.get(i).equals("*")) {
                return !wild;
            }
        }
        return false;
    }

    // The walk.

    private void add(Difference.Kind kind, String shown) {
        found.merge(kind + " " + shown, 1, Integer::sum);
    }

    private static List<String> below(List<String> path, String token) {
        List<String> longer = new ArrayList<>(path);
        longer.add(token);
        return longer;
    }

    private static String shownBelow(String shown, String key) {
        StringBuilder path = new StringBuilder(shown);
        Pointer.append(path, key);
        return path.toString();
    }

    private void value(List<String> path, String shown, Tree old, Tree fresh) {
        if (ignored(path)) {
            return;
        }
        switch (old) {
            case Tree.Obj one when fresh instanceof Tree.Obj other ->
                    members(path, shown, one, other);
            case Tree.Arr one when fresh instanceof Tree.Arr other -> {
                if (sorted(path)) {
                    multiset(path, shown, one.elements(), other.elements());
                } else {
                    elements(path, shown, one.elements(), other.elements());
                }
            }
            case Tree.Num one when fresh instanceof Tree.Num other -> {
                if (selected(path) && !near(path, one.number(), other.number())) {
                    add(Difference.Kind.CHANGED, shown);
                }
            }
            default -> {
                if (selected(path)) {
                    if (old.getClass() != fresh.getClass()) {
                        add(Difference.Kind.TYPE, shown);
                    } else if (!old.equals(fresh)) {
                        add(Difference.Kind.CHANGED, shown);
                    }
                } else if (old.getClass() != fresh.getClass()) {
                    alone(path, shown, old, Difference.Kind.MISSING);
                    alone(path, shown, fresh, Difference.Kind.ADDED);
                }
            }
        }
    }

    private boolean near(List<String> path, BigDecimal one, BigDecimal other) {
        Tolerance tolerance = tolerance(path);
        return one.compareTo(other) == 0 || (tolerance != null && tolerance.covers(one, other));
    }

    private void alone(List<String> path, String shown, Tree tree, Difference.Kind kind) {
        if (ignored(path)) {
            return;
        }
        if (selected(path)) {
            add(kind, shown);
            return;
        }
        if (tree instanceof Tree.Obj(List<Tree.Member> members)) {
            members.forEach(
                    m -> alone(below(path, m.key()), shownBelow(shown, m.key()), m.value(), kind));
        } else if (tree instanceof Tree.Arr(List<Tree> elements)) {
            for (int i = 0; i < elements.size(); i++) {
                String token = sorted(path) ? ELEMENT : Integer.toString(i);
                alone(below(path, token), shown + "/*", elements.get(i), kind);
            }
        }
    }

    private void members(List<String> path, String shown, Tree.Obj old, Tree.Obj fresh) {
        List<Tree.Member> left = new ArrayList<>(fresh.members());
        for (Tree.Member member : old.members()) {
            Tree.Member partner =
                    left.stream()
                            .filter(m -> m.key().equals(member.key()))
                            .findFirst()
                            .orElse(null);
            List<String> at = below(path, member.key());
            String shownAt = shownBelow(shown, member.key());
            if (partner == null) {
                alone(at, shownAt, member.value(), Difference.Kind.MISSING);
            } else {
                removeSame(left, partner);
                value(at, shownAt, member.value(), partner.value());
            }
        }
        for (Tree.Member member : left) {
            alone(
                    below(path, member.key()),
                    shownBelow(shown, member.key()),
                    member.value(),
                    Difference.Kind.ADDED);
        }
    }

    private void elements(List<String> path, String shown, List<Tree> old, List<Tree> fresh) {
        for (int i = 0; i < Math.max(old.size(), fresh.size()); i++) {
            List<String> at = below(path, Integer.toString(i));
            if (i >= fresh.size()) {
                alone(at, shown + "/*", old.get(i), Difference.Kind.MISSING);
            } else if (i >= old.size()) {
                alone(at, shown + "/*", fresh.get(i), Difference.Kind.ADDED);
            } else {
                value(at, shown + "/*", old.get(i), fresh.get(i));
            }
        }
    }

    private void multiset(List<String> path, String shown, List<Tree> old, List<Tree> fresh) {
        List<String> at = below(path, ELEMENT);
        if (nearBySize(at, old, fresh)) {
            return;
        }
        List<Tree> ones = new ArrayList<>();
        List<Tree> others = new ArrayList<>(fresh);
        for (Tree tree : old) {
            Tree equal = others.stream().filter(o -> equal(at, tree, o)).findFirst().orElse(null);
            if (equal == null) {
                ones.add(tree);
            } else {
                removeSame(others, equal);
            }
        }
        List<Tree> numbers = bySize(ones);
        List<Tree> otherNumbers = bySize(others);
        for (int i = 0; i < Math.min(numbers.size(), otherNumbers.size()); i++) {
            value(at, shown + "/*", numbers.get(i), otherNumbers.get(i));
            removeSame(ones, numbers.get(i));
            removeSame(others, otherNumbers.get(i));
        }
        for (int i = 0; i < Math.max(ones.size(), others.size()); i++) {
            if (i >= others.size()) {
                alone(at, shown + "/*", ones.get(i), Difference.Kind.MISSING);
            } else if (i >= ones.size()) {
                alone(at, shown + "/*", others.get(i), Difference.Kind.ADDED);
            } else {
                value(at, shown + "/*", ones.get(i), others.get(i));
            }
        }
    }

    /** Removes this very one, for where it stood decides what is paired with what. */
    @SuppressWarnings("ReferenceEquality")
    private static <T> void removeSame(List<T> all, T gone) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) == gone) {
                all.remove(i);
                return;
            }
        }
    }

    private static List<Tree> bySize(List<Tree> trees) {
        return trees.stream()
                .filter(Tree.Num.class::isInstance)
                .sorted(Comparator.comparing(t -> ((Tree.Num) t).number()))
                .toList();
    }

    private boolean nearBySize(List<String> at, List<Tree> old, List<Tree> fresh) {
        List<Tree> numbers = bySize(old);
        List<Tree> others = bySize(fresh);
        if (tolerance(at) == null
                || !selected(at)
                || ignored(at)
                || numbers.size() != old.size()
                || others.size() != fresh.size()
                || numbers.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < numbers.size(); i++) {
            if (!near(
                    at,
                    ((Tree.Num) numbers.get(i)).number(),
                    ((Tree.Num) others.get(i)).number())) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(List<String> at, Tree old, Tree fresh) {
        Reference exact = new Reference(rules, false);
        exact.value(at, "", old, fresh);
        return exact.found.isEmpty();
    }
}
