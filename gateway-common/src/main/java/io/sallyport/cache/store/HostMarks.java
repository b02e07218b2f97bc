package io.sallyport.cache.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The last purges within one host: of the host as a whole and of path prefixes, the prefix purged longest
 * ago first. Immutable.
 */
record HostMarks(PurgeMark host, List<PrefixMark> prefixes) {
    static final HostMarks NONE = new HostMarks(PurgeMark.NONE, List.of());

    record PrefixMark(String path, PurgeMark mark) {}

    HostMarks {
        prefixes = List.copyOf(prefixes);
    }

    /** With a purge of the whole host, newer than all before; a hard one makes the marks of prefixes superfluous. */
    HostMarks withHost(PurgeMark mark) {
        return new HostMarks(host.and(mark), mark.hard() > 0 ? List.of() : prefixes);
    }

    /** With a purge of a prefix; if there are too many, the one purged longest ago widens to the host. */
    HostMarks withPrefix(String path, PurgeMark mark, int maxPrefixes) {
        List<PrefixMark> marks = new ArrayList<>(prefixes.size() + 1);
        PurgeMark merged = mark;
        for (PrefixMark prefix : prefixes) {
            if (prefix.path().equals(path)) {
                merged = prefix.mark().and(mark);
            } else {
                marks.add(prefix);
            }
        }
        marks.add(new PrefixMark(path, merged));
        return marks.size() <= maxPrefixes
                ? new HostMarks(host, marks)
                : new HostMarks(host.and(marks.getFirst().mark()), marks.subList(1, marks.size()));
    }

    PurgeMark covering(String path) {
        PurgeMark covering = host;
        for (PrefixMark prefix : prefixes) {
            if (path.startsWith(prefix.path())) {
                covering = covering.and(prefix.mark());
            }
        }
        return covering;
    }

    /** One mark that ends whatever these end. */
    PurgeMark widened() {
        PurgeMark widened = host;
        for (PrefixMark prefix : prefixes) {
            widened = widened.and(prefix.mark());
        }
        return widened;
    }
}
