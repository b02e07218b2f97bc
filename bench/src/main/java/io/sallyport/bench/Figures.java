package io.sallyport.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, round after round, each with the most that it may be. */
final class Figures {
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    private record Figure(String unit, double most, List<Double> rounds) {
        double median() {
            List<Double> sorted = new ArrayList<>(rounds);
            Collections.sort(sorted);
            return sorted.get(sorted.size() / 2);
        }

        boolean holds() {
            return median() <= most;
        }
    }

    /** One round of a figure; the median of all counts. */
    void add(String what, double value, String unit, double most) {
        figures.computeIfAbsent(what, name -> new Figure(unit, most, new ArrayList<>()))
                .rounds()
                .add(value);
        System.err.printf(Locale.ROOT, "bench: %s: %.2f %s%n", what, value, unit);
    }

    /** Prints a table of the medians; whether each holds. */
    boolean print() {
        System.out.println("| what | median | at most | | rounds |\n|---|---|---|---|---|");
        boolean all = true;
        for (Map.Entry<String, Figure> entry : figures.entrySet()) {
            Figure figure = entry.getValue();
            all &= figure.holds();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s %s | %s | %s | %s |%n",
                    entry.getKey(),
                    text(figure.median()),
                    figure.unit(),
                    text(figure.most()),
                    figure.holds() ? "holds" : "MISSED",
                    String.join(
                            ", ", figure.rounds().stream().map(Figures::text).toList()));
        }
        return all;
    }

    private static String text(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
