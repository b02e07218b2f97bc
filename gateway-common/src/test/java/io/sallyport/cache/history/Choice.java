package io.sallyport.cache.history;

/** Where RFC 9111 leaves a choice, or Sallyport departs from it: docs/conformance.md explains each. */
enum Choice {
    /** Request directives of strangers do not count, only-if-cached aside. */
    CLIENT_DIRECTIVES_IGNORED,
    /** For two minutes after a response that may not be stored nothing is stored under its key. */
    HIT_FOR_MISS,
    /** What could never be reused is not stored. */
    NOT_WORTH_STORING,
    /** What a safe request to HEAD brings is not stored. */
    HEAD_NOT_STORED,
    /** Set-Cookie keeps a response out of the store in mode secure. */
    SET_COOKIE_NOT_STORED,
    /** Errors that a client can provoke live ten seconds at most in mode secure. */
    ERROR_CAPPED,
    /** Errors are not heuristically fresh in mode secure. */
    NO_HEURISTIC_FOR_ERRORS,
    /** A stale allowance beside s-maxage counts. */
    STALE_BESIDE_S_MAXAGE,
    /** Pragma in a response forbids a heuristic. */
    PRAGMA_FORBIDS_HEURISTIC,
    /** The only candidate is what a 304 confirms, whatever it says of validators. */
    ONLY_CANDIDATE_CONFIRMED,
    /** A foreign ETag in a 304 is not taken over. */
    FOREIGN_ETAG_KEPT_OUT,
    /** A Set-Cookie in a 304 comes into no response that had none. */
    SET_COOKIE_KEPT_OUT
}
