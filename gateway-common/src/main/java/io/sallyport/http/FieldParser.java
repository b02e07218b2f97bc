package io.sallyport.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the common syntax of field values: lists, tokens and quoted strings (RFC 9110, section 5.6). Every method takes any
 * input, never throws and runs in linear time.
 */
public final class FieldParser {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private FieldParser() {}

    /**
     * The members of a list-based field over all of its lines, without surrounding whitespace; empty members are dropped
     * (RFC 9110, section 5.6.1.2). A comma in a quoted string does not separate.
     */
    public static List<String> list(Fields fields, String name) {
        List<String> lines = fields.values(name);
        List<String> members = new ArrayList<>(lines.size() + 2);
        for (String line : lines) {
            addMembers(line, ',', members);
        }
        return members;
    }

    /** The members of one list value, as {@link #list(Fields, String)} has them. */
    public static List<String> members(String value) {
        return split(value, ',');
    }

    /**
     * The non-empty parts between separators that stand outside of quoted strings, trimmed. A quotation mark that is never
     * closed is an ordinary character, so that it hides nothing that follows.
     */
    public static List<String> split(String value, char separator) {
        List<String> parts = new ArrayList<>(2);
        addMembers(value, separator, parts);
        return parts;
    }

    private static void addMembers(String value, char separator, List<String> members) {
        int start = 0;
        boolean quotes = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' && quotes) {
                int end = closingQuote(value, i);
                if (end < 0) {
                    quotes = false;
                } else {
                    i = end;
                }
            } else if (c == separator) {
                addTrimmed(value, start, i, members);
                start = i + 1;
            }
        }
        addTrimmed(value, start, value.length(), members);
    }

    private static int closingQuote(String value, int opening) {
        for (int i = opening + 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                return i;
            }
        }
        return -1;
    }

    private static void addTrimmed(String value, int start, int end, List<String> members) {
        String member = trim(value.substring(start, end));
        if (!member.isEmpty()) {
            members.add(member);
        }
    }

    /** The value without optional whitespace (space and tab) around it (RFC 9110, section 5.6.3). */
    public static String trim(String value) {
        int start = 0;
        int end = value.length();
        while (start < end && isWhitespace(value.charAt(start))) {
            start++;
        }
        while (end > start && isWhitespace(value.charAt(end - 1))) {
            end--;
        }
        return value.substring(start, end);
    }

    private static boolean isWhitespace(char c) {
        return c == ' ' || c == '\t';
    }

    /** Whether the value is a token (RFC 9110, section 5.6.2). */
    public static boolean isToken(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (!isTokenCharacter(value.charAt(i))) {
                return false;
            }
        }
        return !value.isEmpty();
    }

    /** Whether the character may stand in a token. */
    public static boolean isTokenCharacter(char c) {
        return isAlphanumeric(c) || TOKEN_MARKS.indexOf(c) >= 0;
    }

    static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The text of a whole quoted string without its marks and escapes (RFC 9110, section 5.6.4); empty if it is none. */
    public static Optional<String> quotedString(String value) {
        int last = value.length() - 1;
        if (last < 1 || value.charAt(0) != '"' || closingQuote(value, 0) != last) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder(last);
        for (int i = 1; i < last; i++) {
            char c = value.charAt(i);
            text.append(c == '\\' ? value.charAt(++i) : c);
        }
        return Optional.of(text.toString());
    }

    /** The names of a list of field names in lower case. */
    public static List<String> names(Fields fields, String name) {
        return list(fields, name).stream()
                .map(member -> member.toLowerCase(Locale.ROOT))
                .toList();
    }
}
