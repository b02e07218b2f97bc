package io.sallyport.quickstart;

/** How the gates cache: with the safer choices where RFC 9111 leaves a choice, or as far as it allows. */
enum CacheMode {
    SECURE,
    RFC
}
