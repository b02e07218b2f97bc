package io.sallyport.pki.csr;

import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import io.sallyport.pki.policy.RefusedException;
import io.sallyport.pki.policy.Requested;
import io.sallyport.pki.policy.Requested.SubjectAttribute;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Collects what a certification request asks for, leaving nothing out. */
final class RequestedReader {
    private static final int MAX_NAMES = 20;
    private static final Map<Integer, String> KEY_USAGES = keyUsages();
    private static final Map<KeyPurposeId, String> PURPOSES = Map.of(
            KeyPurposeId.id_kp_serverAuth, "serverAuth",
            KeyPurposeId.id_kp_clientAuth, "clientAuth",
            KeyPurposeId.id_kp_codeSigning, "codeSigning",
            KeyPurposeId.id_kp_emailProtection, "emailProtection",
            KeyPurposeId.id_kp_timeStamping, "timeStamping",
            KeyPurposeId.id_kp_OCSPSigning, "OCSPSigning",
            KeyPurposeId.anyExtendedKeyUsage, "anyExtendedKeyUsage");

    private final List<String> keyUsages = new ArrayList<>();
    private final List<String> purposes = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private SubjectAltNames names = SubjectAltNames.NONE;
    private boolean ca;

    private static Map<Integer, String> keyUsages() {
        Map<Integer, String> usages = new LinkedHashMap<>();
        usages.put(KeyUsage.digitalSignature, "digitalSignature");
        usages.put(KeyUsage.nonRepudiation, "nonRepudiation");
        usages.put(KeyUsage.keyEncipherment, "keyEncipherment");
        usages.put(KeyUsage.dataEncipherment, "dataEncipherment");
        usages.put(KeyUsage.keyAgreement, "keyAgreement");
        usages.put(KeyUsage.keyCertSign, "keyCertSign");
        usages.put(KeyUsage.cRLSign, "cRLSign");
        usages.put(KeyUsage.encipherOnly, "encipherOnly");
        usages.put(KeyUsage.decipherOnly, "decipherOnly");
        return usages;
    }

    static Requested read(CertificationRequestInfo info, SubjectKey key) {
        RequestedReader reader = new RequestedReader();
        for (ASN1Encodable item : info.getAttributes() == null
                ? new ASN1Encodable[0]
                : info.getAttributes().toArray()) {
            reader.attribute(Attribute.getInstance(item));
        }
        return new Requested(
                key, reader.names, subject(info), reader.keyUsages, reader.purposes, reader.ca, reader.others);
    }

    private static List<SubjectAttribute> subject(CertificationRequestInfo info) {
        List<SubjectAttribute> subject = new ArrayList<>();
        for (RDN rdn : info.getSubject().getRDNs()) {
            for (var attribute : rdn.getTypesAndValues()) {
                String symbol = BCStyle.INSTANCE.oidToDisplayName(attribute.getType());
                subject.add(new SubjectAttribute(
                        symbol == null ? attribute.getType().getId() : symbol,
                        IETFUtils.valueToString(attribute.getValue())));
            }
        }
        if (subject.size() > MAX_NAMES) {
            throw tooMany();
        }
        return subject;
    }

    private void attribute(Attribute attribute) {
        if (!attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
            others.add("attribute " + attribute.getAttrType().getId());
            return;
        }
        if (attribute.getAttrValues().size() != 1) {
            throw new IllegalArgumentException("an extensionRequest must have one value");
        }
        Extensions extensions = Extensions.getInstance(attribute.getAttrValues().getObjectAt(0));
        Set<ASN1ObjectIdentifier> seen = new HashSet<>();
        for (ASN1ObjectIdentifier id : extensions.getExtensionOIDs()) {
            if (!seen.add(id)) {
                throw new IllegalArgumentException("the extension " + id + " is there twice");
            }
            extension(extensions.getExtension(id));
        }
    }

    private void extension(Extension extension) {
        ASN1ObjectIdentifier id = extension.getExtnId();
        ASN1Encodable value = extension.getParsedValue();
        if (id.equals(Extension.subjectAlternativeName)) {
            names = names(GeneralNames.getInstance(value));
        } else if (id.equals(Extension.keyUsage)) {
            KeyUsage usage = KeyUsage.getInstance(value);
            KEY_USAGES.forEach((bit, name) -> {
                if (usage.hasUsages(bit)) {
                    keyUsages.add(name);
                }
            });
        } else if (id.equals(Extension.extendedKeyUsage)) {
            for (KeyPurposeId purpose : ExtendedKeyUsage.getInstance(value).getUsages()) {
                purposes.add(PURPOSES.getOrDefault(purpose, purpose.getId()));
            }
        } else if (id.equals(Extension.basicConstraints)) {
            ca = BasicConstraints.getInstance(value).isCA();
        } else {
            others.add("extension " + id.getId());
        }
    }

    private static SubjectAltNames names(GeneralNames asked) {
        if (asked.getNames().length > MAX_NAMES) {
            throw tooMany();
        }
        List<String> dns = new ArrayList<>();
        List<String> ip = new ArrayList<>();
        List<URI> uris = new ArrayList<>();
        List<Violation> violations = new ArrayList<>();
        for (GeneralName name : asked.getNames()) {
            try {
                switch (name.getTagNo()) {
                    case GeneralName.dNSName ->
                        dns.add(one(new SubjectAltNames(List.of(text(name)), List.of(), List.of())));
                    case GeneralName.iPAddress -> ip.add(address(name));
                    case GeneralName.uniformResourceIdentifier -> uris.add(URI.create(text(name)));
                    default ->
                        violations.add(
                                new Violation(name.toString(), "only DNS names, IP addresses and URIs are certified"));
                }
            } catch (IllegalArgumentException | UnknownHostException e) {
                violations.add(new Violation(name.toString(), String.valueOf(e.getMessage())));
            }
        }
        if (!violations.isEmpty()) {
            throw new RefusedException(new Refusal(Cause.NAME_NOT_PERMITTED, "a name is not permitted", violations));
        }
        return new SubjectAltNames(dns, ip, uris);
    }

    private static String one(SubjectAltNames names) {
        return names.dnsNames().getFirst();
    }

    private static String text(GeneralName name) {
        return name.getName().toString();
    }

    private static String address(GeneralName name) throws UnknownHostException {
        return InetAddress.getByAddress(
                        ASN1OctetString.getInstance(name.getName()).getOctets())
                .getHostAddress();
    }

    private static RefusedException tooMany() {
        return new RefusedException(Cause.REQUEST_UNREADABLE, "a request has at most " + MAX_NAMES + " names");
    }
}
