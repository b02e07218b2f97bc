package io.sallyport.cache;

/** The bytes of a stored response's content, wherever they lie. The store that made it owns it. */
public interface StoredBody {
    /** The number of bytes. */
    long length();
}
