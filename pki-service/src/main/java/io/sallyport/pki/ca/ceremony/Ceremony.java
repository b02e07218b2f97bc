package io.sallyport.pki.ca.ceremony;

import io.sallyport.pki.ca.CaCertificate;
import io.sallyport.pki.ca.CertificateAuthority;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.KeyFile;
import io.sallyport.pki.ca.LeafContents;
import io.sallyport.pki.ca.NewKey;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.ca.Validity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes a hierarchy in a directory. Each step reads what the earlier ones left there; roots and issuing CAs are never
 * overwritten: a further one gets a directory of its own ({@link HierarchyFiles}). Everything else is made anew. Every
 * step adds a line to {@code transcript.txt}.
 */
public final class Ceremony {
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final Period ROOT_LIFE = Period.ofYears(10);
    private static final Duration ROOT_LIST_LIFE = Duration.ofDays(400);
    private static final Duration CUSTOMER_LIFE = Duration.ofDays(397);

    private final Path directory;
    private final Passphrases passphrases;
    private final InstantSource time;
    private final SecureRandom random;

    /** A ceremony in a directory, which is made when needed. */
    public Ceremony(Path directory, Passphrases passphrases, InstantSource time, SecureRandom random) {
        this.directory = directory;
        this.passphrases = passphrases;
        this.time = time;
        this.random = random;
    }

    /** A ceremony with the machine's clock and randomness and keys in the clear. */
    public static Ceremony in(Path directory) {
        return new Ceremony(directory, Passphrases.NONE, InstantSource.system(), new SecureRandom());
    }

    /** A root's key and certificate (P-384, ten years) and its own revocation list. */
    public X509Certificate root() {
        Path place = HierarchyFiles.nextRoot(directory);
        Path certificateFile = place.resolve(HierarchyFiles.ROOT);
        Path keyFile = place.resolve(HierarchyFiles.ROOT_KEY);
        KeyPair pair = NewKey.p384(random);
        X509Certificate root = CaCertificate.selfSigned("Sallyport root CA", pair, life(ROOT_LIFE), random);
        KeyFile.write(keyFile, pair.getPrivate(), passphrases.root(), random);
        StateFiles.writePublic(certificateFile, Pem.ascii(Pem.encode(List.of(root))));
        record("root", root, certificateFile);
        revocationList(place, List.of());
        return root;
    }

    /** An issuing CA's key and certificate (P-256), signed by the youngest root whose key is in the directory. */
    public X509Certificate issuing(IssuingPlan plan) {
        CertificateAuthority root = rootAuthority(youngestRoot());
        Path place = HierarchyFiles.nextIssuing(directory);
        Path certificateFile = place.resolve("issuing.pem");
        Path keyFile = place.resolve(HierarchyFiles.ISSUING_KEY);
        Validity asked = life(plan.life());
        Instant rootEnd = root.certificate().getNotAfter().toInstant();
        Validity validity = asked.notAfter().isAfter(rootEnd) ? new Validity(asked.notBefore(), rootEnd) : asked;
        KeyPair pair = NewKey.p256(random);
        X509Certificate issuing = CaCertificate.issuing(
                new CaCertificate.Constraints(plan.trustDomain(), plan.dnsSuffixes(), plan.ipRanges()),
                pair.getPublic(),
                validity,
                root,
                random);
        KeyFile.write(keyFile, pair.getPrivate(), passphrases.issuing(), random);
        byte[] pem = Pem.ascii(Pem.encode(List.of(issuing)));
        StateFiles.writePublic(certificateFile, pem);
        StateFiles.writePublic(place.resolve(HierarchyFiles.CHAIN), pem);
        record("issuing", issuing, certificateFile);
        return issuing;
    }

    /**
     * An admin's key, chain and trust, signed by the youngest issuing CA. A copy of the certificate stays in its
     * directory {@code issued}, from where the service takes it into its ledger.
     */
    public X509Certificate admin(AdminPlan plan) {
        List<X509Certificate> roots = HierarchyFiles.roots(directory);
        Path place = youngest(HierarchyFiles.issuingDirectories(directory), directory.resolve("issuing"));
        Issuer issuer = Issuer.read(place, passphrases.issuing(), roots);
        KeyPair pair = NewKey.p256(random);
        Instant now = time.instant();
        Instant wanted = now.plus(plan.life());
        Instant notBefore = later(now.minus(BACKDATED), issuer.notBefore());
        LeafContents contents = new LeafContents(
                SerialNumber.random(random),
                Role.ADMIN,
                plan.name(),
                SubjectAltNames.NONE.with(Role.ADMIN.uri(plan.trustDomain(), plan.name())),
                new SubjectKey(Der.of(pair.getPublic().getEncoded()), SubjectKey.Type.P256),
                new Validity(notBefore, wanted.isAfter(issuer.notAfter()) ? issuer.notAfter() : wanted),
                null);
        List<String> refused = issuer.notPermitted(contents.names());
        if (!refused.isEmpty()) {
            throw new UnusableFileException("the issuing CA may not certify " + String.join(", ", refused)
                    + ": use the trust domain that it was made for");
        }
        X509Certificate certificate = issuer.sign(issuer.toBeSigned(contents));
        StateFiles.writePublic(
                place.resolve("issued/" + contents.serial() + ".pem"), Pem.ascii(Pem.encode(List.of(certificate))));
        Path admin = directory.resolve("admin");
        KeyFile.write(admin.resolve("key.pem"), pair.getPrivate(), null, random);
        writeChain(admin.resolve("chain.pem"), certificate, issuer.chain());
        StateFiles.writePublic(admin.resolve("trust.pem"), Pem.ascii(Pem.encode(roots)));
        record("admin", certificate, admin.resolve("chain.pem"));
        return certificate;
    }

    /**
     * The next revocation list of each root whose key is in the directory; the given certificates of issuing CAs join
     * the list of the root that has signed them.
     */
    public void crl(Map<X509Certificate, RevokedEntry> revoked) {
        List<X509Certificate> missing = new ArrayList<>(revoked.keySet());
        for (Path place : rootsWithKeys()) {
            X509Certificate root = HierarchyFiles.certificates(place.resolve(HierarchyFiles.ROOT))
                    .getFirst();
            List<RevokedEntry> entries = new ArrayList<>();
            revoked.forEach((certificate, entry) -> {
                if (signedBy(certificate, root)) {
                    entries.add(entry);
                    missing.remove(certificate);
                }
            });
            revocationList(place, entries);
        }
        if (!missing.isEmpty()) {
            throw new UnusableFileException("no root with a key in " + directory + " has signed the certificate of "
                    + missing.getFirst().getSubjectX500Principal());
        }
    }

    private static boolean signedBy(X509Certificate certificate, X509Certificate root) {
        try {
            certificate.verify(root.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A CA for the customers' side, which no gate trusts, and a server certificate for the given hosts. */
    public X509Certificate customer(List<String> hosts) {
        SubjectAltNames names =
                SubjectAltNames.ofHosts(hosts.isEmpty() ? List.of("localhost", "127.0.0.1", "::1") : hosts);
        Instant now = time.instant();
        Validity validity = new Validity(now.minus(BACKDATED), now.plus(CUSTOMER_LIFE));
        KeyPair caPair = NewKey.p256(random);
        X509Certificate ca = CaCertificate.selfSigned("Sallyport customer trial CA", caPair, validity, random);
        KeyPair pair = NewKey.p256(random);
        X509Certificate server = CaCertificate.server(
                names, pair.getPublic(), validity, new CertificateAuthority(caPair.getPrivate(), ca), random);
        Path customer = directory.resolve("customer");
        StateFiles.writePublic(customer.resolve("customer-ca.pem"), Pem.ascii(Pem.encode(List.of(ca))));
        KeyFile.write(customer.resolve("key.pem"), pair.getPrivate(), null, random);
        writeChain(customer.resolve("chain.pem"), server, List.of());
        record("customer", server, customer.resolve("chain.pem"));
        return server;
    }

    private void revocationList(Path place, List<RevokedEntry> revoked) {
        Path file = place.resolve(HierarchyFiles.ROOT_LIST);
        Instant now = time.instant().truncatedTo(ChronoUnit.SECONDS);
        long number = rootAuthority(place).writeList(file, new Validity(now, now.plus(ROOT_LIST_LIFE)), revoked);
        transcript("crl number=" + number + " entries-added=" + revoked.size() + " file=" + file);
    }

    private CertificateAuthority rootAuthority(Path place) {
        return CertificateAuthority.read(
                place.resolve(HierarchyFiles.ROOT_KEY), place.resolve(HierarchyFiles.ROOT), passphrases.root());
    }

    private Path youngestRoot() {
        return youngest(rootsWithKeys(), directory.resolve("root"));
    }

    private List<Path> rootsWithKeys() {
        return HierarchyFiles.rootDirectories(directory).stream()
                .filter(place -> Files.exists(place.resolve(HierarchyFiles.ROOT_KEY)))
                .toList();
    }

    private static Path youngest(List<Path> places, Path first) {
        return places.isEmpty() ? first : places.getLast();
    }

    private Validity life(Period life) {
        Instant now = time.instant();
        return new Validity(
                now.minus(BACKDATED), now.atZone(ZoneOffset.UTC).plus(life).toInstant());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static void writeChain(Path file, X509Certificate leaf, List<X509Certificate> above) {
        StateFiles.writePublic(file, Pem.ascii(Pem.encode(List.of(leaf)) + Pem.encode(above)));
    }

    private void record(String step, X509Certificate certificate, Path file) {
        transcript(step + " subject=\"" + certificate.getSubjectX500Principal() + "\" serial="
                + certificate.getSerialNumber().toString(16) + " notAfter="
                + certificate.getNotAfter().toInstant() + " sha256=" + Der.sha256(Pem.encoded(certificate)) + " file="
                + file);
    }

    private void transcript(String line) {
        Path file = directory.resolve("transcript.txt");
        String before = Files.exists(file) ? StateFiles.readText(file) : "";
        StateFiles.writePublic(
                file, Pem.ascii(before + time.instant().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n"));
    }
}
