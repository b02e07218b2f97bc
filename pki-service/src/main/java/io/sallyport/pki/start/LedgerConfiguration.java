package io.sallyport.pki.start;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.sallyport.pki.PkiSettings;
import io.sallyport.pki.StartFailureException;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ledger.Certificates;
import io.sallyport.pki.ledger.EnrollmentTokens;
import io.sallyport.pki.ledger.IdempotencyKeys;
import io.sallyport.pki.ledger.IssuerStatuses;
import io.sallyport.pki.ledger.Nodes;
import io.sallyport.pki.ledger.Revocations;
import io.sallyport.pki.ledger.TrustBundles;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The ledger: an H2 file in the state directory. */
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {
    private static final int CONNECTIONS = 10;

    @Bean(destroyMethod = "close")
    HikariDataSource pkiLedgerDataSource(PkiSettings settings) {
        Path state = settings.state().toAbsolutePath().normalize();
        StateFiles.makeDirectory(state);
        Path file = state.resolve("ledger");
        if (file.toString().contains(";")) {
            throw new StartFailureException(
                    "the state directory has a semicolon in its name: " + settings.state(),
                    "choose another directory",
                    new IllegalArgumentException(file.toString()));
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("pki-ledger");
        config.setJdbcUrl("jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;LOCK_TIMEOUT=10000");
        config.setUsername("sa");
        config.setPassword("");
        config.setMaximumPoolSize(CONNECTIONS);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new StartFailureException(
                    "the ledger " + file + " cannot be opened: " + root.getMessage(),
                    "stop the other service on this state directory, or set sallyport.pki.state to another one",
                    e);
        }
    }

    @Bean
    Ledger pkiLedger(JdbcClient jdbc, PlatformTransactionManager transactions) {
        return new Ledger(
                new Nodes(jdbc),
                new EnrollmentTokens(jdbc),
                new Certificates(jdbc),
                new Revocations(jdbc),
                new IssuerStatuses(jdbc),
                new TrustBundles(jdbc),
                new IdempotencyKeys(jdbc),
                new TransactionTemplate(transactions));
    }
}
