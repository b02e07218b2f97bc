package io.sallyport.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A Dictionary Structured Field (RFC 9651, section 3.2), all bare item types of that edition included. It keeps what cache
 * directives need: the key and the kind of the value; parameters and the members of inner lists are checked and dropped.
 *
 * @param members by key, the last of equal keys
 */
public record StructuredDictionary(Map<String, Value> members) {
    /** The kinds of a member's value. */
    public sealed interface Value {
        /** An Integer. */
        record IntegerValue(long value) implements Value {}

        /** A Boolean; a key without a value is true. */
        record BooleanValue(boolean value) implements Value {}

        /** A String or a Token. */
        record TextValue(String value) implements Value {}

        /** A Decimal, Byte Sequence, Date, Display String or Inner List. */
        record OtherValue() implements Value {}
    }

    public StructuredDictionary {
        members = Map.copyOf(members);
    }

    /** The dictionary in the combined lines of a field; empty where it is absent or any part fails to parse. */
    public static Optional<StructuredDictionary> of(Fields fields, String name) {
        return fields.combined(name).flatMap(StructuredDictionary::parse);
    }

    /** The dictionary; empty where any part fails to parse (RFC 9651, section 4.2). No member at all is no failure. */
    public static Optional<StructuredDictionary> parse(String value) {
        return new Parser(value).dictionary();
    }

    /** The algorithms of RFC 9651, section 4.2, one method each. A method that returns false or null has failed. */
    private static final class Parser {
        private static final int LONGEST_INTEGER = 15;
        private static final int LONGEST_DECIMAL = 16;

        private final String input;
        private int at;

        Parser(String input) {
            this.input = input;
        }

        Optional<StructuredDictionary> dictionary() {
            Map<String, Value> members = new LinkedHashMap<>();
            skip(" ");
            while (at < input.length()) {
                Optional<String> key = key();
                if (key.isEmpty()) {
                    return Optional.empty();
                }
                Optional<Value> value = take('=') ? itemOrInnerList() : Optional.of(new Value.BooleanValue(true));
                if (value.isEmpty() || !parameters()) {
                    return Optional.empty();
                }
                members.remove(key.get());
                members.put(key.get(), value.get());
                skip(" \t");
                if (at == input.length()) {
                    break;
                }
                if (!take(',')) {
                    return Optional.empty();
                }
                skip(" \t");
                if (at == input.length()) {
                    return Optional.empty();
                }
            }
            return Optional.of(new StructuredDictionary(members));
        }

        private Optional<String> key() {
            int start = at;
            char first = peek();
            if (first != '*' && !(first >= 'a' && first <= 'z')) {
                return Optional.empty();
            }
            while (at < input.length() && isKeyCharacter(input.charAt(at))) {
                at++;
            }
            return Optional.of(input.substring(start, at));
        }

        private static boolean isKeyCharacter(char c) {
            return (c >= 'a' && c <= 'z') || FieldParser.isDigit(c) || "_-.*".indexOf(c) >= 0;
        }

        private Optional<Value> itemOrInnerList() {
            return peek() == '(' ? innerList() : bareItem();
        }

        private Optional<Value> innerList() {
            at++;
            while (at < input.length()) {
                skip(" ");
                if (take(')')) {
                    return Optional.of(new Value.OtherValue());
                }
                if (bareItem().isEmpty() || !parameters()) {
                    return Optional.empty();
                }
                if (peek() != ' ' && peek() != ')') {
                    return Optional.empty();
                }
            }
            return Optional.empty();
        }

        private boolean parameters() {
            while (take(';')) {
                skip(" ");
                if (key().isEmpty() || (take('=') && bareItem().isEmpty())) {
                    return false;
                }
            }
            return true;
        }

        private Optional<Value> bareItem() {
            char first = peek();
            if (first == '-' || FieldParser.isDigit(first)) {
                return number();
            }
            return switch (first) {
                case '"' -> string();
                case ':' -> byteSequence();
                case '?' -> booleanItem();
                case '@' -> date();
                case '%' -> displayString();
                default -> token();
            };
        }

        private Optional<Value> number() {
            boolean negative = take('-');
            int start = at;
            int point = -1;
            while (at < input.length() && (FieldParser.isDigit(input.charAt(at)) || input.charAt(at) == '.')) {
                if (input.charAt(at) == '.') {
                    if (point >= 0 || at - start > 12) {
                        break;
                    }
                    point = at;
                }
                at++;
                if (at - start > (point >= 0 ? LONGEST_DECIMAL : LONGEST_INTEGER)) {
                    return Optional.empty();
                }
            }
            if (at == start || point == start) {
                return Optional.empty();
            }
            if (point < 0) {
                long value = Long.parseLong(input.substring(start, at));
                return Optional.of(new Value.IntegerValue(negative ? -value : value));
            }
            int decimals = at - point - 1;
            return decimals < 1 || decimals > 3 ? Optional.empty() : Optional.of(new Value.OtherValue());
        }

        private Optional<Value> string() {
            StringBuilder text = new StringBuilder();
            at++;
            while (at < input.length()) {
                char c = input.charAt(at++);
                if (c == '"') {
                    return Optional.of(new Value.TextValue(text.toString()));
                }
                if (c == '\\') {
                    if (peek() != '"' && peek() != '\\') {
                        return Optional.empty();
                    }
                    c = input.charAt(at++);
                } else if (c < 0x20 || c > 0x7E) {
                    return Optional.empty();
                }
                text.append(c);
            }
            return Optional.empty();
        }

        private Optional<Value> token() {
            char first = peek();
            if (first != '*' && !(FieldParser.isAlphanumeric(first) && !FieldParser.isDigit(first))) {
                return Optional.empty();
            }
            int start = at;
            while (at < input.length()
                    && (FieldParser.isTokenCharacter(input.charAt(at)) || ":/".indexOf(input.charAt(at)) >= 0)) {
                at++;
            }
            return Optional.of(new Value.TextValue(input.substring(start, at)));
        }

        private Optional<Value> byteSequence() {
            int end = input.indexOf(':', at + 1);
            if (end < 0) {
                return Optional.empty();
            }
            try {
                Base64.getDecoder().decode(input.substring(at + 1, end));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
            at = end + 1;
            return Optional.of(new Value.OtherValue());
        }

        private Optional<Value> booleanItem() {
            at++;
            if (take('1')) {
                return Optional.of(new Value.BooleanValue(true));
            }
            return take('0') ? Optional.of(new Value.BooleanValue(false)) : Optional.empty();
        }

        private Optional<Value> date() {
            at++;
            char first = peek();
            if (first != '-' && !FieldParser.isDigit(first)) {
                return Optional.empty();
            }
            return number().flatMap(seconds ->
                    seconds instanceof Value.IntegerValue ? Optional.of(new Value.OtherValue()) : Optional.empty());
        }

        private Optional<Value> displayString() {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            at++;
            if (!take('"')) {
                return Optional.empty();
            }
            while (at < input.length()) {
                char c = input.charAt(at++);
                if (c == '"') {
                    return isUtf8(octets.toByteArray()) ? Optional.of(new Value.OtherValue()) : Optional.empty();
                }
                int octet = c == '%' ? hexOctet() : c;
                if (c < 0x20 || c > 0x7E || octet < 0) {
                    return Optional.empty();
                }
                octets.write(octet);
            }
            return Optional.empty();
        }

        /** The octet of two lower-case hexadecimal digits; negative where there are none. */
        private int hexOctet() {
            int octet = 0;
            for (int digits = 0; digits < 2; digits++) {
                char c = peek();
                if (!FieldParser.isDigit(c) && !(c >= 'a' && c <= 'f')) {
                    return -1;
                }
                octet = octet << 4 | Character.digit(c, 16);
                at++;
            }
            return octet;
        }

        private static boolean isUtf8(byte[] octets) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
                return true;
            } catch (CharacterCodingException malformed) {
                return false;
            }
        }

        /** The next character; NUL, which no grammar takes, at the end. */
        private char peek() {
            return at < input.length() ? input.charAt(at) : '\0';
        }

        private boolean take(char c) {
            if (at < input.length() && input.charAt(at) == c) {
                at++;
                return true;
            }
            return false;
        }

        private void skip(String characters) {
            while (at < input.length() && characters.indexOf(input.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
