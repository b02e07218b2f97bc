/** The words of RFC 9110: fields, dates, entity tags, ranges, and the heads of messages. */
@NullMarked
package io.sallyport.http;

import org.jspecify.annotations.NullMarked;
