/** Writing answers: stored, fetched and generated ones. */
@NullMarked
package io.sallyport.gateway.answer;

import org.jspecify.annotations.NullMarked;
