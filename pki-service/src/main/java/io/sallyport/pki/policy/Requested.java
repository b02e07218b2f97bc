package io.sallyport.pki.policy;

import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ca.SubjectKey;
import java.util.List;

/**
 * What a certification request asks for.
 *
 * @param key the key to certify; its owner has proved to have it
 * @param names the subjectAltNames asked for
 * @param subject the attributes of the subject
 * @param keyUsages the bits of keyUsage asked for, as RFC 5280 names them
 * @param purposes the purposes of extendedKeyUsage asked for, as RFC 5280 names them or as an object identifier
 * @param ca whether the certificate of a CA is asked for
 * @param others everything else that is asked for
 */
public record Requested(
        SubjectKey key,
        SubjectAltNames names,
        List<SubjectAttribute> subject,
        List<String> keyUsages,
        List<String> purposes,
        boolean ca,
        List<String> others) {
    public Requested {
        subject = List.copyOf(subject);
        keyUsages = List.copyOf(keyUsages);
        purposes = List.copyOf(purposes);
        others = List.copyOf(others);
    }

    /**
     * One attribute of the subject's name.
     *
     * @param type CN, O, … or an object identifier
     * @param value its text
     */
    public record SubjectAttribute(String type, String value) {}
}
