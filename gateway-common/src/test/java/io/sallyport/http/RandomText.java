package io.sallyport.http;

import java.util.Random;

/** Random input for parsers. */
public final class RandomText {
    private RandomText() {}

    /** A text of up to so many characters of an alphabet. */
    public static String of(Random random, String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** A text with some characters of it replaced, left out or doubled. */
    public static String mutated(Random random, String text, String alphabet) {
        StringBuilder mutated = new StringBuilder(text);
        for (int changes = random.nextInt(4); changes > 0 && !mutated.isEmpty(); changes--) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(3)) {
                case 0 -> mutated.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                case 1 -> mutated.deleteCharAt(at);
                default -> mutated.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
            }
        }
        return mutated.toString();
    }
}
