package io.sallyport.http;

import java.util.Objects;

/**
 * The head of a response: its status code and its fields (RFC 9110, section 3.4).
 *
 * @param status the three-digit status code, 100 to 999
 * @param fields the header fields in the order in which they came
 */
public record ResponseHead(int status, Fields fields) {
    public ResponseHead {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status must be 100 to 999: " + status);
        }
        Objects.requireNonNull(fields);
    }

    /** This head with other fields. */
    public ResponseHead withFields(Fields other) {
        return new ResponseHead(status, other);
    }
}
