package io.sallyport.gateway.tls;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;

/**
 * The certificates that a listener shows to customers: those of the SSL bundle {@code server.ssl.bundle}, which is the
 * default, and of {@code server.ssl.server-name-bundles}, chosen by SNI. A reloaded bundle counts once it is found good.
 */
final class CustomerCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerCertificates.class);

    private final InstantSource clock;
    private final String defaultBundle;
    private final Map<String, String> bundleByName = new LinkedHashMap<>();
    private final Map<String, Shown> shown = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final LongAdder refusals = new LongAdder();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** What one bundle holds. */
    private record Shown(X509ExtendedKeyManager keys, List<X509Certificate> leaves) {}

    /**
     * Takes the bundles that the settings name and follows their reloads.
     *
     * @throws IdentityException if one of them cannot be served
     */
    CustomerCertificates(SslBundles bundles, Ssl ssl, String defaultBundle, InstantSource clock) {
        this.clock = clock;
        this.defaultBundle = defaultBundle;
        if (ssl.getServerNameBundles() != null) {
            ssl.getServerNameBundles()
                    .forEach(named -> bundleByName.put(named.serverName().toLowerCase(Locale.ROOT), named.bundle()));
        }
        List<String> names = new ArrayList<>(List.of(defaultBundle));
        bundleByName.values().stream()
                .distinct()
                .filter(name -> !name.equals(defaultBundle))
                .forEach(names::add);
        for (String name : names) {
            shown.put(name, read(name, bundles.getBundle(name)));
            bundles.addBundleUpdateHandler(name, next -> reload(name, next));
        }
        for (X509Certificate leaf : leaves()) {
            if (!clock.instant().isBefore(leaf.getNotAfter().toInstant())) {
                LOG.warn("event=customer-certificate-expired serial={} notAfter={}", hex(leaf), leaf.getNotAfter());
            }
        }
    }

    /** The key manager of what is shown now. */
    X509ExtendedKeyManager keyManager() {
        synchronized (shown) {
            List<String> order = List.copyOf(shown.keySet());
            Map<String, Integer> byName = new LinkedHashMap<>();
            bundleByName.forEach((name, bundle) -> byName.put(name, order.indexOf(bundle)));
            return new SniKeyManager(shown.values().stream().map(Shown::keys).toList(), byName);
        }
    }

    /** The certificates that are shown now, the default's first. */
    List<X509Certificate> leaves() {
        synchronized (shown) {
            return shown.values().stream().flatMap(one -> one.leaves().stream()).toList();
        }
    }

    /** Has the listener called after each change. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Why a bundle's newest material is not shown, by the bundle's name. */
    Map<String, String> problems() {
        return Map.copyOf(problems);
    }

    /** How often material was refused. */
    long refusals() {
        return refusals.sum();
    }

    private void reload(String name, SslBundle next) {
        try {
            Shown read = read(name, next);
            Instant now = clock.instant();
            for (X509Certificate leaf : read.leaves()) {
                if (!now.isBefore(leaf.getNotAfter().toInstant())
                        || now.isBefore(leaf.getNotBefore().toInstant())) {
                    throw new IdentityException("certificate must be valid: it is from "
                            + leaf.getNotBefore().toInstant() + " to "
                            + leaf.getNotAfter().toInstant());
                }
            }
            shown.put(name, read);
            listeners.forEach(Runnable::run);
            problems.remove(name);
            LOG.info(
                    "event=material-taken bundle={} serial={}",
                    name,
                    hex(read.leaves().getFirst()));
        } catch (RuntimeException e) {
            refusals.increment();
            problems.put(name, String.valueOf(e.getMessage()));
            LOG.warn("event=material-refused bundle={} reason=\"{}\"", name, e.getMessage());
        }
    }

    private static Shown read(String name, SslBundle bundle) {
        try {
            KeyStore store = bundle.getStores().getKeyStore();
            if (store == null) {
                throw new IdentityException("SSL bundle " + name + " must hold a key and a certificate: it holds none");
            }
            @Nullable String password = bundle.getKey().getPassword();
            if (password == null) {
                password = bundle.getStores().getKeyStorePassword();
            }
            List<X509Certificate> leaves = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, password == null ? null : password.toCharArray());
                Certificate @Nullable [] chain = store.getCertificateChain(alias);
                if (key instanceof PrivateKey own && chain != null && chain.length > 0) {
                    leaves.add(checked(name, own, chain));
                }
            }
            if (leaves.isEmpty()) {
                throw new IdentityException("SSL bundle " + name + " must hold a key and a certificate: it holds none");
            }
            for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    return new Shown(keys, List.copyOf(leaves));
                }
            }
            throw new IdentityException("SSL bundle " + name + " must have an X.509 key manager: it has none");
        } catch (GeneralSecurityException e) {
            throw new IdentityException("SSL bundle " + name + " must be usable: " + e.getMessage(), e);
        }
    }

    private static X509Certificate checked(String name, PrivateKey key, Certificate[] chain)
            throws GeneralSecurityException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : chain) {
            certificates.add((X509Certificate) certificate);
        }
        if (!new Credentials(key, certificates, certificates).keyFits()) {
            throw new IdentityException("private key of the SSL bundle " + name + " must belong to the certificate with"
                    + " serialNumber " + hex(certificates.getFirst()) + ": it does not");
        }
        for (int i = 1; i < certificates.size(); i++) {
            certificates.get(i - 1).verify(certificates.get(i).getPublicKey());
        }
        return certificates.getFirst();
    }

    private static String hex(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    @Override
    public String toString() {
        return "customer certificates, by default of " + defaultBundle;
    }
}
