package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Typical mistakes in values: each stops the installation with a message that names the key and what is wrong. */
class WrongValuesTests {
    @TempDir
    Path temporary;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            edge: {replica: 3}                                          | /edge             | 'replica' not allowed
            replicas: 3                                                 | at ''             | 'replicas' not allowed
            edge: {replicas: 0}                                         | /edge/replicas    | minimum
            edge: {replicas: "3"}                                       | /edge/replicas    | want integer
            edge: {service: {type: loadBalancer}}                       | /edge/service/type | 'LoadBalancer'
            edge: {service: {httpsPort: 70000}}                         | /edge/service/httpsPort | maximum
            edge: {service: {loadBalancerSourceRanges: [10.0.0.1]}}     | /edge/service/loadBalancerSourceRanges/0 | pattern
            edge: {cache: {memory: 64Mi}}                               | /edge/cache/memory | pattern
            edge: {cache: {memory: 64}}                                 | /edge/cache/memory | want string
            edge: {cache: {memory: 512MB}}                              | edge.jvm.direct (384m) | must be more than edge.cache.memory (512MB)
            edge: {cache: {maxObject: 1GB}}                             | edge.cache.maxObject (1GB) | must not be more than edge.cache.memory (256MB)
            edge: {jvm: {heap: 1Gi}}                                    | /edge/jvm/heap    | pattern
            edge: {identity: {mode: spiffe}}                            | /edge/identity/mode | 'secret'
            edge: {identity: {mode: token, tokenSecret: t}}             | edge.replicas must be 1 | use secret or certManager
            edge: {identity: {mode: certManager}}                       | edge.identity.issuerRef.name | must name the issuer
            edge: {identity: {secretName: ""}}                          | edge.identity.secretName | tls.crt
            edge: {identity: {secretName: Edge_Node}}                   | /edge/identity/secretName | pattern
            edge: {customerTls: {secretName: ""}}                       | edge.customerTls.secretName | kubernetes.io/tls
            edge: {customerTls: {certManager: {enabled: true}}}         | edge.customerTls.certManager | issuerRef.name
            edge: {autoscaling: {enabled: true, minReplicas: 12}}       | edge.autoscaling.minReplicas (12) | maxReplicas (10)
            edge: {routes: [{id: site, uri: regional, predicates: []}]} | /edge/routes/0/uri | pattern
            edge: {routes: [{uri: "http://o", predicates: ["Path=/**"]}]} | /edge/routes/0  | 'id'
            edge: {resources: {limits: {memory: 1 GB}}}                 | /edge/resources/limits/memory | pattern
            edge: {env: [{key: A, value: b}]}                           | /edge/env/0       | 'name'
            edge: {terminationGracePeriodSeconds: 1}                    | /edge/terminationGracePeriodSeconds | minimum
            regional: {enabled: false}                                  | edge.upstream.host | regional.enabled is false
            regional: {routes: []}                                      | regional.routes   | at least one route
            regional: {identity: {tokenSecret: ""}}                     | regional.identity.tokenSecret | one-time tokens
            pki: {enabled: false}                                       | pki.url           | regional.identity.mode is token
            pki: {ceremonySecret: ""}                                   | pki.ceremonySecret | ceremony's output
            pki: {url: "http://pki"}                                    | /pki/url          | pattern
            pki: {defaultLifetime: 3 days}                              | /pki/defaultLifetime | pattern
            networkPolicy: {monitoring: [{}]}                           | /networkPolicy/monitoring/0 | minProperties
            management: {tokenSecret: ""}                              | management.tokenSecret | openssl rand -hex 32
            management: {token: secret}                                 | /management       | 'token' not allowed
            accessLog: on                                               | /accessLog        | 'combined'
            cdn: my cdn                                                 | /cdn              | pattern
            image: {tag: "v1/latest"}                                   | /image/tag        | pattern
            """)
    void aMistakeNamesItsKey(String mistake, String key, String remedy) throws IOException {
        Path values = Files.writeString(temporary.resolve("wrong.yaml"), merged(mistake));
        Throwable refusal = catchThrowable(() -> Chart.itself().render(values));
        assertThat(refusal).as("%s must be refused", mistake).isNotNull().hasMessageContaining(key.strip());
        assertThat(refusal).hasMessageContaining(remedy.strip());
    }

    /** The mistake over values that are right. */
    private static String merged(String mistake) {
        Object right = Chart.read("""
                edge: {customerTls: {secretName: customer}, identity: {secretName: edge-node}}
                regional:
                  identity: {tokenSecret: tokens}
                  routes: [{id: site, uri: "http://origin", predicates: ["Path=/**"], filters: [HttpCache]}]
                pki: {ceremonySecret: ceremony}
                management: {tokenSecret: management-token}
                """);
        return new com.google.gson.Gson().toJson(Merge.over(right, Chart.read(mistake)));
    }
}
