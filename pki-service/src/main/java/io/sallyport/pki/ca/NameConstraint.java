package io.sallyport.pki.ca;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.jspecify.annotations.Nullable;

/** The nameConstraints of a CA (RFC 5280, section 4.2.1.10), so that it never issues what its peers would refuse. */
final class NameConstraint {
    private final @Nullable NameConstraints constraints;

    private NameConstraint(@Nullable NameConstraints constraints) {
        this.constraints = constraints;
    }

    static NameConstraint of(X509Certificate ca) {
        byte[] extension = ca.getExtensionValue(Extension.nameConstraints.getId());
        return new NameConstraint(
                extension == null
                        ? null
                        : NameConstraints.getInstance(
                                ASN1OctetString.getInstance(extension).getOctets()));
    }

    List<String> notPermitted(SubjectAltNames names) {
        List<String> refused = new ArrayList<>();
        List<String> labels = names.labels();
        List<GeneralName> list = GeneralNameForm.list(names);
        for (int i = 0; i < list.size(); i++) {
            if (!permits(list.get(i))) {
                refused.add(labels.get(i));
            }
        }
        return refused;
    }

    private boolean permits(GeneralName name) {
        if (constraints == null) {
            return true;
        }
        PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
        GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
        if (permitted != null) {
            validator.intersectPermittedSubtree(permitted);
        }
        GeneralSubtree[] excluded = constraints.getExcludedSubtrees();
        if (excluded != null) {
            for (GeneralSubtree subtree : excluded) {
                validator.addExcludedSubtree(subtree);
            }
        }
        try {
            validator.checkPermitted(name);
            validator.checkExcluded(name);
            return true;
        } catch (NameConstraintValidatorException e) {
            return false;
        }
    }
}
