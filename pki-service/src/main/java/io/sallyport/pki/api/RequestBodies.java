package io.sallyport.pki.api;

import io.sallyport.pki.csr.CertificationRequest;
import io.sallyport.pki.csr.CertificationRequestReader;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the certification request of a body in each of its media types. */
@Component
final class RequestBodies {
    private static final MediaType PKCS10 = MediaType.parseMediaType("application/pkcs10");
    private static final List<MediaType> PEM =
            List.of(MediaType.parseMediaType("application/x-pem-file"), MediaType.TEXT_PLAIN);

    private final JsonMapper json;

    RequestBodies(JsonMapper json) {
        this.json = json;
    }

    private record Wrapped(@Nullable String csr) {}

    CertificationRequest read(@Nullable MediaType type, byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "the body must be a certification request");
        }
        if (type != null && PKCS10.isCompatibleWith(type)) {
            return CertificationRequestReader.readDer(body);
        }
        if (type != null && PEM.stream().anyMatch(pem -> pem.isCompatibleWith(type))) {
            return CertificationRequestReader.readPem(body);
        }
        if (type != null && MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            return readPem(json(body).csr());
        }
        throw new RefusedException(
                Cause.MEDIA_TYPE_NOT_SUPPORTED,
                "a certification request comes as application/pkcs10, application/x-pem-file, text/plain or"
                        + " application/json");
    }

    private Wrapped json(byte[] body) {
        try {
            return json.readValue(body, Wrapped.class);
        } catch (JacksonException e) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "the body must be {\"csr\": PEM}");
        }
    }

    CertificationRequest readPem(@Nullable String pem) {
        if (pem == null) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "the member csr is missing");
        }
        return CertificationRequestReader.readPem(pem.getBytes(StandardCharsets.UTF_8));
    }
}
