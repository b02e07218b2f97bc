package io.sallyport.gateway.answer;

import io.netty.util.AsciiString;

/** Numbers as they stand in fields, the small ones made once: a hit writes an age, a length and a lifetime. */
final class Decimals {
    private static final AsciiString[] SMALL = small(4096);

    private Decimals() {}

    private static AsciiString[] small(int count) {
        AsciiString[] texts = new AsciiString[count];
        for (int i = 0; i < count; i++) {
            texts[i] = AsciiString.cached(Integer.toString(i));
        }
        return texts;
    }

    /** The decimal digits of a number. */
    static AsciiString of(long number) {
        return number >= 0 && number < SMALL.length ? SMALL[(int) number] : new AsciiString(Long.toString(number));
    }
}
