package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.WatchedFiles;
import io.sallyport.identity.WatchedFiles.Contents;
import io.sallyport.identity.node.NodeSettings.Source;
import io.sallyport.identity.revocation.RevocationListReader;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves what another program writes into files, once it has settled and only where it is good. */
final class FileUpkeep implements Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);

    private final NodeSettings settings;
    private final Source.Files files;
    private final WatchedFiles material;
    private final @Nullable WatchedFiles crl;
    private final Served served;

    private FileUpkeep(
            NodeSettings settings,
            Source.Files files,
            WatchedFiles material,
            @Nullable WatchedFiles crl,
            Served served) {
        this.settings = settings;
        this.files = files;
        this.material = material;
        this.crl = crl;
        this.served = served;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws IdentityException if they are not good
     */
    static FileUpkeep begin(NodeSettings settings, Source.Files files, Instant now) {
        WatchedFiles material = new WatchedFiles(List.of(files.key(), files.chain(), files.trust()));
        Path list = files.crl();
        WatchedFiles crl = list == null ? null : new WatchedFiles(List.of(list));
        Credentials first = credentials(settings, files, material.first(), now);
        RevocationSnapshot none = new RevocationSnapshot(
                List.of(), crl == null ? Need.OPTIONAL : Need.REQUIRED, settings.revocationGrace());
        RevocationSnapshot lists = crl == null || list == null ? none : withLists(list, crl.first(), first, none);
        return new FileUpkeep(settings, files, material, crl, new Served(first, lists));
    }

    Served served() {
        return served;
    }

    @Override
    public void start() {}

    @Override
    public Instant nextRenewal() {
        return Instant.MAX;
    }

    @Override
    public boolean renewSoon() {
        return false;
    }

    @Override
    public void tick(Instant now) {
        material.settled().ifPresent(contents -> take(contents, now));
        Path list = files.crl();
        if (crl != null && list != null) {
            crl.settled().ifPresent(contents -> takeList(list, contents));
        }
    }

    private void take(Contents contents, Instant now) {
        try {
            Credentials next = credentials(settings, files, contents, now);
            if (!next.equals(served.credentials())) {
                served.serve(next);
                LOG.info("event=material-taken serial={} notAfter={}", next.serialNumber(), next.notAfter());
            }
            List.of(IdentityProblem.KEY_FILE, IdentityProblem.CHAIN_FILE, IdentityProblem.TRUST_FILE)
                    .forEach(served::solved);
        } catch (MaterialRefusedException e) {
            refused(e);
        } catch (IdentityException e) {
            refused(new MaterialRefusedException(IdentityProblem.KEY_FILE, files.key(), e));
        }
    }

    private void takeList(Path list, Contents contents) {
        try {
            served.serve(withLists(list, contents, served.credentials(), served.revocation()));
            served.solved(IdentityProblem.CRL_FILE);
        } catch (MaterialRefusedException e) {
            refused(e);
        }
    }

    private void refused(MaterialRefusedException e) {
        served.failed(e.problem(), e);
        LOG.warn(
                "event=material-refused file={} reason=\"{}\" serves={} until={}",
                e.file(),
                e.getMessage(),
                served.credentials().serialNumber(),
                served.credentials().notAfter());
    }

    private static Credentials credentials(NodeSettings settings, Source.Files files, Contents contents, Instant now) {
        var key = MaterialRefusedException.in(
                IdentityProblem.KEY_FILE,
                files.key(),
                () -> Pem.privateKey(text(contents, files.key()), files.key().toString()));
        List<X509Certificate> roots = MaterialRefusedException.in(
                IdentityProblem.TRUST_FILE,
                files.trust(),
                () -> Pem.certificates(
                        text(contents, files.trust()), files.trust().toString()));
        List<X509Certificate> chain = MaterialRefusedException.in(
                IdentityProblem.CHAIN_FILE,
                files.chain(),
                () -> withoutRoots(
                        Pem.certificates(
                                text(contents, files.chain()), files.chain().toString()),
                        roots));
        Credentials read = new Credentials(key, chain, roots);
        return MaterialRefusedException.in(IdentityProblem.KEY_FILE, files.key(), () -> {
            if (!read.keyFits()) {
                throw new IdentityException("private key must belong to the certificate with serialNumber "
                        + read.serialNumber() + " in " + files.chain() + ": it does not");
            }
            return MaterialRefusedException.in(
                    IdentityProblem.CHAIN_FILE, files.chain(), () -> judged(settings, files, read, now));
        });
    }

    private static Credentials judged(NodeSettings settings, Source.Files files, Credentials read, Instant now) {
        if (!now.isBefore(read.notAfter())) {
            throw new IdentityException("certificate must be valid: it has expired at " + read.notAfter());
        }
        if (now.isBefore(read.notBefore())) {
            throw new IdentityException("certificate must be valid: it is not before " + read.notBefore());
        }
        try {
            Credentials.validate(read.chain(), Credentials.anchors(read.roots()), now);
        } catch (CertPathValidatorException e) {
            throw new IdentityException(
                    "chain must lead to a root in " + files.trust() + " and be valid: " + e.getMessage(), e);
        }
        return settings.checkOwnName(read);
    }

    private static RevocationSnapshot withLists(
            Path file, Contents contents, Credentials credentials, RevocationSnapshot former) {
        return MaterialRefusedException.in(IdentityProblem.CRL_FILE, file, () -> {
            RevocationSnapshot snapshot = former;
            for (byte[] der : Pem.ders(contents.of(file), "X509 CRL", file.toString())) {
                RevocationListReader read = RevocationListReader.of(der);
                X509Certificate issuer = credentials.issuers().stream()
                        .filter(read::isSignedBy)
                        .findFirst()
                        .orElseThrow(() -> new IdentityException(
                                file + " must be signed by an issuer in chain or trust: it is not"));
                snapshot = snapshot.with(read.listOf(issuer));
            }
            return snapshot;
        });
    }

    /* Many programs write the root behind the chain; it is not sent to peers. */
    private static List<X509Certificate> withoutRoots(List<X509Certificate> chain, List<X509Certificate> roots) {
        List<X509Certificate> rest = chain.stream()
                .filter(certificate -> !roots.contains(certificate))
                .toList();
        if (rest.isEmpty()) {
            throw new IdentityException("chain must begin with the node's certificate: it holds roots only");
        }
        return rest;
    }

    private static String text(Contents contents, Path file) {
        return new String(contents.of(file), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {}
}
