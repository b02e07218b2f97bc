package io.sallyport.pki.authority;

import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.policy.Refusal;

/** What happened, for those who count. */
public interface PkiEvents {
    /** A certificate was issued. */
    void issued(Role role);

    /** A request was refused. */
    void refused(Refusal.Cause cause);

    /** A certificate was revoked. */
    void revoked(RevocationReason reason);
}
