import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the tables of what bench/run measured: lines of kind|what|server|numbers, several for what ran in rounds. */
final class Table {
    private static final List<String> SERVERS = List.of("sallyport", "bare", "trafficserver", "nginx", "varnish", "haproxy");

    private Table() {}

    public static void main(String[] arguments) throws IOException {
        List<String[]> lines = Files.readAllLines(Path.of(arguments[0])).stream()
                .map(line -> line.split("\\|", -1))
                .toList();
        table(lines, "rate", "Requests a second", 0);
        System.out.println("In brackets: microseconds of the servers' CPU for each request. ×: Sallyport's rate divided by this one, in each round, the median.\n");
        table(lines, "latency", "Microseconds to an answer, 99 of 100", 2);
        System.out.println("All at the same rate: half of what the slowest can do.\n");
        table(lines, "pause", "The longest pause of the JVM in 60 s of full load, TLS h1 1024, milliseconds", 0);
        table(lines, "start", "Milliseconds from start to the first answer", 0);
        table(lines, "memory", "Bytes of memory for each stored object of 1 KiB, by number of objects", 0);
    }

    /** The medians of the number with an index, by what and server. A rate has its CPU time and its ratio beside it. */
    private static void table(List<String[]> lines, String kind, String title, int index) {
        Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
        for (String[] line : lines) {
            if (line[0].equals(kind)) {
                double[] numbers = new double[line.length - 3];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = Double.parseDouble(line[i + 3]);
                }
                all.computeIfAbsent(line[1], what -> new LinkedHashMap<>())
                        .computeIfAbsent(line[2], server -> new ArrayList<>())
                        .add(numbers);
            }
        }
        if (all.isEmpty()) {
            return;
        }
        System.out.println("| " + title + " | " + String.join(" | ", SERVERS) + " |");
        System.out.println("|---".repeat(SERVERS.size() + 1) + "|");
        all.forEach((what, servers) -> {
            StringBuilder row = new StringBuilder("| ").append(what);
            List<double[]> own = servers.getOrDefault("sallyport", List.of());
            for (String server : SERVERS) {
                row.append(" | ");
                if (servers.containsKey(server)) {
                    double number = median(servers.get(server), index);
                    String text = String.format(Locale.ROOT, kind.equals("pause") ? "%.1f" : "%,.0f", number);
                    if (kind.equals("rate")) {
                        text = String.format(Locale.ROOT, "%s (%.1f)", text, median(servers.get(server), index + 1));
                    }
                    boolean compared = kind.equals("rate") && !own.isEmpty() && !server.equals("sallyport");
                    row.append(text).append(compared ? String.format(Locale.ROOT, " ×%.2f", ratio(own, servers.get(server), index)) : "");
                }
            }
            System.out.println(row.append(" |"));
        });
        System.out.println();
    }

    private static double median(List<double[]> rounds, int index) {
        return median(rounds.stream().mapToDouble(round -> round[index]).toArray());
    }

    /** Of what ran one after the other, since a machine's speed changes from round to round. */
    private static double ratio(List<double[]> own, List<double[]> other, int index) {
        double[] ratios = new double[Math.min(own.size(), other.size())];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = own.get(round)[index] / other.get(round)[index];
        }
        return median(ratios);
    }

    private static double median(double[] numbers) {
        Arrays.sort(numbers);
        return numbers[numbers.length / 2];
    }
}
