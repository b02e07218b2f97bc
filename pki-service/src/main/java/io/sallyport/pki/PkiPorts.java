package io.sallyport.pki;

/** The ports that the service listens at, as they are, also where 0 was asked for; known once the service is started. */
public interface PkiPorts {
    /** The listener of the nodes and of everybody. */
    int node();

    /** The listener of the admins. */
    int admin();
}
