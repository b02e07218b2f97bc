package io.sallyport.quickstart;

/** The form of the access log: none, or one line for each client request on the standard output. */
enum AccessLog {
    OFF,
    JSON,
    COMBINED
}
