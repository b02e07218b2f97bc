package io.sallyport.pki.ca;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Names as ASN.1 has them. */
final class GeneralNameForm {
    private GeneralNameForm() {}

    static GeneralNames names(SubjectAltNames names) {
        return new GeneralNames(list(names).toArray(GeneralName[]::new));
    }

    /** In the order of {@link SubjectAltNames#labels()}. */
    static List<GeneralName> list(SubjectAltNames names) {
        List<GeneralName> list = new ArrayList<>();
        names.dnsNames().forEach(name -> list.add(new GeneralName(GeneralName.dNSName, name)));
        names.ipAddresses().forEach(address -> list.add(new GeneralName(GeneralName.iPAddress, address)));
        names.uris().forEach(uri -> list.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri.toString())));
        return list;
    }
}
