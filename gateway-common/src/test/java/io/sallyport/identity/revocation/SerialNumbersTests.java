package io.sallyport.identity.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SerialNumbersTests {
    @Test
    void nothingIsInNone() {
        SerialNumbers none = SerialNumbers.of(List.of());
        assertThat(none.size()).isZero();
        assertThat(none.contains(BigInteger.ZERO)).isFalse();
    }

    @Test
    void superfluousOctetsDoNotCount() {
        SerialNumbers.Builder builder = new SerialNumbers.Builder();
        builder.add(new byte[] {0, 0, 0, 1});
        builder.add(new byte[] {0, (byte) 0x80});
        builder.add(new byte[] {-1, -1, (byte) 0x80});
        builder.add(new byte[] {0, 0});
        builder.add(new byte[] {1});
        SerialNumbers numbers = builder.build();
        assertThat(numbers.size()).isEqualTo(4);
        for (long number : new long[] {1, 128, -128, 0}) {
            assertThat(numbers.contains(BigInteger.valueOf(number))).isTrue();
        }
        for (long number : new long[] {-1, 129, 256, 127, 32768}) {
            assertThat(numbers.contains(BigInteger.valueOf(number))).isFalse();
        }
    }

    @Test
    void numbersThatEndAlikeAreToldApart() {
        BigInteger first = BigInteger.ONE.shiftLeft(100).add(BigInteger.TEN);
        List<BigInteger> alike = new ArrayList<>();
        for (int bit = Long.SIZE; bit < 160; bit++) {
            alike.add(first.flipBit(bit));
        }
        SerialNumbers numbers = SerialNumbers.of(List.of(first));
        assertThat(numbers.contains(first)).isTrue();
        assertThat(alike).noneMatch(numbers::contains);
        SerialNumbers others = SerialNumbers.of(alike);
        assertThat(others.contains(first)).isFalse();
        assertThat(alike).allMatch(others::contains);
    }

    @Test
    void holdsWhatASetWould() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Set<BigInteger> set = new HashSet<>();
            List<BigInteger> asked = new ArrayList<>();
            int most = random.nextInt(1, 200);
            for (int i = random.nextInt(500); i > 0; i--) {
                BigInteger number = new BigInteger(random.nextInt(most), random);
                number = random.nextInt(4) == 0 ? number.negate() : number;
                asked.add(number);
                if (random.nextBoolean()) {
                    set.add(number);
                }
            }
            SerialNumbers numbers = SerialNumbers.of(set);
            assertThat(numbers.size()).as("seed %d", seed).isEqualTo(set.size());
            for (BigInteger number : asked) {
                assertThat(numbers.contains(number))
                        .as("seed %d: %s", seed, number)
                        .isEqualTo(set.contains(number));
            }
        }
    }
}
