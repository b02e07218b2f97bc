package io.sallyport.bench;

import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import io.sallyport.identity.revocation.SerialNumbers;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a handshake's look-up in the revocation lists costs, and what it allocates. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RevocationLookUp {
    private static final int ASKED = 1024;

    /** How many entries the list has. */
    @Param({"100", "100000"})
    public int entries;

    private final BigInteger[] revoked = new BigInteger[ASKED];
    private final BigInteger[] good = new BigInteger[ASKED];
    private final Instant now = Instant.now();
    private final PublicKey issuerKey = key();
    private RevocationSnapshot snapshot = RevocationSnapshot.NONE;
    private int next;

    /** Makes a list, and the serial numbers that are asked for. */
    @Setup
    public void makeList() {
        Set<BigInteger> serials = new HashSet<>();
        for (int number = 0; number < entries; number++) {
            serials.add(Lists.serialNumber(number));
        }
        for (int number = 0; number < ASKED; number++) {
            revoked[number] = Lists.serialNumber(number % entries);
            good[number] = Lists.serialNumber(entries + number);
        }
        RevocationList list = new RevocationList(
                issuerKey, BigInteger.ONE, now, now.plus(Duration.ofDays(1)), SerialNumbers.of(serials));
        snapshot = new RevocationSnapshot(List.of(list), Need.REQUIRED, Duration.ofHours(1));
    }

    /** A certificate that is on the list. */
    @Benchmark
    public Status revoked() {
        next = (next + 1) % ASKED;
        return snapshot.status(revoked[next], issuerKey, now);
    }

    /** One that is not. */
    @Benchmark
    public Status good() {
        next = (next + 1) % ASKED;
        return snapshot.status(good[next], issuerKey, now);
    }

    private static PublicKey key() {
        try {
            return KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
