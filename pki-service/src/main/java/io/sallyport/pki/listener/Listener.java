package io.sallyport.pki.listener;

import io.netty.handler.ssl.ClientAuth;
import io.sallyport.pki.ca.Role;

/** The listeners, and whom each lets in. */
public enum Listener {
    /** For nodes and the public: a token comes without a certificate. */
    NODE(ClientAuth.OPTIONAL),
    /** For admins only. */
    ADMIN(ClientAuth.REQUIRE);

    private final ClientAuth clientAuth;

    Listener(ClientAuth clientAuth) {
        this.clientAuth = clientAuth;
    }

    ClientAuth clientAuth() {
        return clientAuth;
    }

    /** Whether holders of a role may come with their certificates. */
    public boolean welcomes(Role role) {
        return (role == Role.ADMIN) == (this == ADMIN);
    }
}
