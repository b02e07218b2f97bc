package io.sallyport.identity.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevocationSnapshotTests {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant NEXT = NOW.plus(Duration.ofDays(1));
    private static final int ENTRIES = 20_000;
    private static final int ASKED = 1_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TestAuthority authority = new TestAuthority("Sallyport", NOW);
    private final PublicKey issuerKey = authority.issuing().getPublicKey();

    private static RevocationSnapshot snapshot(Duration grace, RevocationList list) {
        return new RevocationSnapshot(List.of(), Need.REQUIRED, grace).with(list);
    }

    /** Whatever the list's size: a handshake's look-up leaves no garbage, neither for what is on the list nor for others. */
    @Test
    void aLookUpInALongListAllocatesNothing() {
        RevocationSnapshot snapshot = snapshot(
                Duration.ofHours(1),
                RevocationList.parse(authority.longRevocationList(1, NEXT, ENTRIES), authority.issuing()));
        BigInteger[] revoked = new BigInteger[ASKED];
        BigInteger[] good = new BigInteger[ASKED];
        for (int i = 0; i < ASKED; i++) {
            revoked[i] = TestAuthority.serialNumber(1 + i * (ENTRIES / ASKED));
            good[i] = TestAuthority.serialNumber(ENTRIES + 1 + i);
        }
        assertThat(count(snapshot, revoked, Status.REVOKED)).isEqualTo(ASKED);
        assertThat(count(snapshot, good, Status.GOOD)).isEqualTo(ASKED);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int found = count(snapshot, revoked, Status.REVOKED) + count(snapshot, good, Status.GOOD);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(found).isEqualTo(2 * ASKED);
        assertThat((double) allocated / (2 * ASKED)).as("bytes a look-up").isLessThan(1);
    }

    private int count(RevocationSnapshot snapshot, BigInteger[] serials, Status status) {
        int count = 0;
        for (BigInteger serial : serials) {
            count += snapshot.status(serial, issuerKey, NOW) == status ? 1 : 0;
        }
        return count;
    }

    @Test
    void aListIsOutdatedOnceItsGraceIsOverAndStillRevokes() {
        BigInteger revoked = TestAuthority.serialNumber(1);
        BigInteger good = TestAuthority.serialNumber(2);
        RevocationSnapshot snapshot = snapshot(
                Duration.ofHours(1),
                RevocationList.parse(authority.longRevocationList(1, NEXT, 1), authority.issuing()));
        Instant end = NEXT.plus(Duration.ofHours(1));
        assertThat(snapshot.status(good, issuerKey, NEXT.plusNanos(1))).isEqualTo(Status.GOOD);
        assertThat(snapshot.status(good, issuerKey, end)).isEqualTo(Status.GOOD);
        assertThat(snapshot.status(good, issuerKey, end.plusNanos(1))).isEqualTo(Status.OUTDATED);
        assertThat(snapshot.status(revoked, issuerKey, end.plusNanos(1))).isEqualTo(Status.REVOKED);
        assertThat(snapshot.status(good, authority.root().getPublicKey(), NOW)).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void whatIsNotTheIssuersWholeListIsRefused() {
        byte[] der = authority.revocationList(1, NEXT);
        TestAuthority other = new TestAuthority("Other", NOW);
        assertThatThrownBy(() -> RevocationList.parse(der, other.issuing()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("must be signed by");
        assertThatThrownBy(() -> RevocationList.parse(new byte[] {0x30, 0x03, 1, 2}, authority.issuing()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("must be DER: 4 bytes");
    }
}
