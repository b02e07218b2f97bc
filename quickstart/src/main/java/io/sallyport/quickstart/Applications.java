package io.sallyport.quickstart;

/**
 * The Spring applications that make up the pair.
 *
 * @param pki the PKI service
 * @param regional the regional gate
 * @param edge the edge
 */
record Applications(Class<?> pki, Class<?> regional, Class<?> edge) {}
